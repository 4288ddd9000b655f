using System.Reflection;
using Nabla.Benchmarks.Workloads;
using TorchSharp;

namespace Nabla.Benchmarks;

/// <summary>The libraries that are compared.</summary>
internal static class Engines
{
    public const string Nabla = "nabla", TorchSharp = "torchsharp", OnnxRuntime = "onnxruntime", FastBertTokenizer = "fastberttokenizer", HuggingFace = "huggingface";

    public static IReadOnlyList<string> Peers { get; } = [TorchSharp, OnnxRuntime, FastBertTokenizer, HuggingFace];

    public static string Title(string engine) => engine switch
    {
        Nabla => "Nabla",
        TorchSharp => "TorchSharp",
        OnnxRuntime => "ONNX Runtime",
        FastBertTokenizer => "FastBertTokenizer",
        HuggingFace => "Tokenizers.DotNet",
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "No such engine."),
    };

    public static string Version(string engine) => engine switch
    {
        Nabla => $"Nabla {VersionOf(typeof(Tensor))}",
        TorchSharp => $"TorchSharp {VersionOf(typeof(torch))} (libtorch {torch.__version__})",
        OnnxRuntime => $"ONNX Runtime {OnnxSide.Version}",
        FastBertTokenizer => $"FastBertTokenizer {VersionOf(typeof(global::FastBertTokenizer.BertTokenizer))}",
        HuggingFace => $"Tokenizers.DotNet {VersionOf(typeof(Tokenizers.DotNet.Tokenizer))} (Hugging Face's tokenizers)",
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "No such engine."),
    };

    public static void UseThreads(string engine, int threads)
    {
        switch (engine)
        {
            case Nabla: Processor.Threads = threads; break;
            case TorchSharp: torch.set_num_threads(threads); break;
            case OnnxRuntime: OnnxSide.Threads = threads; break;
            // Tokenizers encode one text in one thread.
            default: break;
        }
    }

    static string VersionOf(Type type) => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
