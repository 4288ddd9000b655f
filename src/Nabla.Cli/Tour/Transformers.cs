using Nabla.Cli.Tasks.Translation;
using Nabla.Layers;
using Nabla.Reports;

namespace Nabla.Cli.Tour;

/// <summary>Chapter 10: the Transformer. Positions, an encoder, a decoder that sees only what it has written, and attention between them: spellings become pronunciations.</summary>
sealed class Transformers : Chapter
{
    const int Asked = 500, Positions = 100;

    const string Word = "LISTEN", Shuffled = "SILENT";

    static readonly string[] Drawn = ["KNIGHTHOOD", "PHOTOGRAPH"];

    static readonly double[] Places = [.. Enumerable.Range(0, Positions).Select(place => (double)place)];

    public override int Number => 10;

    public override string Title => "The Transformer";

    public override string Summary => "a sequence becomes another: spellings are read, pronunciations written";

    public override void Run(Stage stage)
    {
        var speller = new Speller();
        stage.Say(Invariant($"A Transformer with {speller.Model.ParameterCount():n0} parameters has learned from {speller.Configuration.Sources.Value[0]:n0} words of the CMU dictionary how English is pronounced. It travels with the program."));
        var (phonemes, words, written) = speller.Judge(speller.HeldOut(Asked));
        stage.Say(Invariant($"Of {Asked} words that it has never seen it writes {1 - words:0.0%} exactly; {phonemes:0.0%} of the phonemes are wrong."));
        stage.Breathe();
        var (blind, seeing) = (Difference(speller, places: false), Difference(speller, places: true));
        var pairs = Drawn.Select(word => (Word: word, Pronunciation: speller.Pronounce(word, 1)[0].Text)).ToArray();
        var drawn = pairs.Select(pair => (pair.Word, pair.Pronunciation, Weights: speller.Alignment(pair.Word, pair.Pronunciation))).ToArray();
        var stepError = pairs.Max(pair => speller.StepError(pair.Word, pair.Pronunciation));
        foreach (var (name, value) in new[] { ("phonemeError", phonemes), ("wordError", words), ("shuffleErrorBlind", blind), ("shuffleErrorSeeing", seeing), ("stepError", stepError) }) stage.Result(name, value);
        stage.Check("Of unseen words at most one phoneme in eight is wrong.", phonemes <= 0.125);
        stage.Check(Invariant($"Without positions {Word} and {Shuffled} are the same letters to the encoder."), blind < 1e-4);
        stage.Check("With positions they are not.", seeing > 0.1);
        stage.Check("Each phoneme shares a weight of 1 among the letters.", drawn.Max(word => (word.Weights.Sum(1) - 1).Abs().Max().Item()) < 1e-5);
        stage.Check("Phoneme after phoneme, with what is kept of those before, the logits are those of all at once under the mask.", stepError < 1e-3);
        Explain(stage.Page, speller);
        Place(stage.Page, speller, blind, seeing);
        Align(stage.Page, drawn);
        Judge(stage.Page, speller, phonemes, words, written);
    }

    /// <summary>How far the vectors of a word's letters are from those of the same letters in another word, as a share of their size.</summary>
    static double Difference(Speller speller, bool places)
    {
        var (one, other) = (speller.Encoded(Word, places), speller.Encoded(Shuffled, places));
        var order = Tensor.From([.. Word.Select(letter => (long)Shuffled.IndexOf(letter, StringComparison.Ordinal))]);
        return ((one - other.IndexSelect(0, order)).Abs().Max() / one.Abs().Max()).Item();
    }

    static void Explain(ChapterPage page, Speller speller)
    {
        var c = speller.Configuration;
        page.Idea("An encoder reads the whole input at once. A decoder writes the output one piece after another, and for each piece looks back at what it has written and across at what was read.");
        page.Paragraph("Every part is one of chapter 9: attention of the letters to each other, of the phonemes to those before them (a mask hides the rest, so that in training all are learned at once), and of the phonemes to the letters. After each attention comes a small network for every place by itself; each part adds its result to what it was given.");
        page.Formula("x ← x + \\text{attention}(x) \\quad x ← x + W_2 \\max(W_1 x + b_1, 0) + b_2");
        page.Code("""
            var memory = model.Encode(spelling);            // letters that know the others
            var logits = model.Forward(spelling, written);  // what may follow each phoneme
            var search = new BeamSearch(start, end, MaximumLength: 100, Width: 5);
            var phonemes = search.Run(model.Begin(spelling));
            """);
        page.Paragraph(Invariant($"This one is {c.Width} wide, with {c.Layers} layers of {c.Heads} heads on either side. In training the labels are smoothed by {c.LabelSmoothing:0.0}: a tenth of each is spread over all phonemes, for a dictionary is not always right."));
    }

    static void Place(ChapterPage page, Speller speller, double blind, double seeing)
    {
        page.Section("Where a letter stands");
        page.Paragraph("Attention compares all with all and knows no order. So each place adds a code of its own to the vector of its letter: sines and cosines, from quick ones to very slow ones, like the digits of a number.");
        page.Formula("p_{t, 2i} = \\sin(t / 10000^{2i / d}) \\quad p_{t, 2i+1} = \\cos(t / 10000^{2i / d})");
        var codes = SinusoidalPositions.Of(Positions, speller.Configuration.Width);
        page.Drawing(TransformerDrawing.Positions(codes), Invariant($"The codes of the first {Positions} places. Blue is above 0, red below. Each column is a place's code; the first numbers turn quickly, the last ones hardly move."));
        double[] Alike(int place) => Array.ConvertAll(codes.MatMul(codes[place].Unsqueeze(1)).ToArray<float>(), x => (double)x);
        page.Plot(new Plot("place", "product of the codes").Line(Places, Alike(20), Ink.Blue, "with place 20").Line(Places, Alike(60), Ink.Orange, "with place 60").Legend(),
            "The product of two codes falls with their distance", "The product of two places' codes depends on their distance alone and is largest at 0: near is alike.");
        page.Paragraph(Invariant($"{Word} and {Shuffled} have the same letters. Without the codes the encoder gives each letter the same vector in both words, up to rounding ({blind:0.0e+0} of their size). With them the vectors differ by {seeing:0.00} of it, and so do the pronunciations:"));
        page.Table(["spelling", "pronunciation", "probability"], new[] { Word, Shuffled }.Select(word => (word, best: speller.Pronounce(word, 1)[0])).Select(x => new[] { x.word, x.best.Text, Invariant($"{x.best.Probability:0.00}") }), numbers: false);
    }

    static void Align(ChapterPage page, IReadOnlyList<(string Word, string Pronunciation, Tensor Weights)> drawn)
    {
        page.Section("Which letters a phoneme comes from");
        page.Paragraph("Nobody told the model which letters make which sound. The attention from the decoder to the encoder has found out: it runs along the word, takes two letters for one sound and passes over silent ones.");
        page.Drawing(TransformerDrawing.Alignments(drawn), "Rows are the phonemes as they are written, columns the letters that are looked at; the darker, the more (the mean of the last layer's heads). The dot is the end.");
    }

    /// <summary>Eight words that were not written right, from all over the alphabet.</summary>
    static IEnumerable<Translated> Wrong(IReadOnlyList<Translated> written)
    {
        var wrong = written.Where(one => !one.Entry.Targets.Contains(one.Written)).ToArray();
        return wrong.Where((_, i) => i % Math.Max(1, wrong.Length / 8) == 0).Take(8);
    }

    static void Judge(ChapterPage page, Speller speller, double phonemes, double words, IReadOnlyList<Translated> written)
    {
        page.Section("The numbers");
        page.Paragraph(Invariant($"On {Asked} words that were held out: {phonemes:0.0%} of the phonemes are wrong (changes to the nearest pronunciation in the dictionary), {words:0.0%} of the words are not exactly right. Some that are not:"));
        page.Table(["spelling", "written", "in the dictionary"], Wrong(written).Select(one => new[] { one.Entry.Source, one.Written, string.Join(" or ", one.Entry.Targets) }), numbers: false);
        page.Paragraph("A beam keeps several beginnings at once, since the likeliest first phoneme need not begin the likeliest word:");
        page.Table(["READ", "probability"], speller.Pronounce("READ", 3).Select(one => new[] { one.Text, Invariant($"{one.Probability:0.00}") }));
        page.Notice(
            "The decoder's mask is what lets it train on whole words at once, yet write one phoneme after another: no phoneme ever saw those behind it.",
            "Many of the errors are names, whose pronunciation no spelling tells: where they come from is not in the letters.",
            "The same model translates verses: nabla train translate with a file of pairs. Only the tokens change.");
    }
}
