using Nabla.Layers;
using Nabla.Models;

namespace Nabla.Tests.Models;

public class CharacterModelTests
{
    static Tensor Ids(params long[] ids) => Tensor.From(ids, [1, ids.Length]);

    static CharacterModel Small(Recurrent layers, double dropout = 0) => new CharacterModel(7, layers, dropout).Initialize(seed: 3);

    public static TheoryData<string> Kinds => ["rnn", "lstm", "gru"];

    static Recurrent Of(string kind) => kind switch { "rnn" => new Rnn(5, 8), "lstm" => new Lstm(5, 8, layers: 2), _ => new Gru(5, 8) };

    [Theory, MemberData(nameof(Kinds))]
    public void Text_in_two_stretches_has_the_logits_of_the_whole(string kind)
    {
        var model = Small(Of(kind));
        var (whole, end) = model.Forward(Ids(1, 2, 3, 4, 5, 6));
        var (first, state) = model.Forward(Ids(1, 2));
        var (second, last) = model.Forward(Ids(3, 4, 5, 6), state);
        Assert.Equal(Shape.Create(1, 6, 7), whole.Shape);
        Reference.AssertClose(whole, Tensor.Concat(1, first, second), tolerance: 1e-6);
        Reference.AssertClose(end.Hidden, last.Hidden, tolerance: 1e-6);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_logit_knows_nothing_of_what_comes_after_it(string kind)
    {
        var model = Small(Of(kind));
        Assert.Equal(model.Forward(Ids(1, 2, 3, 4)).Logits[.., ..3].ToArray<float>(), model.Forward(Ids(1, 2, 3, 0)).Logits[.., ..3].ToArray<float>());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_state_given_on_has_no_history(string kind)
    {
        var model = Small(Of(kind));
        RecurrentState? carried = null;
        Gradients.Of(() =>
        {
            var (logits, state) = model.Forward(Ids(1, 2, 3));
            carried = state;
            return logits.CrossEntropy(Ids(2, 3, 4));
        });
        var (_, second) = Gradients.Of(() => model.Forward(Ids(4, 5), carried).Logits.CrossEntropy(Ids(5, 6)));
        var copied = new RecurrentState(carried!.Hidden.Clone(), carried.Cell?.Clone());
        var (_, alone) = Gradients.Of(() => model.Forward(Ids(4, 5), copied).Logits.CrossEntropy(Ids(5, 6)));
        foreach (var (path, parameter) in model.Parameters()) Reference.AssertClose(alone[parameter], second[parameter], path, 1e-7);
    }

    [Fact]
    public void Dropout_works_in_training_alone()
    {
        var model = Small(new Lstm(5, 8), dropout: 0.5);
        Assert.Equal(model.Forward(Ids(1, 2)).Logits.ToArray<float>(), model.Forward(Ids(1, 2)).Logits.ToArray<float>());
        using var training = Mode.Train();
        Assert.NotEqual(model.Forward(Ids(1, 2)).Logits.ToArray<float>(), model.Forward(Ids(1, 2)).Logits.ToArray<float>());
    }

    [Fact]
    public void Texts_of_any_lengths_have_the_logits_of_each_alone()
    {
        var (model, ids) = (Small(new Lstm(5, 8)), Ragged.From([[1, 2, 3], [4], [5, 6, 0, 1, 2]]));
        var (logits, state) = model.Forward(ids);
        for (var i = 0; i < ids.Count; i++)
        {
            var (alone, last) = model.Forward(ids[i].Unsqueeze(0));
            Reference.AssertClose(alone[0], logits[i], tolerance: 1e-6);
            Reference.AssertClose(last.Hidden[.., 0], state.Hidden[.., i], tolerance: 1e-6);
        }
        Assert.Contains("[elements] is needed", Assert.Throws<ArgumentException>(() => model.Forward(new Ragged(Tensor.Zeros([2, 1], DType.Int64), 2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("Give layers of one direction", Assert.Throws<ArgumentException>(() => new CharacterModel(7, new Lstm(5, 8, bidirectional: true))).Message, StringComparison.Ordinal);
        Assert.Contains("CharacterModel: 0 ≤ dropout < 1", Assert.Throws<ArgumentOutOfRangeException>(() => Small(new Rnn(5, 8), dropout: 2)).Message, StringComparison.Ordinal);
        Assert.Contains("there is no row 1; the 1 rows are 0 … 0", Assert.Throws<ArgumentOutOfRangeException>(() => new CharacterWriter(Small(new Rnn(5, 8)), [1]).Select([1])).Message, StringComparison.Ordinal);
        Assert.Contains("[batch, time] is needed", Assert.Throws<ArgumentException>(() => Small(new Rnn(5, 8)).Forward(Tensor.From([1L, 2]))).Message, StringComparison.Ordinal);
    }
}
