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
    public void No_target_sees_what_follows_it()
    {
        var layer = new TransformerDecoderLayer(new(8, 2, 16)).Initialize(3);
        var (x, memory) = (Random(1, 1, 6, 8), Random(2, 1, 4, 8));
        var changed = Tensor.Concat(1, x[.., ..4], Random(3, 1, 2, 8));
        Assert.Equal(layer.Forward(x, memory)[0, ..4].ToArray<float>(), layer.Forward(changed, memory)[0, ..4].ToArray<float>());
    }

    [Fact]
    public void Weights_are_what_the_values_are_weighed_by()
    {
        var layer = new MultiHeadAttention(8, 2).Initialize(3);
        var x = Random(1, 2, 5, 8);
        var weights = layer.Weights(x, causal: true);
        Reference.AssertClose(Tensor.Ones([2, 2, 5]), weights.Sum(-1), tolerance: 1e-6);
        Assert.Equal(0, weights[0, 0, 0, 1].Item());
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
        var layer = new MultiHeadAttention(8, 2);
        Assert.Contains("x [2, 5, 6]", Refused(() => layer.Forward(Random(1, 2, 5, 6))), StringComparison.Ordinal);
        Assert.Contains("2 sequences of queries attend to 1", Refused(() => layer.Forward(new Ragged(Random(1, 5, 8), 2, 3), new Ragged(Random(2, 4, 8), 4))), StringComparison.Ordinal);
    }
}
