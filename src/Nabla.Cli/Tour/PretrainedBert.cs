using Nabla.Models;
using Nabla.Reports;

namespace Nabla.Cli.Tour;

/// <summary>Chapter 11: BERT. Texts alone teach a Transformer that reads in both directions; a new head makes a classifier of it.</summary>
sealed partial class PretrainedBert : Chapter
{
    /// <summary>Held-out sequences for masked tokens, for next sentence, and for the shares of the heads.</summary>
    const int Sequences = 128, PairSequences = 320, TracedSequences = 16;

    const string FirstSentence = "The whale rose.", SecondSentence = "It spouted and sank again.";

    /// <summary>Neighbours in a test chapter (John 11:35–36; the space is the file's).</summary>
    const string FirstVerse = "Jesus wept.", SecondVerse = "The Jews therefore said, “ See how much affection he had for him!”";

    /// <summary>How much a head puts on a neighbour to count as attending to it: an even spread would give it less than 1%.</summary>
    const double MuchOfAHead = 0.15;

    public override int Number => 11;

    public override string Title => "BERT";

    public override string Summary => "a Transformer learns from texts alone, by filling gaps; then it is fine-tuned";

    public override void Run(Stage stage)
    {
        var bert = new MiniBert();
        stage.Say(Invariant($"A BERT of {bert.Sizes.HiddenLayers} layers × {bert.Sizes.HiddenSize} with ") +
            Invariant($"{bert.Model.ParameterCount():n0} parameters has been pretrained on English texts. It travels with the program; ") +
            Invariant($"{bert.Documents.Count} chapters were held out."));
        Explain(stage.Page, bert);
        Embed(stage, bert);
        Mask(stage, bert);
        Next(stage, bert);
        Attend(stage, bert);
        Tune(stage, bert);
    }

    static void Explain(ChapterPage page, MiniBert bert)
    {
        page.Idea("Labels are scarce, texts are not. Hide some words of a text, and the text itself says what they were. So a model " +
            "learns a language without labels, and then a task from few.");
        page.Paragraph("BERT (Devlin et al. 2018) is the encoder of chapter 10 alone: every token attends to all others, before and " +
            Invariant($"behind it. This one has {bert.Sizes.HiddenLayers} layers, {bert.Sizes.HiddenSize} numbers for each token, ") +
            Invariant($"{bert.Sizes.AttentionHeads} heads and a vocabulary of {bert.Sizes.VocabularySize:n0} WordPiece tokens, ") +
            Invariant($"{bert.Model.ParameterCount():n0} parameters in all. `nabla pretrain` trained it on Moby-Dick, the State of the ") +
            "Union and two translations of the Bible. One chapter in twenty was held out for testing, in both translations; everything " +
            Invariant($"below is measured on those {bert.Documents.Count}."));
        page.Code("""
            var model = new BertForPreTraining(BertConfiguration.Load(folder));
            BertCheckpoint.Load(model, folder);
            var (tokens, nextSentence) = model.Forward(input, maskedPositions);
            """);
    }

    static void Embed(Stage stage, MiniBert bert)
    {
        const int drawn = 38;
        var text = bert.Tokenizer.Encode(FirstSentence, SecondSentence, new());
        var steps = EmbeddingSteps.Of(bert.Model.Bert.Embeddings, bert.Sizes, text);
        stage.Result("embeddingError", steps.Error);
        stage.Check("Token, position and segment embeddings, summed and normalised by hand, are what the model computes.",
            steps.Error < 1e-5);
        var page = stage.Page;
        page.Section("Three embeddings, one sum");
        page.Paragraph("Two sentences become one sequence: [CLS] in front, [SEP] behind each. WordPiece cuts a word that is not in the " +
            "vocabulary into pieces that are; ## marks a piece that continues a word. Each token is looked up in three tables, by what " +
            "it is, by where it stands and by which sentence it is in. The rows are added, and LayerNorm gives the sum mean 0 and " +
            "variance 1 before a learned gain $γ$ and shift $β$:");
        page.Formula("x = E_{\\text{token}} + E_{\\text{position}} + E_{\\text{segment}} \\quad " +
            "h = γ \\frac{x - \\text{mean}(x)}{\\sqrt{\\text{var}(x) + ε}} + β");
        page.Drawing(BertDrawing.Embeddings(steps, drawn),
            Invariant($"The first {drawn} of {bert.Sizes.HiddenSize} numbers of each token, each table relative to its largest. Blue is ") +
            "above 0, red below. Equal tokens have equal rows in the first table, all tokens of a sentence in the third.");
        page.Paragraph(Invariant($"By hand, in float64, the last table differs from what the model computes by {steps.Error:0.0e+0} at ") +
            "most.");
    }

    static void Attend(Stage stage, MiniBert bert)
    {
        var heads = HeadTargets.Of(bert, bert.Sample(TracedSequences));
        var text = bert.Tokenizer.Encode(FirstVerse, SecondVerse, new());
        var layers = bert.Model.Bert.Trace(BertInput.From([text])).Attentions.Select(layer => layer[0]).ToArray();
        var sumError = layers.Max(weights => (weights.Sum(-1) - 1).Abs().Max().Item());
        (HeadTargets Head, double Share) Most(int kind) => heads.Select(head => (head, head.Shares[kind])).MaxBy(one => one.Item2);
        var (before, behind) = (Most(HeadTargets.Before), Most(HeadTargets.Behind));
        var (far, sep) = (Most(HeadTargets.Other), Most(HeadTargets.Sep));
        foreach (var (name, value) in new[]
        {
            ("attentionSumError", sumError), ("shareBefore", before.Share), ("shareBehind", behind.Share), ("shareOther", far.Share),
            ("shareSep", sep.Share),
        }) stage.Result(name, value);
        stage.Check("The attention weights of each token sum to 1; both verses are held out.",
            sumError < 1e-5 && bert.IsHeldOut(FirstVerse) && bert.IsHeldOut(SecondVerse));
        stage.Check(Invariant($"One head puts at least {MuchOfAHead:0%} of its weight on the token before, another one on the token ") +
            "behind.",
            before.Head != behind.Head && before.Share >= MuchOfAHead && behind.Share >= MuchOfAHead);
        stage.Say(Invariant($"{before.Head.Name} puts {before.Share:0%} of its weight on the token before, {behind.Head.Name} ") +
            Invariant($"{behind.Share:0%} on the one behind."));
        Look(stage.Page, text.Tokens, layers, before, sep);
        stage.Page.Table(["head", .. HeadTargets.Kinds],
            heads.Select(head => (string[])[head.Name, .. head.Shares.Select(share => Invariant($"{share:0%}"))]));
        stage.Page.Paragraph(Invariant($"The mean over {TracedSequences} held-out pairs, of all tokens but [CLS] and [SEP]. “its ") +
            Invariant($"segment” and “the other” are what is left of the two. The most that a head puts on [SEP] is {sep.Share:0%}, in ") +
            Invariant($"{sep.Head.Name}."));
    }

    static void Look(ChapterPage page, string[] tokens, Tensor[] layers, (HeadTargets Head, double Share) before,
        (HeadTargets Head, double Share) sep)
    {
        (string Title, Tensor Weights) Large(HeadTargets head, string what) => ($"{head.Name}: {what}", layers[head.Layer][head.Head]);
        page.Section("What the heads attend to");
        page.Paragraph("There is no mask over the future here: a gap is filled from both sides. These are the attention weights on two " +
            "verses that stand one behind the other in a held-out chapter.");
        page.Drawing(AttentionDrawing.Overview(layers), "The weights of all heads on the two verses. Rows are the tokens from top to " +
            "bottom, which attend; columns are what they attend to; the darker, the more.");
        page.Drawing(BertDrawing.Heads(tokens, [Large(before.Head, "the token before"), Large(sep.Head, "[SEP]")]),
            Invariant($"Two heads, large; a head's largest weight is the darkest. On held-out text the left one puts {before.Share:0%} ") +
            Invariant($"of its weight on the token before, the right one {sep.Share:0%} on [SEP], ") +
            "as heads do that find nothing (Clark et al. 2019).");
    }
}
