using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Text;

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
    public void A_text_longer_than_it_sees_is_refused()
    {
        static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.Contains("it sees 8", Refused(() => Small().Forward(Tensor.Zeros([1, 9], DType.Int64))), StringComparison.Ordinal);
        Assert.Contains("the prompt is empty", Refused(() => _ = new CharacterTransformerWriter(Small(), [])), StringComparison.Ordinal);
        Assert.Contains("a prompt of 9 symbols, the model sees 8", Refused(() => _ = new CharacterTransformerWriter(Small(), new int[9])), StringComparison.Ordinal);
        var writer = new CharacterTransformerWriter(Small(), [1, 2, 3]);
        Assert.Contains("the text has the 8 symbols", Refused(() => new GreedySearch(3, writer.End, MaximumLength: 7).Run(writer)), StringComparison.Ordinal);
        Assert.Contains("2 tokens for 1 rows", Refused(() => new CharacterTransformerWriter(Small(), [1]).Next([1, 2])), StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Texts_of_any_lengths_have_the_logits_of_each_alone(bool normFirst)
    {
        var (model, ids) = (Small(normFirst), Ragged.From([[1, 2, 3], [4], [5, 6, 0, 1, 2]]));
        var logits = model.Forward(ids);
        for (var i = 0; i < ids.Count; i++) Reference.AssertClose(model.Forward(ids[i].Unsqueeze(0))[0], logits[i], tolerance: 1e-5);
        Assert.Contains("the table has places for 8", Assert.Throws<ArgumentException>(() => model.Forward(Ragged.From([new int[9]]))).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void What_is_kept_changes_nothing(bool normFirst)
    {
        var (model, text) = (Small(normFirst), new List<int> { 1, 2, 3 });
        var writer = new CharacterTransformerWriter(model, text);
        foreach (var next in new[] { 3, 5, 0, 6, 4 })
        {
            if (text.Count > 3 || next != 3) text.Add(next);
            var logits = writer.Next([next]);
            Assert.Equal(Shape.Create(1, 8), logits.Shape);
            Assert.Equal(double.NegativeInfinity, logits[0, 7].Item());
            Reference.AssertClose(model.Forward(Tensor.From([.. text.Select(id => (long)id)], [1, text.Count]))[0, ^1], logits[0, ..7], tolerance: 1e-5);
        }
        Assert.Equal(7, writer.Length);
    }

    [Fact]
    public void Beams_are_written_as_each_by_itself()
    {
        var model = Small();
        var writer = new CharacterTransformerWriter(model, [1, 2]);
        var found = new BeamSearch(2, writer.End, MaximumLength: 4, Width: 3).RunAll(writer)[0];
        Assert.Equal(3, found.Count);
        foreach (var one in found)
        {
            long[] whole = [1, 2, .. one.Tokens.Select(id => (long)id)];
            var logs = model.Forward(Tensor.From(whole[..^1], [1, whole.Length - 1])).LogSoftmax();
            Assert.Equal(Enumerable.Range(0, one.Tokens.Count).Sum(i => logs[0, 1 + i, one.Tokens[i]].Item()), one.LogProbability, 1e-4);
        }
    }
}
