using Microsoft.ML.OnnxRuntime;

namespace Nabla.Benchmarks.Workloads;

/// <summary>ONNX Runtime at its best practice: constants in the model, where it packs them once, and inputs and outputs bound beforehand.</summary>
internal static class OnnxSide
{
    /// <summary>How many threads the sessions made from now on use.</summary>
    public static int Threads { get; set; } = 1;

    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>A model of one node.</summary>
    public static Side Forward(
        string operation, (string Name, object Value)[] attributes, (string Name, int[] Shape, float[] Values)[] inputs,
        (string Name, int[] Shape, float[] Values)[] constants, int[] outputShape)
    {
        using var options = new SessionOptions { IntraOpNumThreads = Threads, InterOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        var model = OnnxModel.Of(operation, attributes, [.. inputs.Select(input => (input.Name, input.Shape))], constants);
        var session = new InferenceSession(model, options);
        var y = new float[outputShape.Aggregate(1, (product, length) => product * length)];
        string[] names = [.. inputs.Select(input => input.Name)], outputNames = ["y"];
        OrtValue[] values = [.. inputs.Select(input => Bind(input.Values, input.Shape))], outputs = [Bind(y, outputShape)];
        var run = new RunOptions();
        void Run() => session.Run(run, names, values, outputNames, outputs);
        return new(Run, () =>
        {
            Run();
            return [y];
        });
    }

    static OrtValue Bind(float[] values, int[] shape) => OrtValue.CreateTensorValueFromMemory(values, [.. shape.Select(length => (long)length)]);
}
