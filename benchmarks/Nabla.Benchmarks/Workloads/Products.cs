using F = TorchSharp.torch.nn.functional;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Matrix products: plain, as linear layers of a BERT, small, and the two backward forms.</summary>
internal static class Products
{
    static readonly Goal Faster = new(2), NearPeak = new(2, 0.88);

    public static IEnumerable<Workload> All =>
    [
        Plain("gemm-1024", 1024, 1024, 1024, Faster),
        .. from layer in Layers select Linear(128, layer.Inputs, layer.Outputs, NearPeak),
        .. from layer in Layers select Linear(512, layer.Inputs, layer.Outputs, NearPeak),
        .. from layer in Layers select InputGradient(512, layer.Inputs, layer.Outputs),
        .. from layer in Layers select WeightGradient(512, layer.Inputs, layer.Outputs),
        Plain("gemm-64", 64, 64, 64, Faster),
        Linear(128, 512, 10, Faster),
    ];

    static (int Inputs, int Outputs)[] Layers => [(768, 768), (768, 3072), (3072, 768)];

    static Workload Plain(string name, int rows, int depth, int columns, Goal goal)
    {
        float[] A() => Values.Uniform(1, rows * depth);
        float[] B() => Values.Uniform(2, depth * columns);
        return Product(name, $"A · B, [{rows}, {depth}] · [{depth}, {columns}]", rows, depth, columns, goal,
            () =>
            {
                var (x, y) = (Tensor.From(A(), [rows, depth]), Tensor.From(B(), [depth, columns]));
                return NablaSide.Forward(() => x.MatMul(y));
            },
            () =>
            {
                var (x, y) = (TorchSide.From(A(), rows, depth), TorchSide.From(B(), depth, columns));
                return TorchSide.Forward(() => x.matmul(y));
            },
            () => OnnxSide.Forward("MatMul", [], [("a", [rows, depth], A()), ("b", [depth, columns], B())], [], [rows, columns]));
    }

    /// <summary>x · Wᵀ + b with the weights of a layer, which stay the same from run to run.</summary>
    static Workload Linear(int tokens, int inputs, int outputs, Goal goal)
    {
        float[] X() => Values.Uniform(1, tokens * inputs);
        float[] W() => Values.Uniform(2, outputs * inputs);
        float[] B() => Values.Uniform(3, outputs);
        return Product($"gemm-{tokens}x{inputs}-{outputs}", $"x · Wᵀ + b, {tokens} tokens, {inputs} → {outputs}", tokens, inputs, outputs, goal,
            () =>
            {
                var (input, weight, bias) = (Tensor.From(X(), [tokens, inputs]), NablaSide.Trained(W(), [outputs, inputs]), NablaSide.Trained(B(), [outputs]));
                return NablaSide.Forward(() => input.Linear(weight, bias));
            },
            () =>
            {
                var (input, weight, bias) = (TorchSide.From(X(), tokens, inputs), TorchSide.From(W(), outputs, inputs), TorchSide.From(B(), outputs));
                return TorchSide.Forward(() => F.linear(input, weight, bias));
            },
            () => OnnxSide.Forward("Gemm", [("transB", 1)], [("x", [tokens, inputs], X())], [("w", [outputs, inputs], W()), ("b", [outputs], B())], [tokens, outputs]));
    }

    /// <summary>dx = dy · W</summary>
    static Workload InputGradient(int tokens, int inputs, int outputs)
    {
        float[] Upstream() => Values.Uniform(1, tokens * outputs);
        float[] W() => Values.Uniform(2, outputs * inputs);
        return Product($"gemm-dx-{tokens}x{inputs}-{outputs}", $"dy · W, {tokens} tokens, {inputs} → {outputs}", tokens, outputs, inputs, NearPeak,
            () =>
            {
                var (upstream, weight) = (Tensor.From(Upstream(), [tokens, outputs]), Tensor.From(W(), [outputs, inputs]));
                return NablaSide.Forward(() => upstream.MatMul(weight));
            },
            () =>
            {
                var (upstream, weight) = (TorchSide.From(Upstream(), tokens, outputs), TorchSide.From(W(), outputs, inputs));
                return TorchSide.Forward(() => upstream.matmul(weight));
            });
    }

    /// <summary>dW = dyᵀ · x</summary>
    static Workload WeightGradient(int tokens, int inputs, int outputs)
    {
        float[] Upstream() => Values.Uniform(1, tokens * outputs);
        float[] X() => Values.Uniform(2, tokens * inputs);
        return Product($"gemm-dw-{tokens}x{inputs}-{outputs}", $"dyᵀ · x, {tokens} tokens, {inputs} → {outputs}", outputs, tokens, inputs, NearPeak,
            () =>
            {
                var (upstream, input) = (Tensor.From(Upstream(), [tokens, outputs]), Tensor.From(X(), [tokens, inputs]));
                return NablaSide.Forward(() => upstream.Transpose().MatMul(input));
            },
            () =>
            {
                var (upstream, input) = (TorchSide.From(Upstream(), tokens, outputs), TorchSide.From(X(), tokens, inputs));
                return TorchSide.Forward(() => upstream.t().matmul(input));
            });
    }

    static Workload Product(string name, string work, int rows, int depth, int columns, Goal goal, Func<Side> nabla, Func<Side> torch, Func<Side>? onnx = null) =>
        new(name, work, goal, nabla, torch, onnx) { Flops = 2.0 * rows * depth * columns, Tolerance = 1e-5 };
}
