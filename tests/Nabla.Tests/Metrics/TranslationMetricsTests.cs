using CsCheck;
using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public sealed class TranslationMetricsTests
{
    static readonly string[] Hypotheses = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."];
    static readonly string[][] References =
    [
        ["The dog bit the man.", "The dog had bit the man."],
        ["It was not unexpected.", "No one was surprised."],
        ["The man bit him first.", "The man had bitten the dog."],
    ];

    static Bleu Score(Func<string, string[]> words, Bleu bleu)
    {
        foreach (var (hypothesis, references) in Hypotheses.Zip(References)) bleu.Update(words(hypothesis), Array.ConvertAll(references, reference => words(reference)));
        return bleu;
    }

    /// <summary>The example of sacrebleu's README; the scores are those of its test/test_bleu.py.</summary>
    [Fact]
    public void Scores_with_several_references_are_those_of_sacrebleu()
    {
        Assert.Equal(48.530827, Score(MtevalTokens.Of, new()).Value, 6);
        Assert.Equal(48.530827, Score(MtevalTokens.Of, new(smoothing: BleuSmoothing.None)).Value, 6);
        Assert.Equal(49.1919566, Score(text => text.Split(' '), new()).Value, 6);
    }

    [Fact]
    public void Parts_merge_to_the_whole()
    {
        var (first, second, whole) = (new Bleu(), new Bleu(), Score(MtevalTokens.Of, new()));
        for (var i = 0; i < 3; i++) (i == 1 ? second : first).Update(MtevalTokens.Of(Hypotheses[i]), Array.ConvertAll(References[i], reference => MtevalTokens.Of(reference)));
        first.Merge(second);
        Assert.Equal((whole.Value, whole.HypothesisLength, whole.ReferenceLength), (first.Value, first.HypothesisLength, first.ReferenceLength));
        first.Reset();
        Assert.Equal(0, first.Value);
        Assert.Throws<ArgumentException>(() => first.Merge(new Bleu(order: 2)));
    }

    /// <summary>Papineni et al. 2002, §2.1, examples 1 and 2: clipped unigram precision 2/7; 17/18 and 8/14, and bigram precisions 10/17 and 1/13.</summary>
    [Fact]
    public void Precisions_are_those_of_the_paper()
    {
        static double[] Of(string hypothesis, params string[] references)
        {
            var bleu = new Bleu(order: 2, BleuSmoothing.None);
            bleu.Update(hypothesis.Split(' '), Array.ConvertAll(references, reference => reference.Split(' ')));
            return [.. bleu.Precisions.Select(precision => precision / 100)];
        }
        Assert.Equal(2.0 / 7, Of("the the the the the the the", "the cat is on the mat", "there is a cat on the mat")[0], 12);
        string[] references = ["it is a guide to action that ensures that the military will forever heed party commands",
            "it is the guiding principle which guarantees the military forces always being under the command of the party",
            "it is the practical guide for the army always to heed the directions of the party"];
        Assert.Equal([17.0 / 18, 10.0 / 17], Of("it is a guide to action which ensures that the military always obeys the commands of the party", references), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([8.0 / 14, 1.0 / 13], Of("it is to insure the troops forever hearing the activity guidebook that party direct", references), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData("test", "a test", 36.78794411714425)]
    [InlineData("a test", "a test", 100)]
    [InlineData("nothing", "a test", 0)]
    public void Orders_that_a_sentence_is_too_short_for_are_left_out_if_wanted(string hypothesis, string reference, double expected)
    {
        var (bleu, strict) = (new Bleu(effectiveOrder: true), new Bleu());
        bleu.Update(hypothesis.Split(' '), reference.Split(' '));
        strict.Update(hypothesis.Split(' '), reference.Split(' '));
        Assert.Equal(expected, bleu.Value, 10);
        Assert.Equal(0, strict.Value);
    }

    [Fact]
    public void A_text_is_its_own_best_translation() => Gen.Int[0, 5].Array[4, 20].List[1, 4].Sample(texts =>
    {
        var bleu = new Bleu();
        foreach (var text in texts) bleu.Update(text, text);
        Assert.Equal(100, bleu.Value, 10);
    });

    [Theory]
    [InlineData("Hello, world.", "Hello|,|world|.")]
    [InlineData("It costs $3.50 (3-4 kg), doesn't it?", "It|costs|$|3.50|(|3|-|4|kg|)|,|doesn't|it|?")]
    [InlineData("a well-known &quot;R&amp;D&quot; case", "a|well-known|\"|R|&|D|\"|case")]
    [InlineData("1,000.5 and 5.", "1,000.5|and|5|.")]
    public void Words_are_those_of_mteval(string text, string expected) => Assert.Equal(expected, string.Join('|', MtevalTokens.Of(text)));

    /// <summary>The values of sacrebleu's test/test_chrf.py, which scores with β = 3.</summary>
    [Theory]
    [InlineData(false, 100, "a", "a")]
    [InlineData(false, 0, "", "reference")]
    [InlineData(false, 100, "a b c", "a b c")]
    [InlineData(false, 100, "a b c", "abc")]
    [InlineData(false, 50, "a", "a", "b", "c")]
    [InlineData(false, 25, "aa", "ab")]
    [InlineData(true, 67.3481606, "Die Beziehung zwischen Obama und Netanjahu ist nicht gerade freundlich.", "Das Verhältnis zwischen Obama und Netanyahu ist nicht gerade freundschaftlich.")]
    [InlineData(true, 65.2414427, "risk assessment must be made of those who are qualified and expertise in the sector - these are the scientists .",
        "risk assessment has to be undertaken by those who are qualified and expert in that area - that is the scientists .")]
    public void Character_scores_are_those_of_sacrebleu(bool whitespace, double expected, params string[] pairs)
    {
        var chrf = new ChrF(beta: 3, whitespace: whitespace);
        foreach (var pair in pairs.Chunk(2)) chrf.Update(pair[0], pair[1]);
        Assert.Equal(expected, chrf.Value, 6);
    }

    /// <summary>By hand. Words a b . against a c .: unigrams 2 of 3, bigrams 0 of 2; characters ab. against ac.: 2 of 3, 0 of 2, 0 of 1. P = R = (2/3 + 2/3) / 5.</summary>
    [Fact]
    public void Word_scores_are_those_of_the_definition()
    {
        var chrf = new ChrF(wordOrder: 2);
        chrf.Update("a b.", "a c.");
        Assert.Equal(100 * 4.0 / 15, chrf.Value, 10);
    }

    [Fact]
    public void The_best_of_several_references_counts_and_parts_merge()
    {
        var (one, best, merged) = (new ChrF(), new ChrF(), new ChrF());
        one.Update("the cat", "the cats");
        best.Update("the cat", "a dog", "the cats", "");
        merged.Merge(best);
        Assert.Equal(one.Value, best.Value);
        Assert.Equal(one.Value, merged.Value);
        merged.Reset();
        Assert.Equal(0, merged.Value);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("no reference", Assert.Throws<ArgumentException>(() => new Bleu().Update<string>(["a"])).Message, StringComparison.Ordinal);
        Assert.Contains("no reference", Assert.Throws<ArgumentException>(() => new ChrF().Update("a")).Message, StringComparison.Ordinal);
        Assert.Contains("beta", Assert.Throws<ArgumentOutOfRangeException>(() => new ChrF(beta: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("do not merge", Assert.Throws<ArgumentException>(() => new ChrF().Merge(new(wordOrder: 2))).Message, StringComparison.Ordinal);
    }
}
