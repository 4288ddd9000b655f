using Nabla.Models;
using Nabla.Optimizers;

namespace Nabla.Tests.Models;

public class CharacterTransformerTests
{
    static CharacterTransformer Small(bool normFirst = true) => new CharacterTransformer(7, 8, new(Width: 12, Heads: 3, Inner: 20) { NormFirst = normFirst }, layers: 2).Initialize(seed: 4);

    static Tensor Ids(params long[] ids) => Tensor.From(ids, [1, ids.Length]);

    [Theory, InlineData(true), InlineData(false)]
    public void A_logit_knows_nothing_of_what_comes_after_it(bool normFirst)
    {
        var model = Small(normFirst);
        var (whole, other) = (model.Forward(Ids(1, 2, 3, 4, 5)), model.Forward(Ids(1, 2, 3, 6, 0)));
        Assert.Equal(Shape.Create(1, 5, 7), whole.Shape);
        Reference.AssertClose(whole[.., ..3], other[.., ..3], tolerance: 1e-6);
        Assert.NotEqual(whole[.., 3].ToArray<float>(), other[.., 3].ToArray<float>());
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Weights_are_shares_of_the_past_and_those_that_the_layers_use(bool normFirst)
    {
        var model = Small(normFirst);
        var ids = Ids(1, 2, 3, 4);
        var weights = model.Weights(ids);
        var future = (Tensor.Arange(4).Unsqueeze(1) < Tensor.Arange(4)).To(DType.Float32);
        Assert.Equal(2, weights.Count);
        foreach (var layer in weights)
        {
            Assert.Equal(Shape.Create(1, 3, 4, 4), layer.Shape);
            Reference.AssertClose(Tensor.Ones([1, 3, 4]), layer.Sum(-1), tolerance: 1e-6);
            Assert.Equal(0, (layer * future).Abs().Sum().Item());
        }
        // The first layer's, by the definition: heads of 4, scores over √4.
        var first = model.Layers[0].Attention;
        var x = model.Embedded(ids)[0];
        if (normFirst) x = model.Layers[0].AttentionNorm.Forward(x);
        var scores = first.Query.Forward(x)[.., 4..8].MatMul(first.Key.Forward(x)[.., 4..8].Transpose()) / 2;
        Reference.AssertClose(scores[3].Softmax(), weights[0][0, 1, 3], tolerance: 1e-5);
    }

    [Fact]
    public void It_learns_a_text_by_heart()
    {
        var model = Small();
        var (ids, next) = (Ids(1, 2, 1, 3, 1, 4, 1, 5), Tensor.From([2L, 1, 3, 1, 4, 1, 5, 1], [1, 8]));
        var adam = new Adam(model, 1e-2);
        var last = double.NaN;
        for (var step = 0; step < 120; step++)
        {
            var (loss, gradients) = Gradients.Of(() => model.Forward(ids).CrossEntropy(next));
            adam.Step(gradients);
            last = loss.Item();
        }
        Assert.True(last < 0.05, $"{last}");
    }

    [Fact]
    public void A_text_longer_than_it_sees_is_refused() =>
        Assert.Contains("it sees 8", Assert.Throws<ArgumentException>(() => Small().Forward(Tensor.Zeros([1, 9], DType.Int64))).Message, StringComparison.Ordinal);
}
