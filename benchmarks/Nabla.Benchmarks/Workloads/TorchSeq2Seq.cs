using Nabla.Layers;
using Nabla.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Nabla.Benchmarks.Workloads;

/// <summary>The Transformer of <see cref="Seq2Seq"/> for TorchSharp, with its fused attention; it writes with keys and values that it keeps.</summary>
internal sealed class TorchSeq2Seq : nn.Module<TorchTensor, TorchTensor, TorchTensor>
{
    readonly TorchSharp.Modules.Embedding source, target;
    readonly ModuleList<EncoderLayer> encoder;
    readonly TorchSharp.Modules.LayerNorm encoderNorm;
    readonly ModuleList<DecoderLayer> decoder;
    readonly TorchSharp.Modules.LayerNorm decoderNorm;
    readonly TorchSharp.Modules.Parameter bias;
    readonly TorchTensor positions;
    readonly double scale;

    public TorchSeq2Seq(Seq2SeqShape shape, int longest) : base("seq2seq")
    {
        var layer = shape.Layer;
        (source, target) = (nn.Embedding(shape.SourceVocabulary, layer.Width), nn.Embedding(shape.TargetVocabulary, layer.Width));
        encoder = new(Enumerable.Range(0, shape.EncoderLayers).Select(_ => new EncoderLayer(layer)).ToArray());
        encoderNorm = nn.LayerNorm(layer.Width);
        decoder = new(Enumerable.Range(0, shape.DecoderLayers).Select(_ => new DecoderLayer(layer)).ToArray());
        decoderNorm = nn.LayerNorm(layer.Width);
        bias = nn.Parameter(zeros(shape.TargetVocabulary));
        scale = Math.Sqrt(layer.Width);
        positions = TorchSide.From(SinusoidalPositions.Of(longest, layer.Width).ToArray<float>(), longest, layer.Width);
        RegisterComponents();
    }

    /// <summary>The parameters in the order of Nabla's model.</summary>
    public IReadOnlyList<TorchSharp.Modules.Parameter> InOrder => [.. named_parameters().Where(member => member.name != "bias").Select(member => member.parameter), bias];

    /// <summary>source [batch, sources], target [batch, targets] → logits [batch, targets, vocabulary]</summary>
    public override TorchTensor forward(TorchTensor source, TorchTensor target)
    {
        var memory = Encode(source);
        var x = Embed(this.target, target, 0);
        foreach (var layer in decoder)
            x = layer.Forward(x, memory);
        return Logits(x);
    }

    public TorchTensor Encode(TorchTensor tokens)
    {
        var x = Embed(source, tokens, 0);
        foreach (var layer in encoder)
            x = layer.Forward(x);
        return encoderNorm.forward(x);
    }

    /// <summary>The keys and values of the sources for each layer.</summary>
    public (TorchTensor Key, TorchTensor Value)[] Remember(TorchTensor memory) => [.. decoder.Select(layer => layer.Cross.KeyValue(memory))];

    /// <summary>tokens [batch, beams] → logits [batch, beams, vocabulary]; adds to the keys and values of what has been written, [batch · beams, heads, time, width].</summary>
    public TorchTensor Step(TorchTensor tokens, int place, (TorchTensor Key, TorchTensor Value)[] past, (TorchTensor Key, TorchTensor Value)[] memory)
    {
        var x = (target.forward(tokens) * scale) + positions[place];
        for (var i = 0; i < decoder.Count; i++)
            x = decoder[i].Step(x, ref past[i], memory[i]);
        return Logits(x);
    }

    TorchTensor Embed(TorchSharp.Modules.Embedding table, TorchTensor tokens, int first) => (table.forward(tokens) * scale) + positions.narrow(0, first, tokens.shape[1]).to(table.weight!.dtype);

    TorchTensor Logits(TorchTensor x) => F.linear(decoderNorm.forward(x), target.weight!, bias);

    sealed class Attention : nn.Module
    {
        readonly TorchSharp.Modules.Linear query, key, value, output;
        readonly int heads;

        public Attention(TransformerShape shape) : base("attention")
        {
            heads = shape.Heads;
            (query, key, value, output) = (nn.Linear(shape.Width, shape.Width), nn.Linear(shape.Width, shape.Width), nn.Linear(shape.Width, shape.Width), nn.Linear(shape.Width, shape.Width));
            RegisterComponents();
        }

        public TorchTensor Forward(TorchTensor x, TorchTensor sources, bool causal)
        {
            var (k, v) = KeyValue(sources);
            return Attend(x, k, v, causal);
        }

        public (TorchTensor Key, TorchTensor Value) KeyValue(TorchTensor sources) => (Heads(key.forward(sources)), Heads(value.forward(sources)));

        public TorchTensor Attend(TorchTensor x, TorchTensor k, TorchTensor v, bool causal = false) =>
            output.forward(F.scaled_dot_product_attention(Heads(query.forward(x)), k, v, null, 0, causal).transpose(1, 2).reshape(x.shape));

        /// <summary>[batch, time, width] → [batch, heads, time, width / heads]</summary>
        TorchTensor Heads(TorchTensor x) => x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);
    }

    sealed class EncoderLayer : nn.Module
    {
        // In the order of Nabla's, which is that of the parameters.
        readonly Attention attention;
        readonly TorchSharp.Modules.LayerNorm attentionNorm;
        readonly TorchSharp.Modules.Linear expand, contract;
        readonly TorchSharp.Modules.LayerNorm feedForwardNorm;

        public EncoderLayer(TransformerShape shape) : base("encoder")
        {
            (attention, attentionNorm) = (new(shape), nn.LayerNorm(shape.Width));
            (expand, contract, feedForwardNorm) = (nn.Linear(shape.Width, shape.Inner), nn.Linear(shape.Inner, shape.Width), nn.LayerNorm(shape.Width));
            RegisterComponents();
        }

        public TorchTensor Forward(TorchTensor x)
        {
            x = attentionNorm.forward(x + attention.Forward(x, x, causal: false));
            return feedForwardNorm.forward(x + contract.forward(F.relu(expand.forward(x), inplace: true)));
        }
    }

    sealed class DecoderLayer : nn.Module
    {
        readonly Attention attention;
        readonly TorchSharp.Modules.LayerNorm attentionNorm;
        readonly Attention cross;
        readonly TorchSharp.Modules.LayerNorm crossNorm;
        readonly TorchSharp.Modules.Linear expand, contract;
        readonly TorchSharp.Modules.LayerNorm feedForwardNorm;

        public DecoderLayer(TransformerShape shape) : base("decoder")
        {
            (attention, attentionNorm, cross, crossNorm) = (new(shape), nn.LayerNorm(shape.Width), new(shape), nn.LayerNorm(shape.Width));
            (expand, contract, feedForwardNorm) = (nn.Linear(shape.Width, shape.Inner), nn.Linear(shape.Inner, shape.Width), nn.LayerNorm(shape.Width));
            RegisterComponents();
        }

        public Attention Cross => cross;

        public TorchTensor Forward(TorchTensor x, TorchTensor memory)
        {
            x = attentionNorm.forward(x + attention.Forward(x, x, causal: true));
            return Rest(x, cross.Forward(x, memory, causal: false));
        }

        /// <summary>x: [batch, beams, width]. The beams of a sentence are the targets of one attention to its source, so that keys and values are not copied for each.</summary>
        public TorchTensor Step(TorchTensor x, ref (TorchTensor Key, TorchTensor Value) past, (TorchTensor Key, TorchTensor Value) memory)
        {
            var rows = x.view(-1, 1, x.shape[2]);
            var (key, value) = attention.KeyValue(rows);
            past = past.Key is null ? (key, value) : (torch.cat([past.Key, key], 2), torch.cat([past.Value, value], 2));
            x = attentionNorm.forward(x + attention.Attend(rows, past.Key, past.Value).view(x.shape));
            return Rest(x, cross.Attend(x, memory.Key, memory.Value));
        }

        TorchTensor Rest(TorchTensor x, TorchTensor looked)
        {
            x = crossNorm.forward(x + looked);
            return feedForwardNorm.forward(x + contract.forward(F.relu(expand.forward(x), inplace: true)));
        }
    }
}
