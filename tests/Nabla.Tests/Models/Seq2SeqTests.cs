using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Text;

namespace Nabla.Tests.Models;

/// <summary>Of both models that read and write sequences.</summary>
public class Seq2SeqTests
{
    const int Start = 0, End = 1, Vocabulary = 11;

    public static TheoryData<string> Names => [.. Models.Keys];

    static readonly Dictionary<string, Func<ISequenceToSequence>> Models = new()
    {
        ["transformer"] = () => new Seq2Seq(new(9, Vocabulary, new(16, 4, 24)) { EncoderLayers = 2, DecoderLayers = 2 }),
        ["transformer, learned positions, normalised first"] = () => new Seq2Seq(new(9, Vocabulary, new(16, 2, 24) { NormFirst = true }) { EncoderLayers = 1, DecoderLayers = 2, LearnedPositions = 12, TiedOutput = false }),
        ["recurrent"] = () => new RecurrentSeq2Seq(new(9, Vocabulary, 6, 12) { Layers = 2 }),
        ["ensemble"] = () => new Seq2SeqEnsemble(new Seq2Seq(new(9, Vocabulary, new(16, 2, 24)) { EncoderLayers = 1, DecoderLayers = 1 }), new RecurrentSeq2Seq(new(9, Vocabulary, 6, 12))),
    };

    static ISequenceToSequence Model(string name) => Models[name]().Initialize(3);

    static Ragged Tokens(int vocabulary, ulong seed, params int[] lengths) =>
        new((Tensor.Uniform([lengths.Sum()], 0, 1, new Generator(seed)) * vocabulary).To(DType.Int64), lengths);

    static Ragged Batch(int[][] sequences) => new(Tensor.From([.. sequences.SelectMany(sequence => sequence).Select(token => (long)token)]), [.. sequences.Select(sequence => sequence.Length)]);

    /// <summary>The model without anything kept: each step computes the whole of each sequence.</summary>
    sealed class Forgetful(ISequenceToSequence model, Ragged source) : ISequenceModel
    {
        (int Source, long[] Tokens)[] live = [.. Enumerable.Range(0, source.Count).Select(i => (i, Array.Empty<long>()))];

        public int Rows => live.Length;

        public Tensor Next(IReadOnlyList<int> tokens)
        {
            live = [.. live.Zip(tokens, (row, token) => (row.Source, (long[])[.. row.Tokens, token]))];
            var (read, written) = (live.Select(row => source[row.Source]).ToArray(), live.Select(row => Tensor.From(row.Tokens)).ToArray());
            var logits = model.Forward(Joined(read), Joined(written));
            return Tensor.Stack(0, [.. Enumerable.Range(0, Rows).Select(row => logits[row][^1])]);
        }

        public void Select(IReadOnlyList<int> rows) => live = [.. rows.Select(row => live[row])];

        static Ragged Joined(Tensor[] parts) => new(Tensor.Concat(0, parts), [.. parts.Select(part => part.Shape[0])]);
    }

    [Fact]
    public void An_ensemble_writes_by_the_mean_of_the_probabilities()
    {
        var ensemble = (Seq2SeqEnsemble)Model("ensemble");
        var (source, target) = (Tokens(9, 1, 4, 2), Tokens(Vocabulary, 2, 3, 5));
        var each = ensemble.Members.Select(member => member.Forward(source, target).Values.Softmax().ToArray<float>()).ToArray();
        var mean = ensemble.Forward(source, target).Values.ToArray<float>();
        Assert.All(mean.Select((log, i) => Math.Exp(log) - ((each[0][i] + each[1][i]) / 2)), difference => Assert.Equal(0, difference, 6));
        var other = new RecurrentSeq2Seq(new(9, Vocabulary + 1, 6, 12)).Initialize(1);
        Assert.Contains("the same tokens", Assert.Throws<ArgumentException>(() => new Seq2SeqEnsemble(ensemble.Members[0], other).Forward(source, target)).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void What_is_kept_changes_nothing(string name)
    {
        var (model, source) = (Model(name), Tokens(9, 1, 4, 1, 7, 3));
        var (kept, whole) = (model.Begin(source), new Forgetful(model, source));
        // Rows go on, change places within their source, double and end.
        foreach (var (tokens, rows) in new (int[], int[])[] { ([0, 0, 0, 0], [0, 0, 1, 2, 2, 3]), ([3, 4, 5, 6, 7, 8], [1, 0, 0, 4, 3, 5]), ([2, 3, 4, 5, 6, 7], [1, 2, 5]), ([9, 10, 2], [2, 2]), ([5, 6], [1, 0]) })
        {
            Reference.AssertClose(whole.Next(tokens), kept.Next(tokens), tolerance: 1e-5);
            kept.Select(rows);
            whole.Select(rows);
            Assert.Equal(rows.Length, kept.Rows);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Searches_find_the_same_with_and_without_what_is_kept(string name)
    {
        var (model, source) = (Model(name), Tokens(9, 2, 5, 2, 6));
        foreach (var search in (SequenceSearch[])[new GreedySearch(Start, End, 8), new BeamSearch(Start, End, 8, 4) { LengthPenalty = 0.6 }, new Sampling(Start, End, 8, Seed: 5)])
        {
            var (kept, whole) = (search.Run(model.Begin(source)), search.Run(new Forgetful(model, source)));
            Assert.Equal(whole.Select(one => string.Join(' ', one.Tokens)), kept.Select(one => string.Join(' ', one.Tokens)));
            Assert.All(whole.Zip(kept), pair => Assert.Equal(pair.First.LogProbability, pair.Second.LogProbability, 1e-3));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_batch_is_its_sequences_one_by_one(string name)
    {
        var (model, source, target) = (Model(name), Tokens(9, 1, 4, 1, 7), Tokens(Vocabulary, 2, 3, 6, 2));
        var all = model.Forward(source, target);
        Assert.Equal(Vocabulary, all.Values.Shape[1]);
        for (var i = 0; i < 3; i++)
            Reference.AssertClose(model.Forward(new(source[i], source.Length(i)), new(target[i], target.Length(i))).Values, all[i], tolerance: 3e-6);
    }

    [Theory, MemberData(nameof(Names))]
    public void No_target_sees_what_follows_it(string name)
    {
        var (model, source, target) = (Model(name), Tokens(9, 1, 4), Tensor.From(0L, 3, 4, 5));
        var changed = Tensor.From(0L, 3, 9, 7);
        Assert.Equal(model.Forward(source, new(target, 4)).Values[..2].ToArray<float>(), model.Forward(source, new(changed, 4)).Values[..2].ToArray<float>());
    }

    [Theory, MemberData(nameof(Names))]
    public void Alignments_are_shares_of_the_source(string name)
    {
        var (model, source, target) = (Model(name), Tokens(9, 1, 4, 1, 7), Tokens(Vocabulary, 2, 3, 6, 2));
        var alignment = model.Alignment(source, target);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal((3, target.Length(i), source.Length(i)), (alignment[i].Rank, alignment[i].Shape[1], alignment[i].Shape[2]));
            Reference.AssertClose(Tensor.Ones([alignment[i].Shape[0], target.Length(i)]), alignment[i].Sum(-1), tolerance: 1e-5);
        }
    }

    [Theory]
    [InlineData("transformer")]
    [InlineData("recurrent")]
    public void Either_learns_to_write_a_word_backwards(string kind)
    {
        const int letters = 6, vocabulary = letters + 2;
        ISequenceToSequence model = kind == "recurrent" ? new RecurrentSeq2Seq(new(vocabulary, vocabulary, 16, 32))
            : new Seq2Seq(new(vocabulary, vocabulary, new(32, 4, 64) { NormFirst = true }) { EncoderLayers = 1, DecoderLayers = 1 });
        model.Initialize(1);
        var optimizer = new Adam(model, 5e-3);
        var generator = new Generator(2);
        int[][] Words(int count) => [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 2 + generator.NextInt(3)).Select(_ => 2 + generator.NextInt(letters)).ToArray())];
        for (var step = 0; step < 220; step++)
        {
            var words = Words(24);
            var (source, input, wanted) = (Batch(words), Batch([.. words.Select(word => (int[])[Start, .. word.Reverse()])]), Batch([.. words.Select(word => (int[])[.. word.Reverse(), End])]));
            var (_, gradients) = Gradients.Of(() => model.Forward(source, input).Values.CrossEntropy(wanted.Values));
            optimizer.Step(gradients.ClipNorm(1));
        }
        var asked = Words(100);
        var written = new BeamSearch(Start, End, 10, 2).Run(model.Begin(Batch(asked)));
        var right = asked.Zip(written).Count(pair => pair.First.Reverse().SequenceEqual(pair.Second.Tokens));
        Assert.True(right >= 85, $"{right} of 100 words were written backwards");
    }

    [Fact]
    public void A_tied_output_and_a_shared_vocabulary_are_one_table()
    {
        var model = new Seq2Seq(new(20, 20, new(8, 2, 16)) { EncoderLayers = 1, DecoderLayers = 1, SharedVocabulary = true });
        Assert.Same(model.SourceEmbedding, model.TargetEmbedding);
        Assert.Same(model.OutputWeight, model.TargetEmbedding);
        Assert.Single(model.Parameters(), member => member.Parameter.Shape.Length == 160 && member.Parameter.Shape.Rank == 2 && member.Parameter.Shape[0] == 20);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        static string Refused(Action action) => Assert.ThrowsAny<Exception>(action).Message;
        Assert.Contains("a shared vocabulary has one size", Refused(() => _ = new Seq2Seq(new(9, 10, new(8, 2, 16)) { SharedVocabulary = true })), StringComparison.Ordinal);
        Assert.Contains("an even number", Refused(() => _ = new RecurrentSeq2Seq(new(9, 10, 8, 7))), StringComparison.Ordinal);
        var model = (Seq2Seq)Model("transformer, learned positions, normalised first");
        Assert.Contains("places for 12", Refused(() => model.Encode(Tokens(9, 1, 13))), StringComparison.Ordinal);
        Assert.Contains("places for 12", Refused(() => new GreedySearch(Start, Vocabulary - 1, 50).Run(new Endless(model.Begin(Tokens(9, 1, 3))))), StringComparison.Ordinal);
        foreach (var name in Models.Keys)
        {
            Assert.Contains("as many are needed", Refused(() => Model(name).Forward(Tokens(9, 1, 4, 2), Tokens(Vocabulary, 1, 3))), StringComparison.Ordinal);
            Assert.Contains("9 rows", Refused(() => Model(name).Forward(new(Tensor.From(9L), 1), Tokens(Vocabulary, 1, 3))), StringComparison.Ordinal);
            Assert.Contains("2 tokens for 1 sequences", Refused(() => Model(name).Begin(Tokens(9, 1, 4)).Next([0, 0])), StringComparison.Ordinal);
            Assert.Contains("a sequence has at least 1", Refused(() => Model(name).Begin(Batch([[1], []]))), StringComparison.Ordinal);
            var begun = Model(name).Begin(Tokens(9, 1, 4, 2));
            Assert.Contains("Keep the rows of a sequence together", Refused(() => begun.Select([1, 0])), StringComparison.Ordinal);
            Assert.Contains("there is no row 2", Refused(() => Model(name).Begin(Tokens(9, 1, 4, 2)).Select([2])), StringComparison.Ordinal);
        }
    }

    /// <summary>Never says that it is at an end.</summary>
    sealed class Endless(ISequenceModel model) : ISequenceModel
    {
        public int Rows => model.Rows;

        public Tensor Next(IReadOnlyList<int> tokens) => Tensor.Concat(1, model.Next(tokens)[.., ..^1], Tensor.Full([tokens.Count, 1], -1e9));

        public void Select(IReadOnlyList<int> rows) => model.Select(rows);
    }
}
