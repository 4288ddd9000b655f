using Nabla.Layers;
using Nabla.Losses;
using Nabla.Models;
using Nabla.Optimizers;

namespace Nabla.Tests.Models;

public sealed class SequenceModelTests
{
    static readonly Ragged Tokens = Ragged.From([[3, 1, 4], [1], [5, 9, 2, 6, 5]]);

    static ISequenceEncoder Encoder(string name, double dropout = 0) => name == "lstm" ? new LstmEncoder(10, 4, 3, layers: 2, dropout)
        : new AttentionEncoder(10, new(6, 2, 8) { Dropout = dropout, NormFirst = true }, layers: 2);

    [Fact]
    public void Gradients_of_pooling_are_those_of_finite_differences()
    {
        var values = Tensor.Normal([9, 4], generator: new Generator(3)).To(DType.Float64);
        foreach (var pool in new Func<Ragged, Tensor>[] { SequencePooling.Mean, SequencePooling.Max })
        {
            var check = GradientCheck.Of(() => pool(new(values, 3, 1, 5)), values);
            Assert.True(check.WorstError < 1e-8, check.ToString());
        }
    }

    [Theory, InlineData("lstm"), InlineData("transformer")]
    public void A_sequence_is_judged_the_same_alone_and_in_any_batch(string name)
    {
        var (classifier, tagger) = (new SequenceClassifier(Encoder(name), classes: 3).Initialize(5), new SequenceTagger(Encoder(name), labels: 2).Initialize(6));
        var (classes, tags) = (classifier.Forward(Tokens), tagger.Forward(Tokens));
        Assert.Equal(Shape.Create(3, 3), classes.Shape);
        Assert.Equal(Shape.Create(9, 2), tags.Values.Shape);
        for (var i = 0; i < Tokens.Count; i++)
        {
            var alone = new Ragged(Tokens[i], Tokens.Length(i));
            Assert.Equal(classifier.Forward(alone)[0].ToArray<float>(), classes[i].ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-5);
            Assert.Equal(tagger.Forward(alone).Values.ToArray<float>(), tags[i].ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-5);
        }
    }

    [Fact]
    public void Pooling_takes_the_mean_and_the_largest_of_each_sequence_alone()
    {
        var x = new Ragged(Tensor.From(new float[,] { { -1, 5 }, { -3, 1 }, { 7, -2 } }), 2, 1);
        Assert.Equal([-2, 3, 7, -2], SequencePooling.Mean(x).ToArray<float>());
        Assert.Equal([-1, 5, 7, -2], SequencePooling.Max(x).ToArray<float>());
    }

    [Theory, InlineData("lstm"), InlineData("transformer")]
    public void Dropout_is_for_training_alone(string name)
    {
        var classifier = new SequenceClassifier(Encoder(name, dropout: 0.5), classes: 3, dropout: 0.5);
        Assert.Equal(classifier.Forward(Tokens).ToArray<float>(), classifier.Forward(Tokens).ToArray<float>());
        using var training = Mode.Train();
        Assert.NotEqual(classifier.Forward(Tokens).ToArray<float>(), classifier.Forward(Tokens).ToArray<float>());
    }

    [Theory, InlineData("lstm"), InlineData("transformer")]
    public void A_batch_of_no_sequences_has_no_classes_and_no_labels(string name)
    {
        Assert.Equal(Shape.Create(0, 3), new SequenceClassifier(Encoder(name), classes: 3).Forward(Ragged.From([])).Shape);
        Assert.Equal(Shape.Create(0, 2), new SequenceTagger(Encoder(name), labels: 2).Forward(Ragged.From([])).Values.Shape);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.Contains("SequenceClassifier: classes: at least 1", Refused(() => _ = new SequenceClassifier(Encoder("lstm"), 0)), StringComparison.Ordinal);
        Assert.Contains("SequenceTagger: 0 ≤ dropout < 1", Refused(() => _ = new SequenceTagger(Encoder("lstm"), 2, dropout: -0.1)), StringComparison.Ordinal);
        Assert.Contains("LstmEncoder: 0 ≤ dropout < 1", Refused(() => Encoder("lstm", dropout: 1)), StringComparison.Ordinal);
        Assert.Contains("encoder", Refused(() => _ = new SequenceClassifier(null!, 2)), StringComparison.Ordinal);
    }

    /// <summary>Whether the token 1 is among them, wherever: what pooling is for. And the token before: what reading in context is for.</summary>
    [Theory, InlineData("lstm"), InlineData("transformer")]
    public void A_small_task_is_learned(string name)
    {
        var random = new Generator(1);
        var texts = Enumerable.Range(0, 64).Select(_ => Enumerable.Range(0, 2 + random.NextInt(6)).Select(_ => random.NextInt(10)).ToArray()).ToArray();
        var tokens = Ragged.From(texts);
        var classes = Tensor.From(texts.Select(text => text.Contains(1) ? 1L : 0).ToArray());
        var before = Tensor.From(texts.SelectMany(text => text.Select((_, i) => i > 0 && text[i - 1] < 5 ? 1L : 0)).ToArray());
        var (classifier, tagger) = (new SequenceClassifier(Encoder(name), 2).Initialize(2), new SequenceTagger(Encoder(name), 2).Initialize(3));
        Learn(classifier, () => classifier.Forward(tokens), classes);
        Learn(tagger, () => tagger.Forward(tokens).Values, before);

        static void Learn(IModule model, Func<Tensor> forward, Tensor wanted)
        {
            var optimizer = new Adam(model, 0.02);
            for (var step = 0; step < 150; step++)
            {
                var (_, gradients) = Gradients.Of(() => forward().CrossEntropy(wanted));
                optimizer.Step(gradients);
            }
            Assert.True(forward().CrossEntropy(wanted).Item() < 0.1);
        }
    }
}
