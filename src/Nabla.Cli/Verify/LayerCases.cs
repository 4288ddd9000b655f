using Nabla.Layers;

namespace Nabla.Cli.Verify;

/// <summary>Cases of layers: the outputs for given parameters, and the gradients of inputs and parameters when upstream gradients arrive.</summary>
internal static class LayerCases
{
    public static void Run(VerifyCase @case, Comparison comparison)
    {
        switch (@case.Op)
        {
            case "rnn": Run(@case, comparison, (inputs, hidden) => new Rnn(inputs, hidden, @case.Whole("layers", 1), @case.Flag("bidirectional"), relu: @case.Text("activation", "tanh") == "relu")); break;
            case "lstm": Run(@case, comparison, (inputs, hidden) => new Lstm(inputs, hidden, @case.Whole("layers", 1), @case.Flag("bidirectional"))); break;
            case "gru": Run(@case, comparison, (inputs, hidden) => new Gru(inputs, hidden, @case.Whole("layers", 1), @case.Flag("bidirectional"))); break;
            case "multi_head_attention": Attention(@case, comparison); break;
            case "transformer_encoder_layer": EncoderLayer(@case, comparison); break;
            case "transformer_decoder_layer": DecoderLayer(@case, comparison); break;
            case "transformer": Transformer(@case, comparison); break;
            case "sinusoidal_position_encoding": comparison.Add("out", @case.Tensor("out"), SinusoidalPositions.Of(@case.Whole("length", 1), @case.Whole("dimension", 1))); break;
            case var op when op.StartsWith("batch_norm running", StringComparison.Ordinal): RunningStatistics(@case, comparison); break;
            default: throw new NotBuiltException(@case.Op);
        }
    }

    private static void Run(VerifyCase @case, Comparison comparison, Func<int, int, Recurrent> network)
    {
        var (x, h0, c0) = (@case.Tensor("x"), @case.Tensor("h0"), @case.Optional("c0"));
        if (!@case.Flag("batch_first")) throw new NotBuiltException($"{@case.Op} with time first");
        Compare(@case, comparison, network(x.Shape[^1], h0.Shape[^1]), c0 is null ? [x, h0] : [x, h0, c0], layer =>
        {
            var (output, state) = layer.Forward(x, new(h0, c0));
            return state.Cell is null ? [output, state.Hidden] : [output, state.Hidden, state.Cell];
        });
    }

    private static void Attention(VerifyCase @case, Comparison comparison)
    {
        var (query, memory) = (@case.Tensor(@case.Inputs.First()), @case.Optional("memory"));
        // Where the file says 1, a source is padding; a mask says where sources are.
        var mask = @case.Has("key_padding") ? @case.Tensor("key_padding").EqualTo(0).Unsqueeze(1).Unsqueeze(1) : null;
        Compare(@case, comparison, new MultiHeadAttention(@case.Whole("embed", query.Shape[^1]), @case.Whole("heads", 1)), memory is null ? [query] : [query, memory],
            layer => [.. @case.Outputs.Select(output => output == "attention_weights_mean"
                ? layer.Weights(query, memory, mask, @case.Flag("causal")).Mean(1)
                : layer.Forward(query, memory, mask, @case.Flag("causal")))]);
    }

    private static TransformerShape Shape(VerifyCase @case, string linear1) => new(@case.Tensor($"param.{linear1}").Shape[1], @case.Whole("heads", 1), @case.Tensor($"param.{linear1}").Shape[0])
    {
        NormFirst = @case.Flag("norm_first"), Gelu = @case.Text("activation", "relu") == "gelu",
    };

    private static void EncoderLayer(VerifyCase @case, Comparison comparison)
    {
        var x = @case.Tensor("x");
        Compare(@case, comparison, new TransformerEncoderLayer(Shape(@case, "linear1.weight")), [x], layer => [layer.Forward(x)]);
    }

    private static void DecoderLayer(VerifyCase @case, Comparison comparison)
    {
        var (x, memory) = (@case.Tensor("x"), @case.Tensor("memory"));
        Compare(@case, comparison, new TransformerDecoderLayer(Shape(@case, "linear1.weight")), [x, memory], layer => [layer.Forward(x, memory)]);
    }

    private static void Transformer(VerifyCase @case, Comparison comparison)
    {
        var (source, target) = (@case.Tensor("source"), @case.Tensor("target"));
        var model = new Transformer(Shape(@case, "encoder.layers.0.linear1.weight"), @case.Whole("encoder_layers", 1), @case.Whole("decoder_layers", 1));
        Compare(@case, comparison, model, [source, target], layer => [layer.Forward(source, target)]);
    }

    /// <summary>Outputs and gradients of a layer with the case's parameters. The inputs and outputs are in the order in which the case names them.</summary>
    private static void Compare<TLayer>(VerifyCase @case, Comparison comparison, TLayer layer, Tensor[] inputs, Func<TLayer, Tensor[]> forward) where TLayer : IModule
    {
        var members = layer.Parameters();
        var parameters = TorchNames.Of([.. members.Select(p => p.Path)]).Zip(members, (name, p) => (Name: name, p.Parameter)).ToArray();
        foreach (var (name, parameter) in parameters) parameter.Set(name.Part(@case.Tensor($"param.{name.Name}")));
        var names = @case.Outputs.ToArray();
        Tensor[] outputs = [];
        var (_, gradients) = Gradients.Of(() =>
        {
            using var evaluation = Mode.Evaluate();
            outputs = forward(layer);
            return outputs.Select((output, i) => (output * @case.Tensor($"upstream.{names[i]}")).Sum()).Aggregate((a, b) => a + b);
        }, [.. inputs, .. parameters.Select(p => p.Parameter.Value)]);
        for (var i = 0; i < names.Length; i++) comparison.Add(names[i], @case.Tensor(names[i]), outputs[i]);
        foreach (var (name, input) in @case.Inputs.Zip(inputs))
            if (@case.Has($"grad.{name}")) comparison.Add($"the gradient of {name}", @case.Tensor($"grad.{name}"), gradients[input]);
        foreach (var (name, parameter) in parameters) comparison.Add($"the gradient of {name.Name}", name.Part(@case.Tensor($"grad.param.{name.Name}")), gradients[parameter]);
    }

    private static void RunningStatistics(VerifyCase @case, Comparison comparison)
    {
        var layer = new BatchNorm(@case.Tensor(@case.Inputs.First()).Shape[1], @case.Number("momentum", 0.1));
        using (Mode.Train())
            foreach (var input in @case.Inputs) layer.Forward(@case.Tensor(input));
        foreach (var output in @case.Outputs)
            comparison.Add(output, @case.Tensor(output), output.Contains("mean", StringComparison.Ordinal) ? layer.RunningMean.Value : layer.RunningVar.Value);
    }
}
