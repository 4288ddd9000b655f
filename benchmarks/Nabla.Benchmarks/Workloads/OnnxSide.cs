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
        var graph = new OnnxGraph();
        string[] names = [.. inputs.Select(input => graph.Input(input.Name, input.Shape))];
        string[] outputNames = [graph.Node(operation, [.. names, .. constants.Select(constant => graph.Constant(constant.Name, constant.Shape, constant.Values))], attributes)];
        graph.Output(outputNames[0]);
        using var options = Options();
        var session = new InferenceSession(graph.Model(), options);
        var y = new float[outputShape.Aggregate(1, (product, length) => product * length)];
        OrtValue[] values = [.. inputs.Select(input => Bind(input.Values, input.Shape))], outputs = [Bind(y, outputShape)];
        var run = new RunOptions();
        void Run() => session.Run(run, names, values, outputNames, outputs);
        return new(Run, () =>
        {
            Run();
            return [y];
        });
    }

    /// <summary>A session of a model whose weights are in a file beside it while it is loaded.</summary>
    public static InferenceSession Load(Action<OnnxGraph> build)
    {
        var folder = Directory.CreateTempSubdirectory("nabla-onnx-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.onnx");
            using (var weights = File.Create(Path.Combine(folder.FullName, "weights")))
            {
                var graph = new OnnxGraph(weights);
                build(graph);
                File.WriteAllBytes(path, graph.Model());
            }
            using var options = Options();
            return new(path, options);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static SessionOptions Options() =>
        new() { IntraOpNumThreads = Threads, InterOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };

    public static OrtValue Bind<T>(T[] values, params int[] shape) where T : unmanaged =>
        OrtValue.CreateTensorValueFromMemory(values, [.. shape.Select(length => (long)length)]);
}
