using Nabla.Layers;

namespace Nabla.Tests.Layers;

/// <summary>What the reference values, which <c>nabla verify</c> goes through, do not say.</summary>
public class TransformerTests
{
    static Tensor Random(ulong seed, params int[] dims) => Tensor.Normal(Shape.Create(dims), generator: new Generator(seed));

    static readonly int[] SourceLengths = [5, 2, 7], TargetLengths = [4, 6, 1];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ragged_sequences_are_those_computed_one_by_one(bool normFirst)
    {
        var model = new Transformer(new(16, 4, 32) { NormFirst = normFirst, Gelu = normFirst }, 2, 2).Initialize(3);
        var (source, target) = (new Ragged(Random(1, 14, 16), SourceLengths), new Ragged(Random(2, 11, 16), TargetLengths));
        var all = model.Forward(source, target);
        for (var i = 0; i < 3; i++)
            Reference.AssertClose(model.Forward(source[i].Unsqueeze(0), target[i].Unsqueeze(0))[0], all[i], tolerance: 2e-6);
    }

    [Fact]
    public void Padding_behind_a_mask_gives_what_ragged_sequences_give()
    {
        var layer = new MultiHeadAttention(16, 4).Initialize(3);
        var (x, sources) = (new Ragged(Random(1, 11, 16), TargetLengths), new Ragged(Random(2, 14, 16), SourceLengths));
        var mask = Tensor.Arange(7) < Tensor.From(5f, 2, 7).Reshape(3, 1, 1, 1);
        Reference.AssertClose(layer.Forward(x, sources).Values, Ragged.FromPadded(layer.Forward(x.ToPadded(), sources.ToPadded(), mask), TargetLengths).Values, tolerance: 2e-6);
    }

    [Fact]
    public void A_Transformer_of_padded_sources_and_a_mask_gives_what_ragged_ones_give()
    {
        var model = new Transformer(new(16, 4, 32), 2, 2).Initialize(3);
        var (source, target) = (new Ragged(Random(1, 14, 16), SourceLengths), new Ragged(Random(2, 11, 16), TargetLengths));
        var (ragged, behind) = (model.Forward(source, target), Tensor.Arange(7) < Tensor.From(5f, 2, 7).Unsqueeze(1));
        Reference.AssertClose(ragged.Values, Ragged.FromPadded(model.Forward(source.ToPadded(), target.ToPadded(), behind), TargetLengths).Values, tolerance: 2e-6);
        Assert.Contains("Transformer: 3 targets for 2 sources", Assert.Throws<ArgumentException>(() => model.Forward(new Ragged(Random(1, 14, 16), 7, 7), target)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_target_sees_what_follows_it()
    {
        var layer = new TransformerDecoderLayer(new(8, 2, 16)).Initialize(3);
        var (x, memory) = (Random(1, 1, 6, 8), Random(2, 1, 4, 8));
        var changed = Tensor.Concat(1, x[.., ..4], Random(3, 1, 2, 8));
        Assert.Equal(layer.Forward(x, memory)[0, ..4].ToArray<float>(), layer.Forward(changed, memory)[0, ..4].ToArray<float>());
    }

    [Fact]
    public void Ragged_sequences_take_a_mask_each_and_drop_as_their_composition_does()
    {
        var (x, sources) = (new Ragged(Random(1, 11, 16), TargetLengths), new Ragged(Random(2, 14, 16), SourceLengths));
        Tensor[] masks = [Random(3, 4, 5) > Tensor.Scalar(-0.5), Random(4, 4, 6, 2), Random(5, 1, 7)];
        var layer = new MultiHeadAttention(16, 4).Initialize(3);
        var all = layer.Forward(x, sources, masks: masks);
        for (var i = 0; i < 3; i++)
            Reference.AssertClose(layer.Forward(x[i].Unsqueeze(0), sources[i].Unsqueeze(0), masks[i])[0], all[i], tolerance: 2e-6);

        Nabla.Ops.RaggedAttention op = new([0, 4, 10, 11], [0, 5, 7, 14], 4, false, 0.5) { Dropout = new(0.3, 9, 2) { RowStep = 11 } };
        var (q, k, v, dy) = (x.Values, sources.Values, Random(6, 14, 16), Random(7, 11, 16));
        Tensor[] narrow = [q, k, v, masks[1]];
        var wide = narrow.Select(t => t.To(DType.Float64)).ToArray();
        var (y, found) = Gradients.Pullback(() => op.Apply(q, k, v, masks[0], narrow[3], masks[2]), dy, narrow);
        var (wideY, exact) = Gradients.Pullback(() => op.Apply(wide[0], wide[1], wide[2], masks[0], wide[3], masks[2].To(DType.Float64)), dy.To(DType.Float64), wide);
        Reference.AssertClose(wideY.To(DType.Float32), y, tolerance: 3e-6);
        for (var i = 0; i < 4; i++) Reference.AssertClose(exact[wide[i]].To(DType.Float32), found[narrow[i]], tolerance: 3e-6);
    }

    [Fact]
    public void Attention_weights_are_dropped_in_training_alone_as_the_seed_says()
    {
        var layer = new MultiHeadAttention(16, 4, dropout: 0.3).Initialize(3);
        var x = new Ragged(Random(1, 14, 16), SourceLengths);
        float[] Trained()
        {
            using var scope = new Generator(8).AsDefault();
            using var training = Mode.Train();
            return layer.Forward(x).Values.ToArray<float>();
        }
        Assert.Equal(layer.Forward(x).Values.ToArray<float>(), layer.Forward(x).Values.ToArray<float>());
        Assert.NotEqual(layer.Forward(x).Values.ToArray<float>(), Trained());
        Assert.Equal(Trained(), Trained());
    }

    [Fact]
    public void Learned_positions_are_those_of_each_sequence_and_end_with_the_table()
    {
        var layer = new LearnedPositions(5, 4).Initialize(3);
        var x = new Ragged(Tensor.Zeros([5, 4]), 2, 3);
        Assert.Equal(Tensor.Concat(0, layer.Weight.Value[..2], layer.Weight.Value[..3]).ToArray<float>(), layer.Forward(x).Values.ToArray<float>());
        Assert.Equal(layer.Weight.Value[..3].ToArray<float>(), layer.Forward(Tensor.Zeros([2, 3, 4]))[1].ToArray<float>());
        var (_, gradients) = Gradients.Of(() => layer.Forward(x).Values.Sum());
        Assert.Equal([2f, 2, 1, 0, 0], gradients[layer.Weight][.., 0].ToArray<float>());
        Assert.Contains("a sequence of 6 elements, the table has places for 5", Assert.Throws<ArgumentException>(() => layer.Forward(new Ragged(Tensor.Zeros([6, 4]), 6))).Message, StringComparison.Ordinal);
        Assert.Contains("[.., time, 4]", Assert.Throws<ArgumentException>(() => layer.Forward(Tensor.Zeros([2, 3]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_are_what_the_values_are_weighed_by()
    {
        var layer = new MultiHeadAttention(8, 2).Initialize(3);
        var x = Random(1, 2, 5, 8);
        var weights = layer.Weights(x, causal: true);
        Reference.AssertClose(Tensor.Ones([2, 2, 5]), weights.Sum(-1), tolerance: 1e-6);
        Assert.Equal(0, weights[0, 0, 0, 1].Item());
        var nearby = Random(2, 5, 5);
        Reference.AssertClose(layer.Weights(x, mask: nearby)[1], layer.Weights(new Ragged(x.Reshape(10, 8), 5, 5), masks: [Tensor.Zeros([1]), nearby])[1], tolerance: 1e-6);
        var values = layer.Value.Forward(x).Reshape(2, 5, 2, 4).Transpose(1, 2);
        Reference.AssertClose(layer.Forward(x, causal: true), layer.Output.Forward(weights.MatMul(values).Transpose(1, 2).Reshape(2, 5, 8)), tolerance: 1e-6);
    }

    [Fact]
    public void Dropout_works_in_training_alone()
    {
        var layer = new TransformerEncoderLayer(new(8, 2, 16) { Dropout = 0.3 }).Initialize(3);
        var x = Random(1, 2, 5, 8);
        Assert.Equal(layer.Forward(x).ToArray<float>(), layer.Forward(x).ToArray<float>());
        using var training = Mode.Train();
        Assert.NotEqual(layer.Forward(x).ToArray<float>(), layer.Forward(x).ToArray<float>());
    }

    [Fact]
    public void Positions_of_sequences_begin_anew()
    {
        var (x, codes) = (new Ragged(Tensor.Zeros([5, 6]), 2, 3), SinusoidalPositions.Of(3, 6));
        Assert.Equal(Tensor.Concat(0, codes[..2], codes).ToArray<float>(), SinusoidalPositions.AddTo(x).Values.ToArray<float>());
        Assert.Equal([0f, 1, 0, 1, 0, 1], codes[0].ToArray<float>());
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.Contains("a width of 10 does not divide by 4 heads", Refused(() => _ = new MultiHeadAttention(10, 4)), StringComparison.Ordinal);
        Assert.Contains("TransformerShape: Inner 0", Refused(() => _ = new TransformerShape(8, 2, 0)), StringComparison.Ordinal);
        Assert.Contains("0 ≤ Dropout < 1", Refused(() => _ = new TransformerShape(8, 2, 16) { Dropout = 1 }), StringComparison.Ordinal);
        Assert.Contains("-1 layers: 0 or more", Refused(() => _ = new Transformer(new(8, 2, 16), -1, 1)), StringComparison.Ordinal);
        Assert.Contains("a table [0, 4]", Refused(() => _ = new LearnedPositions(0, 4)), StringComparison.Ordinal);
        Assert.Contains("the padding index 9 is none of the 3 rows", Refused(() => _ = new Embedding(3, 4, paddingIndex: 9)), StringComparison.Ordinal);
        Assert.Contains("SinusoidalPositions: x [5]: [elements, width]", Refused(() => SinusoidalPositions.AddTo(new Ragged(Random(1, 5), 5))), StringComparison.Ordinal);
        var layer = new MultiHeadAttention(8, 2);
        Assert.Contains("mask.Unsqueeze(1).Unsqueeze(1)", Refused(() => layer.Forward(Random(1, 2, 5, 8), mask: Tensor.Ones([2, 5], DType.Bool))), StringComparison.Ordinal);
        Assert.Contains("x [5, 8]", Refused(() => layer.Weights(Random(1, 5, 8))), StringComparison.Ordinal);
        Assert.Contains("1 masks for 2 sequences", Refused(() => layer.Weights(new Ragged(Random(1, 5, 8), 2, 3), masks: [Tensor.Ones([2, 2])])), StringComparison.Ordinal);
        Assert.Contains("x [2, 5, 6]", Refused(() => layer.Forward(Random(1, 2, 5, 6))), StringComparison.Ordinal);
        Assert.Contains("1 masks for 2 sequences", Refused(() => layer.Forward(new Ragged(Random(1, 5, 8), 2, 3), masks: [Tensor.Ones([2, 2])])), StringComparison.Ordinal);
        Assert.Contains("sequence 1: mask [2, 2] does not broadcast to the scores [2, 3, 3]", Refused(() => layer.Forward(new Ragged(Random(1, 5, 8), 2, 3), masks: [Tensor.Ones([2, 2]), Tensor.Ones([2, 2])])), StringComparison.Ordinal);
        Assert.Contains("2 sequences of queries attend to 1", Refused(() => layer.Forward(new Ragged(Random(1, 5, 8), 2, 3), new Ragged(Random(2, 4, 8), 4))), StringComparison.Ordinal);
    }
}
