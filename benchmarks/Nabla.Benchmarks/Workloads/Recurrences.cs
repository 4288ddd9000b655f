using Nabla.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Recurrent layers over whole sequences, [batch, steps, units] → same; forward, and forward with its backward pass (-grad).</summary>
internal static class Recurrences
{
    static readonly Goal Faster = new(1.2);

    public static IEnumerable<Workload> All =>
    [
        .. Of("lstm-cell", 32, 64, 256, units => new Lstm(units, units), units => nn.LSTM(units, units, batchFirst: true)),
        .. Of("gru-cell", 32, 64, 256, units => new Gru(units, units), units => nn.GRU(units, units, batchFirst: true)),
        .. Of("rnn-cell", 32, 64, 256, units => new Rnn(units, units), units => nn.RNN(units, units, batchFirst: true)),
    ];

    static Workload[] Of(string name, int batch, int steps, int units, Func<int, Recurrent> ours, Func<int, nn.Module> theirs)
    {
        Shape shape = [batch, steps, units];
        float[] X() => Values.Uniform(1, shape.Length);
        float[] Upstream() => Values.Uniform(2, shape.Length);
        (Recurrent Layer, Tensor X) Ours() => (ours(units).Initialize(seed: 1), Tensor.From(X(), shape));
        (Func<torch.Tensor> Forward, torch.Tensor[] Wanted) Theirs()
        {
            var (layer, x) = (theirs(units), TorchSide.Wanted(X(), batch, steps, units));
            var values = ours(units).Initialize(seed: 1).Parameters().ToDictionary(p => p.Path, p => p.Parameter.Value);
            var parameters = layer.named_parameters().ToArray();
            using (no_grad())
                foreach (var (path, parameter) in parameters) parameter.copy_(TorchSide.From(values[path].ToArray<float>(), parameter.shape));
            return (() => Forward(layer, x), [x, .. values.Keys.Select(path => parameters.Single(p => p.name == path).parameter)]);
        }
        var work = $"{name.Split('-')[0].ToUpperInvariant()} layer of {units} units, {batch} sequences of {steps} steps";
        return
        [
            new($"{name}-{batch}x{steps}x{units}", work, Faster,
                () =>
                {
                    var (layer, x) = Ours();
                    return NablaSide.Forward(() => layer.Forward(x).Output);
                },
                () => TorchSide.Forward(Theirs().Forward)) { Tolerance = 1e-5 },
            new($"{name}-grad-{batch}x{steps}x{units}", $"{work}, forward and backward", Faster,
                () =>
                {
                    var (layer, x) = Ours();
                    return NablaSide.Gradient(() => layer.Forward(x).Output, Tensor.From(Upstream(), shape), [x, .. layer.Parameters().Select(p => p.Parameter.Value)]);
                },
                () =>
                {
                    var (forward, wanted) = Theirs();
                    return TorchSide.Gradient(forward, TorchSide.From(Upstream(), batch, steps, units), wanted);
                }) { Tolerance = 1e-5 },
        ];
    }

    static torch.Tensor Forward(nn.Module layer, torch.Tensor x) => layer switch
    {
        TorchSharp.Modules.LSTM lstm => lstm.call(x).Item1,
        TorchSharp.Modules.GRU gru => gru.call(x).Item1,
        TorchSharp.Modules.RNN rnn => rnn.call(x).Item1,
        _ => throw new ArgumentException($"{layer.GetName()} is none of the recurrent layers."),
    };
}
