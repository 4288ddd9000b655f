using Microsoft.ML.OnnxRuntime;
using Nabla.Models;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// BERT for ONNX Runtime, in its own fused operators: those that its offline optimiser of Transformers writes. From the graph that PyTorch exports, the runtime itself makes
/// BiasGelu and LayerNormalization, but neither Attention nor SkipLayerNormalization.
/// </summary>
internal sealed class OnnxBert
{
    const string Own = "com.microsoft.";

    readonly BertConfiguration sizes;
    readonly BertWeights weights;
    readonly OnnxGraph graph;
    readonly float epsilon;

    OnnxBert(BertConfiguration sizes, BertWeights weights, OnnxGraph graph) => (this.sizes, this.weights, this.graph, epsilon) = (sizes, weights, graph, (float)sizes.LayerNormEpsilon);

    /// <summary>
    /// ids, types Int32 [batch, time], lengths Int32 [batch] if there is padding → hidden [batch, time, hidden], or logits [batch, labels] of a classifier.
    /// </summary>
    public static InferenceSession Load(BertConfiguration sizes, BertWeights weights, bool classifier, bool padding) => OnnxSide.Load(graph =>
    {
        var model = new OnnxBert(sizes, weights, graph);
        var hidden = model.Encoder(graph.Int32Input("ids", -1, -1), graph.Int32Input("types", -1, -1), padding ? graph.Int32Input("lengths", -1) : "");
        graph.Output(classifier ? model.Classifier(hidden) : hidden);
    });

    /// <summary>A batch as such a session wants it.</summary>
    public static OrtValue[] Inputs(InferenceSession session, BertBatch batch)
    {
        var (ids, types, _) = batch.Padded;
        int[] shape = [batch.Ids.Length, batch.Longest];
        OrtValue[] tokens = [OnnxSide.Bind(Array.ConvertAll(ids, id => (int)id), shape), OnnxSide.Bind(Array.ConvertAll(types, type => (int)type), shape)];
        return session.InputNames.Count == tokens.Length ? tokens : [.. tokens, OnnxSide.Bind(Array.ConvertAll(batch.Ids, row => row.Length), batch.Ids.Length)];
    }

    string Encoder(string ids, string types, string lengths)
    {
        var embedded = graph.Node(Own + "EmbedLayerNormalization", 2,
            [ids, types, Table("word", sizes.VocabularySize), Table("position", sizes.MaxPositions), Table("token_type", sizes.TokenTypes), .. Norm("bert.embeddings.norm")],
            ("epsilon", epsilon))[0];
        return Enumerable.Range(0, sizes.HiddenLayers).Aggregate(embedded, (x, layer) => Layer($"bert.layers.{layer}.", x, lengths));
    }

    string Layer(string path, string x, string lengths)
    {
        var (hidden, inner) = (sizes.HiddenSize, sizes.IntermediateSize);
        string[] parts = [path + "attention.query", path + "attention.key", path + "attention.value"];
        var attended = graph.Node(Own + "Attention",
            [x, Matrix(path + "attention", hidden, 3 * hidden, parts), Vector(path + "attention.bias", 3 * hidden, [.. parts.Select(part => part + ".bias")]), lengths],
            ("num_heads", sizes.AttentionHeads));
        var middle = Added(x, attended, path + "attention_output", path + "attention_norm", hidden);
        var fed = graph.Node(Own + "BiasGelu", [graph.Node("MatMul", [middle, Matrix(path + "intermediate", hidden, inner)]), Vector(path + "intermediate.bias", inner)]);
        return Added(middle, fed, path + "output", path + "output_norm", inner);
    }

    /// <summary>LayerNorm(x + linear(y)).</summary>
    string Added(string x, string y, string linear, string norm, int inputs) => graph.Node(Own + "SkipLayerNormalization",
        [graph.Node("MatMul", [y, Matrix(linear, inputs, sizes.HiddenSize)]), x, .. Norm(norm), Vector(linear + ".bias", sizes.HiddenSize)], ("epsilon", epsilon));

    string Classifier(string hidden)
    {
        var width = sizes.HiddenSize;
        var first = graph.Node("Gather", [hidden, graph.Index("first", 0)], ("axis", 1));
        var pooled = graph.Node("Tanh", [graph.Node("Gemm", [first, Matrix("bert.pooler", width, width), Vector("bert.pooler.bias", width)])]);
        return graph.Node("Gemm", [pooled, Matrix("classifier", width, sizes.Labels.Count), Vector("classifier.bias", sizes.Labels.Count)]);
    }

    string Table(string name, int rows) => graph.Constant(name, [rows, sizes.HiddenSize], weights.Of($"bert.embeddings.{name}.weight", [rows, sizes.HiddenSize]));

    string[] Norm(string path) => [Vector(path + ".weight", sizes.HiddenSize), Vector(path + ".bias", sizes.HiddenSize)];

    /// <summary>A vector, or several behind each other.</summary>
    string Vector(string name, int length, params string[] paths)
    {
        if (paths.Length == 0)
            paths = [name];
        return graph.Constant(name, [length], [.. paths.SelectMany(path => weights.Of(path, [length / paths.Length]))]);
    }

    /// <summary>The weight of a linear layer, or of several side by side, transposed: [inputs, outputs].</summary>
    string Matrix(string name, int inputs, int outputs, params string[] layers)
    {
        if (layers.Length == 0)
            layers = [name];
        var (transposed, rows) = (new float[inputs * outputs], outputs / layers.Length);
        for (var layer = 0; layer < layers.Length; layer++)
        {
            var values = weights.Of(layers[layer] + ".weight", [rows, inputs]);
            for (var row = 0; row < rows; row++)
                for (var column = 0; column < inputs; column++)
                    transposed[(column * outputs) + (layer * rows) + row] = values[(row * inputs) + column];
        }
        return graph.Constant(name + ".weight", [inputs, outputs], transposed);
    }
}
