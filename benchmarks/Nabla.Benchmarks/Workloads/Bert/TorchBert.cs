using Nabla.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using TorchEmbedding = TorchSharp.Modules.Embedding;
using TorchLayerNorm = TorchSharp.Modules.LayerNorm;
using TorchLinear = TorchSharp.Modules.Linear;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// The encoder of BERT for TorchSharp, with its fused attention. Its parameters have the paths of Nabla's.
/// </summary>
internal sealed class TorchBert : nn.Module
{
    readonly TorchEmbedding word, position, tokenType;
    readonly TorchLayerNorm norm;
    readonly Layer[] layers;
    readonly TorchLinear pooler;
    readonly TorchTensor positions;
    readonly double dropout;

    public TorchBert(BertConfiguration configuration) : base("bert")
    {
        var hidden = configuration.HiddenSize;
        dropout = configuration.HiddenDropout;
        word = nn.Embedding(configuration.VocabularySize, hidden, padding_idx: configuration.PaddingId);
        (position, tokenType) = (nn.Embedding(configuration.MaxPositions, hidden), nn.Embedding(configuration.TokenTypes, hidden));
        norm = nn.LayerNorm(hidden, configuration.LayerNormEpsilon);
        layers = [.. Enumerable.Range(0, configuration.HiddenLayers).Select(_ => new Layer(configuration))];
        pooler = nn.Linear(hidden, hidden);
        positions = arange(configuration.MaxPositions);
        var embeddings = new Group("embeddings", ("word", word), ("position", position), ("token_type", tokenType), ("norm", norm));
        register_module("embeddings", embeddings);
        register_module("layers", new Group("layers", [.. layers.Select((layer, i) => ($"{i}", (nn.Module)layer))]));
        register_module("pooler", pooler);
    }

    /// <summary>[vocabulary, hidden]</summary>
    public TorchSharp.Modules.Parameter Words => word.weight!;

    /// <summary>ids, types [batch, time], mask Bool [batch, 1, 1, time] (null: no padding) → [batch, time, hidden]</summary>
    public TorchTensor Forward(TorchTensor ids, TorchTensor types, TorchTensor? mask)
    {
        var sum = word.forward(ids) + position.forward(positions.narrow(0, 0, ids.shape[1])) + tokenType.forward(types);
        var x = Dropped(norm.forward(sum), dropout);
        return layers.Aggregate(x, (hidden, layer) => layer.Forward(hidden, mask));
    }

    /// <summary>[batch, time, hidden] → [batch, hidden]</summary>
    public TorchTensor Pool(TorchTensor hidden) => pooler.forward(hidden.select(1, 0)).tanh();

    public static TorchTensor Dropped(TorchTensor x, double probability) => probability > 0 ? F.dropout(x, probability) : x;

    /// <summary>Modules under one name.</summary>
    internal sealed class Group : nn.Module
    {
        public Group(string name, params (string Name, nn.Module Module)[] members) : base(name)
        {
            foreach (var (member, module) in members)
                register_module(member, module);
        }
    }

    sealed class Layer : nn.Module
    {
        readonly TorchLinear query, key, value, attentionOutput, intermediate, output;
        readonly TorchLayerNorm attentionNorm, outputNorm;
        readonly int heads;
        readonly double dropout, attentionDropout;

        public Layer(BertConfiguration configuration) : base("layer")
        {
            var (hidden, inner) = (configuration.HiddenSize, configuration.IntermediateSize);
            heads = configuration.AttentionHeads;
            (dropout, attentionDropout) = (configuration.HiddenDropout, configuration.AttentionDropout);
            (query, key, value) = (nn.Linear(hidden, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, hidden));
            attentionOutput = nn.Linear(hidden, hidden);
            (intermediate, output) = (nn.Linear(hidden, inner), nn.Linear(inner, hidden));
            attentionNorm = nn.LayerNorm(hidden, configuration.LayerNormEpsilon);
            outputNorm = nn.LayerNorm(hidden, configuration.LayerNormEpsilon);
            register_module("attention", new Group("attention", ("query", query), ("key", key), ("value", value)));
            register_module("attention_output", attentionOutput);
            register_module("attention_norm", attentionNorm);
            register_module("intermediate", intermediate);
            register_module("output", output);
            register_module("output_norm", outputNorm);
        }

        public TorchTensor Forward(TorchTensor x, TorchTensor? mask)
        {
            x = attentionNorm.forward(Dropped(attentionOutput.forward(Attend(x, mask)), dropout).add_(x));
            return outputNorm.forward(Dropped(output.forward(F.gelu(intermediate.forward(x))), dropout).add_(x));
        }

        TorchTensor Attend(TorchTensor x, TorchTensor? mask) =>
            F.scaled_dot_product_attention(Heads(query, x), Heads(key, x), Heads(value, x), mask, attentionDropout)
                .transpose(1, 2).reshape(x.shape);

        /// <summary>[batch, time, hidden] → [batch, heads, time, width]</summary>
        TorchTensor Heads(TorchLinear linear, TorchTensor x) => linear.forward(x).view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);
    }
}

/// <summary>The two heads of pretraining.</summary>
internal sealed class TorchBertForPreTraining : nn.Module
{
    readonly TorchBert bert;
    readonly Head predictions;
    readonly TorchLinear nextSentence;

    public TorchBertForPreTraining(BertConfiguration configuration) : base("pretraining")
    {
        (bert, predictions, nextSentence) = (new(configuration), new(configuration), nn.Linear(configuration.HiddenSize, 2));
        register_module("bert", bert);
        register_module("predictions", predictions);
        register_module("next_sentence", nextSentence);
    }

    /// <summary>positions: Int64 [masked], into [batch · time] → [masked, vocabulary] and [batch, 2]</summary>
    public (TorchTensor Tokens, TorchTensor NextSentence) Forward(
        TorchTensor ids, TorchTensor types, TorchTensor? mask, TorchTensor positions)
    {
        var hidden = bert.Forward(ids, types, mask);
        var masked = hidden.flatten(0, 1).index_select(0, positions);
        return (predictions.Forward(masked, bert.Words), nextSentence.forward(bert.Pool(hidden)));
    }

    sealed class Head : nn.Module
    {
        readonly TorchLinear transform;
        readonly TorchLayerNorm norm;
        readonly TorchSharp.Modules.Parameter bias;

        public Head(BertConfiguration configuration) : base("predictions")
        {
            var hidden = configuration.HiddenSize;
            (transform, norm) = (nn.Linear(hidden, hidden), nn.LayerNorm(hidden, configuration.LayerNormEpsilon));
            bias = nn.Parameter(zeros(configuration.VocabularySize));
            RegisterComponents();
        }

        public TorchTensor Forward(TorchTensor masked, TorchTensor words) =>
            F.linear(norm.forward(F.gelu(transform.forward(masked))), words, bias);
    }
}

/// <summary>A class for each text or pair of texts.</summary>
internal sealed class TorchBertForSequenceClassification : nn.Module
{
    readonly TorchBert bert;
    readonly TorchLinear classifier;
    readonly double dropout;

    public TorchBertForSequenceClassification(BertConfiguration configuration) : base("classification")
    {
        (bert, classifier) = (new(configuration), nn.Linear(configuration.HiddenSize, configuration.Labels.Count));
        dropout = configuration.ClassifierDropout ?? configuration.HiddenDropout;
        register_module("bert", bert);
        register_module("classifier", classifier);
    }

    /// <summary>→ [batch, labels]</summary>
    public TorchTensor Forward(TorchTensor ids, TorchTensor types, TorchTensor? mask) =>
        classifier.forward(TorchBert.Dropped(bert.Pool(bert.Forward(ids, types, mask)), dropout));
}
