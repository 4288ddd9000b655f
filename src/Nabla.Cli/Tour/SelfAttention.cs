using Nabla.Layers;
using Nabla.Reports;

namespace Nabla.Cli.Tour;

/// <summary>Chapter 9: every character asks, the others answer; multi-head attention in a language model of Moby-Dick.</summary>
sealed class SelfAttention : Chapter
{
    const string Short = "Call me", Sentence = "Call me Ishmael. Some years ago";
    const int Stretches = 16;

    static readonly string[] Kinds = ["itself", "the one before", "its word", "the gap before", "earlier"];

    static readonly double[] Widths = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

    public override int Number => 9;

    public override string Title => "Attention";

    public override string Summary => "every character asks, the others answer: what the heads of a small Transformer look at";

    public override void Run(Stage stage)
    {
        var reader = new Reader();
        stage.Say(Invariant($"A Transformer of {Reader.Layers} layers and {Reader.Heads} heads, {reader.Model.ParameterCount():n0} parameters, has learned Moby-Dick character by character. It travels with the program."));
        var (ids, next) = reader.HeldOut(Stretches);
        var bits = reader.Model.Forward(ids).CrossEntropy(next).Item() / Math.Log(2);
        var pairs = reader.PairBits(ids, next);
        stage.Say(Invariant($"Of text that it has not seen each character costs it {bits:0.00} bits; a table of pairs of characters needs {pairs:0.00}, knowing nothing {Math.Log2(reader.Symbols):0.00}."));
        stage.Result("bitsPerCharacter", bits);
        stage.Result("pairBits", pairs);

        var heads = Look(reader, ids);
        var (telling, x) = (heads.Where(head => head.Layer == 0).MaxBy(head => head.Shares[1])!, First(reader, Short));
        var (attention, steps) = (reader.Model.Layers[0].Attention, AttentionSteps.Of(reader.Model.Layers[0].Attention, x, telling.Head, Reader.Heads));
        var (stepsError, orderError) = (StepsError(attention, x), OrderError(attention, x));
        stage.Result("stepsError", stepsError);
        stage.Result("orderError", orderError);
        stage.Check("The model foretells unseen text better than a table of pairs does.", bits < pairs);
        stage.Check("The steps by the bare formula, all heads together, are what the layer computes.", stepsError < 1e-5);
        stage.Check("Without a mask, attention does not notice in which order it is given what it looks at.", orderError < 1e-5);
        Explain(stage.Page, reader);
        Step(stage.Page, telling, steps);
        Scale(stage.Page);
        Show(stage.Page, reader, heads);
        Judge(stage.Page, reader, bits, pairs);
    }

    /// <summary>A head, from 0 on, and how it shares its weights on held-out text.</summary>
    sealed record HeadShares(int Layer, int Head, double[] Shares)
    {
        public string Name => Invariant($"layer {Layer + 1}, head {Head + 1}");
    }

    static HeadShares[] Look(Reader reader, Tensor ids)
    {
        var (layers, characters) = (reader.Model.Weights(ids), ids.ToArray<long>());
        var texts = characters.Chunk(Reader.Length).Select(stretch => reader.Text(stretch)).ToArray();
        return [.. layers.SelectMany((weights, layer) => Enumerable.Range(0, Reader.Heads).Select(head => new HeadShares(layer, head, AttentionSteps.Shares(weights[.., head], texts))))];
    }

    static Tensor Of(Reader reader, string text) => Tensor.From(reader.Ids(text), [1, text.Length]);

    /// <summary>What enters the attention of the first layer: [time, width]</summary>
    static Tensor First(Reader reader, string text) => reader.Model.Layers[0].AttentionNorm.Forward(reader.Model.Embedded(Of(reader, text)))[0];

    /// <summary>How far the bare formula's heads, side by side and mixed, are from the layer's result.</summary>
    static double StepsError(MultiHeadAttention attention, Tensor x)
    {
        var all = Tensor.Concat(-1, [.. Enumerable.Range(0, Reader.Heads).Select(head => AttentionSteps.Of(attention, x, head, Reader.Heads).Result)]);
        return (attention.Output.Forward(all) - attention.Forward(x.Unsqueeze(0), causal: true)[0]).Abs().Max().Item();
    }

    static double OrderError(MultiHeadAttention attention, Tensor x)
    {
        var order = Enumerable.Range(0, x.Shape[0]).Reverse().Select(i => (long)i).ToArray();
        var (targets, turned) = (x.Unsqueeze(0), x.IndexSelect(0, Tensor.From(order)).Unsqueeze(0));
        return (attention.Forward(targets) - attention.Forward(targets, turned)).Abs().Max().Item();
    }

    static void Explain(ChapterPage page, Reader reader)
    {
        page.Idea("To know what comes next, a character should be able to look at any other before it, near or far, and to choose which. Attention is that choice, as a mean with weights that are computed anew for every text.");
        page.Paragraph("Each character, a vector $x$, makes three vectors of itself by three matrices that are learned: a query $q$, what it looks for; a key $k$, what it is found by; a value $v$, what it gives. The product of a query and a key, the score, says how well they fit. A softmax over the scores makes them weights that sum to 1, and the result is the mean of the values with these weights:");
        page.Formula("q_i = W_Q x_i \\quad k_j = W_K x_j \\quad v_j = W_V x_j \\quad w_{i,j} = \\frac{\\exp(q_i · k_j / \\sqrt{d})}{\\sum_l \\exp(q_i · k_l / \\sqrt{d})} \\quad y_i = \\sum_j w_{i,j} v_j");
        page.Paragraph(Invariant($"In this chapter the characters are those of Moby-Dick. A model of {Reader.Layers} layers, {Reader.Width} numbers wide, with {Reader.Heads} heads of {Reader.Width / Reader.Heads} numbers each ({reader.Model.ParameterCount():n0} parameters in all) has learned to foretell each from those before it. It was trained for two minutes by `samples/training/moby-dick-attention.cs`; nothing below is made up."));
        page.Code("""
            var (q, k, v) = (query.Forward(x), key.Forward(x), value.Forward(x));
            var scores = q.MatMul(k.Transpose()) / Math.Sqrt(d);       // [time, time]
            scores = scores.MaskedFill(future, double.NegativeInfinity);
            var weights = scores.Softmax();                            // rows sum to 1
            var y = weights.MatMul(v);                                 // [time, d]
            """);
    }

    static void Step(ChapterPage page, HeadShares head, AttentionSteps steps)
    {
        page.Section("One head, number by number");
        page.Paragraph(Invariant($"The novel begins “Call me Ishmael.” These are the numbers of {head.Name}, on its first seven characters. A score is the product of a row of Q and a row of K, over √8. What comes later is hidden, or foretelling would be copying: the scores above the diagonal are left out before the softmax."));
        page.Drawing(AttentionDrawing.Steps(Short, steps), "From queries and keys to scores, weights and results. Every row is one character, which looks; the columns of scores and weights are the characters that are looked at. Blue is above 0, red below. ␣ is a space.");
        var (last, scores, weights) = (Short.Length - 1, steps.Scores, steps.Weights);
        var largest = scores[last].Max().Item();
        page.Paragraph(Invariant($"The last row, in full: the “{Short[last]}” asks all seven. The largest score is subtracted first, which changes no weight. Its result is the mean of the rows of V with these weights."));
        page.Table(["looked at", "q · k", "score, / √8", "exp(score − largest)", "weight"], Enumerable.Range(0, Short.Length).Select(j =>
        {
            var score = scores[last, j].Item();
            return (string[])[Shown(Short[j]), Invariant($"{score * Math.Sqrt(8):0.000}"), Invariant($"{score:0.000}"), Invariant($"{Math.Exp(score - largest):0.000}"), Invariant($"{weights[last, j].Item():0.000}")];
        }));
    }

    static string Shown(char character) => character == ' ' ? "␣" : character.ToString();

    static void Scale(ChapterPage page)
    {
        page.Section("Why the division by √d");
        page.Paragraph("A product of two random vectors of $d$ numbers is a sum of $d$ terms: its variance grows with $d$, its size with $\\sqrt{d}$. Without the division the scores of wide heads lie far apart, one weight takes all, and where a softmax is that sure it has no slope left to learn from.");
        Plot Of(string y, Func<(double Largest, double Slope), double> pick)
        {
            double[] With(bool scaled) => [.. Widths.Select(width => pick(AttentionSteps.Softness((int)width, scaled)))];
            var plot = new Plot("width d of a head", y, logarithmicX: true).Line(Widths, With(scaled: false), Ink.Red, "without", dots: 3).Line(Widths, With(scaled: true), Ink.Blue, "divided by √d", dots: 3).Legend();
            (plot.Vertical.Minimum, plot.Vertical.Maximum) = (0, 1);
            return plot;
        }
        page.Plots(Of("largest weight", softness => softness.Largest), "The largest weight of a softmax over random scores", Of("Σ w (1 − w)", softness => softness.Slope), "The slope of a softmax over random scores",
            "400 random queries over 16 random keys. Left: the largest of the 16 weights. Right: what is left of the softmax's slope.");
    }

    static void Show(ChapterPage page, Reader reader, HeadShares[] heads)
    {
        page.Section("What the heads look at");
        page.Paragraph(Invariant($"One head finds one thing. So {Reader.Heads} of them work side by side, each with matrices of its own on an eighth of the width, and another matrix mixes their results: multi-head attention. Nobody told them what to look for."));
        var layers = reader.Model.Weights(Of(reader, Sentence)).Select(weights => weights[0]).ToArray();
        page.Drawing(AttentionDrawing.Overview(layers), $"The weights of all heads on “{Sentence}”. Rows are the characters from top to bottom, which look; columns are what they look at; the darker, the more.");
        var before = heads.MaxBy(head => head.Shares[1])!;
        var far = heads.Where(head => head != before).MaxBy(head => head.Shares[2] + head.Shares[3])!;
        (string, Tensor) Large(HeadShares head, string what) => (Invariant($"{head.Name}: {what}"), layers[head.Layer][head.Head]);
        page.Drawing(AttentionDrawing.Heads(Sentence, [Large(before, "the character before"), Large(far, "its word and where it began")]),
            Invariant($"Two heads, large. On held-out text the left one puts {before.Shares[1]:0%} of its weight on the character before; the right one {far.Shares[2]:0%} on the rest of the word so far and {far.Shares[3]:0%} on the gap before it."));
        page.Table(["head", .. Kinds], heads.Select(head => (string[])[head.Name, .. head.Shares.Select(share => Invariant($"{share:0%}"))]));
    }

    static void Judge(ChapterPage page, Reader reader, double bits, double pairs)
    {
        page.Section("The numbers");
        page.Table(["what foretells the next character", "bits for each"],
            [["nothing: all characters alike", Invariant($"{Math.Log2(reader.Symbols):0.00}")], ["a table of pairs of characters", Invariant($"{pairs:0.00}")], ["two layers of attention", Invariant($"{bits:0.00}")]]);
        page.Paragraph(Invariant($"Measured on {Stretches * Reader.Length:n0} characters of the last twentieth of the book, which it did not learn from. Asked to go on from “{Sentence}”, it writes:"));
        page.Code(Sentence + reader.GoOn(Sentence, 90, seed: 1));
        page.Notice(
            "A weight is not a parameter: the parameters are the matrices that make queries, keys and values. The weights are made of the text itself, anew for each text.",
            "Attention is blind to order. That a head can look at “the character before” it owes to the vectors for places, which are added to those for characters.",
            "All characters look at once, in a few matrix products, and the farthest is as near as the next: no step of one waits for another, as in a recurrent network. The price is a table of scores that grows with the square of the length.");
    }
}
