using Nabla.Backends.Cpu;

namespace Nabla.Ops;

/// <summary>
/// A tensor operation: its formula and shape rule, itself in terms of simpler ops (<see cref="Compose"/>), and its gradient. A record: its
/// properties are its attributes. It runs its CPU kernel if it has one (<see cref="ICpuKernel"/>), else its composition.
/// </summary>
public abstract record Op
{
    /// <summary>The name that errors show.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The shape of the result.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit; the message names the op, the shapes and the mismatch.</exception>
    public abstract Shape Infer(ReadOnlySpan<Tensor> inputs);

    /// <summary>The element type of the result: by default that of the first input.</summary>
    public virtual DType InferType(ReadOnlySpan<Tensor> inputs) => inputs[0].DType;

    /// <summary>The op in terms of simpler ones.</summary>
    public virtual Tensor Compose(ReadOnlySpan<Tensor> inputs) => throw new NoCompositionException(this,
        $"{Name}: no kernel for {string.Join(", ", Describe(inputs))} on {inputs[0].Device}. Convert the input to float32: x.To(DType.Float32).");

    /// <summary>
    /// The gradients of the inputs, in their order (null where <see cref="Backward.Needs"/> is false). Null as a whole: derived through <see cref="Compose"/>.
    /// </summary>
    public virtual Tensor?[]? Gradient(Backward call) => null;

    /// <summary>Runs the op and, where a gradient will be asked, notes it.</summary>
    public Tensor Apply(params ReadOnlySpan<Tensor> inputs)
    {
        var recorder = Recorder.Current;
        if (recorder is not null && this is ICpuSavingKernel kernel && kernel.Accepts(inputs) && recorder.Tracks(inputs))
            return ApplyAndSave(kernel, recorder, inputs);
        var output = Execute(inputs);
        recorder?.Record(this, inputs, output);
        return output;
    }

    private Tensor ApplyAndSave(ICpuSavingKernel kernel, IRecorder recorder, ReadOnlySpan<Tensor> inputs)
    {
        var output = Tensor.Empty(Infer(inputs), InferType(inputs));
        var saved = kernel.RunAndSave(inputs, output);
        foreach (var input in inputs) GC.KeepAlive(input);
        recorder.Record(this, inputs, output, saved);
        return output;
    }

    private protected virtual Tensor Execute(ReadOnlySpan<Tensor> inputs)
    {
        var shape = Infer(inputs);
        if (this is ICpuKernel kernel && kernel.Accepts(inputs))
        {
            var output = Tensor.Empty(shape, InferType(inputs));
            kernel.Run(inputs, output);
            foreach (var input in inputs) GC.KeepAlive(input);
            GC.KeepAlive(output);
            return output;
        }
        using (Recorder.Pause()) return Compose(inputs);
    }

    /// <summary>Throws unless all inputs have the type of the first.</summary>
    private protected void DemandOneType(ReadOnlySpan<Tensor> inputs)
    {
        foreach (var input in inputs)
            if (input.DType != inputs[0].DType)
                throw new ArgumentException($"{Name}: {string.Join(", ", Describe(inputs))} differ in type. Convert: x.To(DType.{Common(inputs)}).");
    }

    /// <summary>The type that loses the least when inputs of several are converted to it; of the floats that of a parameter, else the one that models compute in.</summary>
    private protected static DType Common(ReadOnlySpan<Tensor> inputs)
    {
        var common = DType.Int64;
        foreach (var input in inputs)
            if (input.IsParameter) return input.DType;
            else if (input.DType == DType.Float32 || (input.DType == DType.Float64 && common == DType.Int64)) common = input.DType;
        return common;
    }

    private static string[] Describe(ReadOnlySpan<Tensor> inputs)
    {
        var texts = new string[inputs.Length];
        for (var i = 0; i < texts.Length; i++) texts[i] = $"{inputs[i].DType}{inputs[i].Shape}";
        return texts;
    }
}

/// <summary>An op without a kernel for its inputs has no composition either.</summary>
internal sealed class NoCompositionException(Op op, string message) : NotSupportedException(message)
{
    public Op Op => op;
}

/// <summary>What a gradient is computed from.</summary>
/// <param name="Inputs">The op's inputs.</param>
/// <param name="Output">Its result.</param>
/// <param name="Upstream">The gradient that arrives at the result, of its shape.</param>
/// <param name="Wanted">For each input, whether its gradient is needed.</param>
public sealed record Backward(Tensor[] Inputs, Tensor Output, Tensor Upstream, bool[] Wanted)
{
    /// <summary>What the kernel of the forward pass saved; nothing where it was composed.</summary>
    internal Tensor[] Saved { get; init; } = [];

    /// <summary>Whether the gradient of this input is needed.</summary>
    public bool Needs(int input) => Wanted[input];
}

/// <summary>An op of one tensor.</summary>
public abstract record UnaryOp : Op
{
    /// <summary>The shape of the result: by default that of the input.</summary>
    public virtual Shape Infer(Shape x) => x;
    /// <summary>The op in terms of simpler ones.</summary>
    public virtual Tensor Compose(Tensor x) => base.Compose([x]);
    /// <summary>The gradient of x, given x, the result y and the gradient dy that arrives at y; null: derived through <see cref="Compose(Tensor)"/>.</summary>
    public virtual Tensor? Gradient(Tensor x, Tensor y, Tensor dy) => null;

    /// <inheritdoc/>
    public sealed override Shape Infer(ReadOnlySpan<Tensor> inputs) => Infer(inputs[0].Shape);
    /// <inheritdoc/>
    public sealed override Tensor Compose(ReadOnlySpan<Tensor> inputs) => Compose(inputs[0]);
    /// <inheritdoc/>
    public sealed override Tensor?[]? Gradient(Backward call) =>
        Gradient(call.Inputs[0], call.Output, call.Upstream) is { } gradient ? [gradient] : null;
}

/// <summary>An op of two tensors.</summary>
public abstract record BinaryOp : Op
{
    /// <summary>The shape of the result.</summary>
    public abstract Shape Infer(Shape a, Shape b);
    /// <summary>The op in terms of simpler ones.</summary>
    public virtual Tensor Compose(Tensor a, Tensor b) => base.Compose([a, b]);
    /// <summary>The gradient of a, given the result y and the gradient dy that arrives at it; null: derived through <see cref="Compose(Tensor, Tensor)"/>.</summary>
    public virtual Tensor? GradientA(Tensor a, Tensor b, Tensor y, Tensor dy) => null;
    /// <summary>The gradient of b.</summary>
    public virtual Tensor? GradientB(Tensor a, Tensor b, Tensor y, Tensor dy) => null;

    /// <inheritdoc/>
    public sealed override Shape Infer(ReadOnlySpan<Tensor> inputs)
    {
        if (inputs[0].DType != inputs[1].DType)
            throw new ArgumentException($"{Name}: {inputs[0].DType}{inputs[0].Shape} and {inputs[1].DType}{inputs[1].Shape} differ in type. Convert one: x.To(DType.{Common(inputs)}).");
        return Infer(inputs[0].Shape, inputs[1].Shape);
    }

    /// <inheritdoc/>
    public sealed override Tensor Compose(ReadOnlySpan<Tensor> inputs) => Compose(inputs[0], inputs[1]);

    /// <inheritdoc/>
    public sealed override Tensor?[]? Gradient(Backward call)
    {
        var (a, b, y, dy) = (call.Inputs[0], call.Inputs[1], call.Output, call.Upstream);
        var da = call.Needs(0) ? GradientA(a, b, y, dy) : null;
        var db = call.Needs(1) ? GradientB(a, b, y, dy) : null;
        return (da is null && call.Needs(0)) || (db is null && call.Needs(1)) ? null : [da, db];
    }
}

/// <summary>An op whose result is another window on the input's memory.</summary>
public abstract record ViewOp : UnaryOp
{
    /// <summary>The window.</summary>
    private protected abstract Tensor View(Tensor x);

    private protected sealed override Tensor Execute(ReadOnlySpan<Tensor> inputs) => View(inputs[0]);
}
