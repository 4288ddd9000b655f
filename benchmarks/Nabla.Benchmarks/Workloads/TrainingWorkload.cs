using Nabla.Optimizers;
using TorchSharp;
using static TorchSharp.torch;
using TorchModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;
using TorchParameter = TorchSharp.Modules.Parameter;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// A classifier that is trained on both sides: one model and one optimizer each. A step is forward, cross entropy, backward, optimizer. The weights are given, so
/// that both sides begin alike. With <see cref="Symbols"/> it is a model of sequences: an example is a row of ids, and each of them has a label.
/// </summary>
internal sealed record TrainingWorkload(string Name, string Work, Goal Goal, int Batch, int[] Input, int Classes)
{
    const int Batches = 61, CheckedSteps = 3;
    const double Strict = 1e-4, LooseGradients = 1e-2;

    public required Func<ILayer> Model { get; init; }

    /// <summary>The same model, its parameters in the same order.</summary>
    public required Func<TorchModule> TorchModel { get; init; }

    public required Func<IModule, Optimizer> Optimizer { get; init; }

    public required Func<IEnumerable<TorchParameter>, optim.Optimizer> TorchOptimizer { get; init; }

    /// <summary>Multiplications and additions of one example's way forward, and of its first layer alone, whose input needs no gradient.</summary>
    public required (double All, double First) ForwardFlops { get; init; }

    /// <summary>
    /// Whether there are so many ReLUs that some have an input of 0 up to rounding: they pass their gradients on one side and not on the other. One of n that are open
    /// changes the gradients before it by 1/√n of their norm, and two trainings part.
    /// </summary>
    public bool PartsByRounding { get; init; }

    /// <summary>How many ids there are, where the inputs are ids; null: they are numbers.</summary>
    public int? Symbols { get; init; }

    public int Pixels => Input.Aggregate(1, (product, length) => product * length);

    public Workload Row => new(
        Name, Work, Goal,
        () =>
        {
            var model = Ours();
            return Alternating(Ours(model), OurInputs, OurLabels, (x, y) => OurOutputs(model, x, y));
        },
        () =>
        {
            var model = Theirs();
            return Alternating(Theirs(model), TheirInputs, labels => tensor(labels), (x, y) => TheirOutputs(x, y));
        })
    {
        Flops = Batch * ((3 * ForwardFlops.All) - ForwardFlops.First),
        ComparesNorms = true,
        ToleranceOf = output => PartsByRounding && 0 < output && output <= Model().Parameters().Count ? LooseGradients : Strict,
    };

    /// <summary>Nabla's model with the given weights.</summary>
    public ILayer Ours()
    {
        var model = Model();
        foreach (var ((path, parameter), i) in model.Parameters().Select((member, i) => (member, i)))
            parameter.Set(Tensor.From(First(i, path, parameter.Shape.ToArray()), parameter.Shape));
        return model;
    }

    /// <summary>TorchSharp's with the same.</summary>
    /// <param name="type">In which it computes.</param>
    public TorchModule Theirs(ScalarType type = ScalarType.Float32)
    {
        var model = TorchModel().to(type);
        using var quiet = no_grad();
        foreach (var ((path, parameter), i) in model.named_parameters().Select((member, i) => (member, i)))
        {
            using var values = TorchSide.From(First(i, path, [.. parameter.shape.Select(length => (int)length)]), parameter.shape);
            parameter.copy_(values);
        }
        return model;
    }

    /// <summary>A step from a batch of inputs [batch, ..] and labels [batch] to its loss.</summary>
    public Func<Tensor, Tensor, double> Ours(ILayer model)
    {
        var optimizer = Optimizer(model);
        return (x, labels) =>
        {
            var (loss, gradients) = Gradients.Of(() => model.Forward(x).CrossEntropy(labels));
            optimizer.Step(gradients);
            return loss.Item();
        };
    }

    /// <summary>The same for TorchSharp.</summary>
    public Func<torch.Tensor, torch.Tensor, double> Theirs(TorchModule model)
    {
        var optimizer = TorchOptimizer(model.parameters());
        return (x, labels) =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = TheirLoss(model.forward(x), labels);
            loss.backward();
            optimizer.step();
            return loss.to(ScalarType.Float64).item<double>();
        };
    }

    /// <summary>Nabla's steps over sequences of any length up to the workload's.</summary>
    public Action OfVaryingLengths()
    {
        var (step, random) = (Ours(Ours()), new Random(1));
        return () =>
        {
            Shape shape = [Batch, 1 + random.Next(Pixels)];
            Tensor Ids(int seed) => Tensor.From(Values.Indices(seed, (int)shape.Length, Symbols!.Value), shape);
            step(Ids(random.Next()), Ids(random.Next()));
        };
    }

    public Tensor OurInputs(float[] values) => Symbols is null ? Tensor.From(values, [values.Length / Pixels, .. Input]) : Tensor.From(Ids(values), [values.Length / Pixels, .. Input]);

    public torch.Tensor TheirInputs(float[] values)
    {
        long[] shape = [values.Length / Pixels, .. Input.Select(length => (long)length)];
        return Symbols is null ? TorchSide.From(values, shape) : tensor(Ids(values), shape);
    }

    /// <summary>One for each example, or of sequences for each of an example's ids.</summary>
    public Tensor OurLabels(long[] labels) => Tensor.From(labels, Symbols is null ? [labels.Length] : [labels.Length / Pixels, Pixels]);

    static long[] Ids(float[] values) => Array.ConvertAll(values, value => (long)value);

    static torch.Tensor TheirLoss(torch.Tensor logits, torch.Tensor labels) => nn.functional.cross_entropy(logits.reshape(-1, logits.shape[^1]), labels);

    /// <summary>The logits of a batch in training and the gradient of every parameter.</summary>
    static float[][] OurOutputs(ILayer model, Tensor x, Tensor labels)
    {
        Tensor? logits = null;
        var (_, gradients) = Gradients.Of(() => (logits = model.Forward(x)).CrossEntropy(labels));
        return [logits!.ToArray<float>(), .. model.Parameters().Select(member => gradients[member.Parameter].ToArray<float>())];
    }

    /// <summary>In float64: with AVX-512 libtorch's gradients of a perceptron in float32 are 7·10⁻³ from it, Nabla's 5·10⁻⁷.</summary>
    float[][] TheirOutputs(torch.Tensor x, torch.Tensor labels)
    {
        using var scope = NewDisposeScope();
        var model = Theirs(ScalarType.Float64);
        var logits = model.forward(Symbols is null ? x.to(ScalarType.Float64) : x);
        var gradients = autograd.grad([TheirLoss(logits, labels)], [.. model.parameters()]);
        return [.. gradients.Prepend(logits).Select(values => TorchSide.Values(values.to(ScalarType.Float32)))];
    }

    /// <summary>Steps over batches whose labels change from round to round, so that the loss, and with it the work, stays what it is.</summary>
    Side Alternating<T>(Func<T, T, double> step, Func<float[], T> inputs, Func<long[], T> labels, Func<T, T, float[][]> outputs)
    {
        var x = Enumerable.Range(0, Batches).Select(i => inputs(Drawn(100 + i))).ToArray();
        var y = Enumerable.Range(0, Batches + 1).Select(i => labels(Values.Indices(200 + i, Symbols is null ? Batch : Batch * Pixels, Classes))).ToArray();
        var steps = 0;
        double Next() => step(x[steps % x.Length], y[steps++ % y.Length]);
        return new(() => Next(), () => [.. outputs(x[0], y[0]), [.. Enumerable.Range(0, CheckedSteps).Select(_ => (float)Next())]]);
    }

    float[] Drawn(int seed) => Symbols is { } symbols ? Array.ConvertAll(Values.Indices(seed, Batch * Pixels, symbols), id => (float)id) : Values.Uniform(seed, Batch * Pixels);

    /// <summary>A weight of several axes evenly over ±1/√fan-in, a bias 0, a normalisation's weight 1.</summary>
    static float[] First(int place, string path, int[] shape)
    {
        var length = shape.Aggregate(1, (product, axis) => product * axis);
        if (shape.Length > 1)
            return Values.Uniform(place, length, 1 / Math.Sqrt((double)length / shape[0]));
        var values = new float[length];
        Array.Fill(values, path.Contains("bias", StringComparison.Ordinal) ? 0 : 1);
        return values;
    }
}
