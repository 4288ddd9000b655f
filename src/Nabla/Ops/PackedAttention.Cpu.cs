using Nabla.Backends.Cpu;

namespace Nabla.Ops;

internal sealed partial record PackedAttention : ICpuSavingKernel, ICpuBackwardKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.Float32;

    public bool AcceptsBackward(Backward call) => call.Saved.Length == 1;

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => Apart.Run(Views(inputs), output);

    public Tensor[] RunAndSave(ReadOnlySpan<Tensor> inputs, Tensor output) => Apart.RunAndSave(Views(inputs), output);

    /// <summary>Writes the gradients of queries, keys and values into the columns of one tensor.</summary>
    public Tensor?[] RunBackward(Backward call)
    {
        var gradients = new Tensor?[call.Inputs.Length];
        for (var i = 0; i < gradients.Length; i++)
            if (call.Needs(i)) gradients[i] = Tensor.Empty(call.Inputs[i].Shape, call.Inputs[i].DType);
        Tensor?[] columns = gradients[0] is { } packed ? [.. Views([packed])] : [null, null, null];
        Apart.RunBackward(call, Views(call.Inputs), [.. columns, .. gradients[1..]]);
        return gradients;
    }

    private static Tensor[] Views(ReadOnlySpan<Tensor> inputs)
    {
        using var paused = Recorder.Pause();
        return Columns(inputs);
    }
}
