using Microsoft.ML.OnnxRuntime;
using Nabla.Models;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// BERT for ONNX Runtime, in the form that was fastest of those tried. From the graph that PyTorch exports, the runtime itself makes
/// BiasGelu and LayerNormalization, but no fused attention. Of the operators that its offline optimizer for Transformers writes,
/// MultiHeadAttention is here; with SkipLayerNormalization it took longer than with Add and LayerNormalization.
/// </summary>
internal sealed class OnnxBert
{
    const string Own = "com.microsoft.";

    readonly BertConfiguration sizes;
    readonly BertWeights weights;
    readonly OnnxGraph graph;
    readonly float epsilon;

    OnnxBert(BertConfiguration sizes, BertWeights weights, OnnxGraph graph)
    {
        (this.sizes, this.weights, this.graph) = (sizes, weights, graph);
        epsilon = (float)sizes.LayerNormEpsilon;
    }

    /// <summary>
    /// ids, types Int32 [batch, time], lengths Int32 [batch] if there is padding → hidden [batch, time, hidden], or logits
    /// [batch, labels] of a classifier.
    /// </summary>
    public static InferenceSession Load(BertConfiguration sizes, BertWeights weights, bool classifier, bool padding) =>
        OnnxSide.Load(graph =>
        {
            var model = new OnnxBert(sizes, weights, graph);
            var (ids, types) = (graph.Int32Input("ids", -1, -1), graph.Int32Input("types", -1, -1));
            var hidden = model.Encoder(ids, types, padding ? graph.Int32Input("lengths", -1) : "");
            graph.Output(classifier ? model.Classifier(hidden) : hidden);
        });

    /// <summary>A batch as such a session wants it.</summary>
    public static OrtValue[] Inputs(InferenceSession session, BertBatch batch)
    {
        var (ids, types, _) = batch.Padded;
        int[] shape = [batch.Ids.Length, batch.Longest];
        OrtValue Tokens(long[] values) => OnnxSide.Bind(Array.ConvertAll(values, value => (int)value), shape);
        OrtValue[] inputs = [Tokens(ids), Tokens(types)];
        if (session.InputNames.Count == inputs.Length)
            return inputs;
        return [.. inputs, OnnxSide.Bind(Array.ConvertAll(batch.Ids, row => row.Length), batch.Ids.Length)];
    }

    string Encoder(string ids, string types, string lengths)
    {
        var (word, position) = (Table("word", sizes.VocabularySize), Table("position", sizes.MaxPositions));
        string[] arguments = [ids, types, word, position, Table("token_type", sizes.TokenTypes), .. Norm("bert.embeddings.norm")];
        var embedded = graph.Node(Own + "EmbedLayerNormalization", 2, arguments, ("epsilon", epsilon))[0];
        return Enumerable.Range(0, sizes.HiddenLayers).Aggregate(embedded, (x, layer) => Layer($"bert.layers.{layer}.", x, lengths));
    }

    string Layer(string path, string x, string lengths)
    {
        var (hidden, inner) = (sizes.HiddenSize, sizes.IntermediateSize);
        string[] parts = [path + "attention.query", path + "attention.key", path + "attention.value"];
        var bias = Vector(path + "attention.bias", 3 * hidden, [.. parts.Select(part => part + ".bias")]);
        string[] projections = [.. parts.Select(part => Product(x, part, hidden, hidden))];
        var attended = graph.Node(Own + "MultiHeadAttention", [.. projections, bias, lengths], ("num_heads", sizes.AttentionHeads));
        var middle = Added(x, attended, path + "attention_output", path + "attention_norm", hidden);
        var wide = Product(middle, path + "intermediate", hidden, inner);
        var fed = graph.Node(Own + "BiasGelu", [wide, Vector(path + "intermediate.bias", inner)]);
        return Added(middle, fed, path + "output", path + "output_norm", inner);
    }

    /// <summary>LayerNorm(x + linear(y)).</summary>
    string Added(string x, string y, string linear, string norm, int inputs)
    {
        var added = graph.Node("Add", [Product(y, linear, inputs, sizes.HiddenSize), Vector(linear + ".bias", sizes.HiddenSize)]);
        return graph.Node("LayerNormalization", [graph.Node("Add", [added, x]), .. Norm(norm)], ("epsilon", epsilon));
    }

    string Product(string x, string linear, int inputs, int outputs) => graph.Node("MatMul", [x, Matrix(linear, inputs, outputs)]);

    string Classifier(string hidden)
    {
        var width = sizes.HiddenSize;
        var first = graph.Node("Gather", [hidden, graph.Index("first", 0)], ("axis", 1));
        var pooled = graph.Node("Gemm", [first, Matrix("bert.pooler", width, width), Vector("bert.pooler.bias", width)]);
        var classes = sizes.Labels.Count;
        return graph.Node("Gemm", [graph.Node("Tanh", [pooled]), Matrix("classifier", width, classes), Vector("classifier.bias", classes)]);
    }

    string Table(string name, int rows)
    {
        int[] shape = [rows, sizes.HiddenSize];
        return graph.Constant(name, shape, weights.Of($"bert.embeddings.{name}.weight", shape));
    }

    string[] Norm(string path) => [Vector(path + ".weight", sizes.HiddenSize), Vector(path + ".bias", sizes.HiddenSize)];

    /// <summary>A vector, or several behind each other.</summary>
    string Vector(string name, int length, params string[] paths)
    {
        if (paths.Length == 0)
            paths = [name];
        return graph.Constant(name, [length], [.. paths.SelectMany(path => weights.Of(path, [length / paths.Length]))]);
    }

    /// <summary>The weight of a linear layer, transposed: [inputs, outputs].</summary>
    string Matrix(string path, int inputs, int outputs)
    {
        var (values, transposed) = (weights.Of(path + ".weight", [outputs, inputs]), new float[inputs * outputs]);
        for (var row = 0; row < outputs; row++)
            for (var column = 0; column < inputs; column++)
                transposed[(column * outputs) + row] = values[(row * inputs) + column];
        return graph.Constant(path + ".weight", [inputs, outputs], transposed);
    }
}
