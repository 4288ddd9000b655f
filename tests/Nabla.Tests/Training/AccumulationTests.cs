using Nabla.Data;
using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

/// <summary>Batches of unequal weight, accumulated, against the batch that they make together: float64, within 1e-12.</summary>
public sealed class AccumulationTests
{
    const int Classes = 5, Width = 4;

    /// <summary>Words with labels, −100 where there is nothing to predict, and what the sequence belongs to.</summary>
    sealed record Sequences(Tensor Inputs, Tensor Words, Tensor Next);

    static readonly CrossEntropyOptions Ignoring = new() { IgnoredLabel = -100 };

    static Sequential Net() => new Sequential(new Linear(Width, 8), new Tanh(), new Linear(8, Classes)).Initialize(1).To(DType.Float64);

    static Tensor Numbers(int rows, ulong seed) => Tensor.Normal([rows, Width], generator: new Generator(seed)).To(DType.Float64);

    /// <summary>Rows of which the given ones have labels.</summary>
    static LabelledBatch Rows(ulong seed, params long[] labels) => new(Numbers(labels.Length, seed), Tensor.From(labels));

    static LabelledBatch Together(params LabelledBatch[] batches) =>
        new(Tensor.Concat(0, [.. batches.Select(batch => batch.Inputs)]), Tensor.Concat(0, [.. batches.Select(batch => batch.Labels)]));

    static readonly LabelledBatch[] Parts =
        [Rows(1, 0, -100, 4, 1, -100), Rows(2, -100, -100, 3), Rows(3, -100, -100), Rows(4, 2, 2, 0, 1, 4, 3, -100)];

    static double[] Values(IModule model) => [.. model.Parameters().SelectMany(member => member.Parameter.Value.ToArray<double>())];

    static (double Loss, double Norm, double[] Values) Step<TBatch>(Func<Sequential, Trainer<TBatch>> make, params TBatch[] batches)
    {
        var (net, witness) = (Net(), new Witness());
        var trainer = make(net);
        (trainer.Accumulate, trainer.Epochs) = (batches.Length, 1);
        trainer.Callbacks.Add(witness);
        trainer.Run(Dataset.From(batches.Length, i => batches[i]));
        var step = Assert.Single(witness.Steps);
        return (step.Loss, step.GradientNorm, Values(net));
    }

    static void AssertSame((double Loss, double Norm, double[] Values) expected, (double Loss, double Norm, double[] Values) actual)
    {
        Assert.Equal(expected.Loss, actual.Loss, 1e-12);
        Assert.Equal(expected.Norm, actual.Norm, 1e-12);
        foreach (var (a, b) in expected.Values.Zip(actual.Values)) Assert.Equal(a, b, 1e-12);
    }

    static Trainer<LabelledBatch> Classifier(Sequential net, CrossEntropyOptions options) =>
        new(net, new SGD(net, 0.5), batch => net.Forward(batch.Inputs).CrossEntropy(batch.Labels, options))
        {
            CountOf = batch => options.CountOf(batch.Labels),
        };

    [Fact]
    public void Ignored_labels_count_for_nothing() =>
        AssertSame(Step(net => Classifier(net, Ignoring), Together(Parts)), Step(net => Classifier(net, Ignoring), Parts));

    [Fact]
    public void Classes_count_by_their_weights()
    {
        var options = Ignoring with { ClassWeights = Tensor.From(0.1, 2.5, 1, 0.7, 3), LabelSmoothing = 0.1 };
        AssertSame(Step(net => Classifier(net, options), Together(Parts)), Step(net => Classifier(net, options), Parts));
    }

    [Fact]
    public void A_loss_that_is_not_weighted_by_its_count_would_differ()
    {
        Trainer<LabelledBatch> Uncounted(Sequential net) => new(net, new SGD(net, 0.5), Classifier(net, Ignoring).Loss);
        Assert.NotEqual(Step(Uncounted, Together(Parts)).Loss, Step(Uncounted, Parts).Loss, 1e-3);
    }

    static Sequences[] Pretraining() =>
    [
        .. new (long[] Words, long[] Next)[] { ([0, -100, 3, -100], [0, 1]), ([-100, -100], [1, 1, 0, 0, 1]), ([1, 2, 3, 4, 0, 1, 2], [0]) }
            .Select((labels, i) => new Sequences(Numbers(8, (ulong)i + 9), Tensor.From(labels.Words), Tensor.From(labels.Next))),
    ];

    static IReadOnlyList<Tensor> Means(Sequential net, Sequences batch)
    {
        var y = net.Forward(batch.Inputs);
        return [y[..(int)batch.Words.Length].CrossEntropy(batch.Words, Ignoring), y[..(int)batch.Next.Length].CrossEntropy(batch.Next)];
    }

    static Trainer<Sequences> Pretrainer(Sequential net) => new(net, new SGD(net, 0.5), batch => Means(net, batch),
        [new("mlm", batch => Ignoring.CountOf(batch.Words)), new("nsp", batch => batch.Next.Length) { Weight = 0.5 }]);

    [Fact]
    public void Each_term_of_a_loss_is_a_mean_over_what_it_counts()
    {
        var batches = Pretraining();
        var net = Net();
        var (sums, gradients) = Gradients.Of(() =>
        {
            var (words, next) = (Tensor.Scalar(0, DType.Float64), Tensor.Scalar(0, DType.Float64));
            foreach (var batch in batches)
            {
                var y = net.Forward(batch.Inputs);
                words += y[..(int)batch.Words.Length].CrossEntropy(batch.Words, Ignoring with { Reduction = Reduction.Sum });
                next += y[..(int)batch.Next.Length].CrossEntropy(batch.Next, new() { Reduction = Reduction.Sum });
            }
            return (words / 9) + (next / 8 * 0.5);
        });
        new SGD(net, 0.5).Step(gradients);
        AssertSame((sums.Item(), gradients.Norm(), Values(net)), Step(Pretrainer, batches));
    }

    [Fact]
    public void Terms_are_reported_by_their_names()
    {
        var (net, witness, batches) = (Net(), new Witness(), Pretraining());
        var trainer = new Trainer<Sequences>(net, new SGD(net, 0), batch => Means(net, batch), Pretrainer(net).Terms)
        {
            Epochs = 1, LogEvery = 3,
        };
        trainer.Callbacks.Add(witness);
        var data = Dataset.From(3, i => batches[i]);
        var result = trainer.Run(data, data);
        var interval = witness.Steps[2].Interval!;
        var metrics = result.Last!.Metrics;
        Assert.Equal(["mlm", "nsp"], interval.Terms!.Keys);
        Assert.Equal(["mlm", "nsp", "loss"], metrics.Keys);
        foreach (var name in interval.Terms.Keys) Assert.Equal(metrics[name], interval.Terms[name], 1e-12);
        Assert.Equal(metrics["mlm"] + (0.5 * metrics["nsp"]), metrics["loss"], 1e-12);
        Assert.Equal(metrics["loss"], interval.Loss, 1e-12);
    }

    [Fact]
    public void A_step_of_which_nothing_counts_changes_nothing()
    {
        var before = Values(Net());
        var (loss, norm, values) = Step(net => Classifier(net, Ignoring), Parts[2], Parts[2]);
        Assert.Equal((0.0, 0.0), (loss, norm));
        Assert.Equal(before, values);
    }

    [Fact]
    public void A_term_over_nothing_is_left_out_of_a_batch_even_where_its_mean_is_not_a_number()
    {
        static Trainer<Sequences> Make(Sequential net) => new(net, new SGD(net, 0.5), batch =>
            [(net.Forward(batch.Inputs)[..0] * 1).Mean(), net.Forward(batch.Inputs).Square().Mean()],
            [new("nothing", _ => 0), new("square", _ => 8)]);
        var (loss, norm, _) = Step(Make, Pretraining()[0]);
        Assert.True(double.IsFinite(loss) && norm > 0);
    }

    [Fact]
    public void Accumulation_of_batches_that_do_not_say_what_they_count_is_refused()
    {
        var net = Net();
        var trainer = new Trainer<Sequences>(net, new SGD(net, 0.1), batch => net.Forward(batch.Inputs).Mean()) { Accumulate = 2 };
        var error = Assert.Throws<InvalidOperationException>(() => trainer.Run(Dataset.From(2, i => Pretraining()[i])));
        Assert.Contains("Set CountOf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_count_that_is_no_number_is_refused()
    {
        var net = Net();
        var trainer = Classifier(net, Ignoring);
        trainer.CountOf = _ => double.NaN;
        var error = Assert.Throws<ArgumentException>(() => trainer.Run(Dataset.From(1, _ => Parts[0])));
        Assert.Contains("CountOf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Losses_that_are_not_as_many_as_the_terms_are_refused()
    {
        var net = Net();
        var trainer = new Trainer<Sequences>(net, new SGD(net, 0.1), batch => [net.Forward(batch.Inputs).Mean()], Pretrainer(net).Terms);
        var error = Assert.Throws<ArgumentException>(() => trainer.Run(Dataset.From(1, i => Pretraining()[i])));
        Assert.Contains("1 losses for 2 terms (mlm, nsp)", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Trainer<Sequences>(net, new SGD(net, 0.1), batch => [], []));
        LossTerm<Sequences> a = new("a", _ => 1);
        error = Assert.Throws<ArgumentException>(() => new Trainer<Sequences>(net, new SGD(net, 0.1), batch => [], [a, a]));
        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_batch_of_the_library_says_what_its_loss_is_averaged_over()
    {
        var ids = Tensor.Zeros([2, 3], DType.Int64);
        Assert.Equal(5, new LabelledBatch(Numbers(5, 1), Tensor.Zeros([5], DType.Int64)).LossCount);
        Assert.Equal(6, new LabelledBatch(Numbers(6, 1), ids).LossCount);
        Assert.Equal(5, new SoftBatch(Numbers(5, 1), Tensor.Zeros([5, 3])).LossCount);
        Assert.Equal(6, new Nabla.Text.TextStretch(ids, ids, true).LossCount);
        var options = new CrossEntropyOptions { IgnoredLabel = 1, ClassWeights = Tensor.From(0.5f, 9, 3.5f) };
        Assert.Equal(4.0, options.CountOf(Tensor.From(0L, 1, 2, 1)));
    }
}
