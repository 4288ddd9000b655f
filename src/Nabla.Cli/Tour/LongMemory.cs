using Nabla.Cli.Datasets;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Reports;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tour;

/// <summary>
/// Chapter 8: the gates of an LSTM and the cell that they guard, over text it has not seen. The model was trained by the command in data/README.md and travels inside the program as
/// <c>data/moby-dick-lstm.safetensors</c>.
/// </summary>
sealed class LongMemory : Chapter
{
    const int Units = 96, Width = 24, Distances = 24, Judged = 16_000;

    /// <summary>The share of the novel that the model was trained by (the first 90%) and chosen by.</summary>
    const double Seen = 0.95;

    public override int Number => 8;

    public override string Title => "Long memory";

    public override string Summary => "the gates of an LSTM, and how far back its gradients reach";

    public override void Run(Stage stage)
    {
        var text = Texts.MobyDick();
        var tokenizer = CharacterTokenizer.Train([text]);
        var model = new CharacterModel(tokenizer.Count, new Lstm(Width, Units));
        Embedded.Load(model, "moby-dick-lstm.safetensors");
        var rest = text[(int)(text.Length * Seen)..];
        var ids = tokenizer.Ids(rest);
        stage.Say(Invariant($"An LSTM of {Units} units, {model.ParameterCount():n0} parameters, that has learned from Moby-Dick and travels with the program. The last 5% of the book are new to it."));
        var bits = new CharacterEvaluator(model).Evaluate(new TextStreams(ids.AsSpan(0, Judged), 4, 256))["bits_per_character"];
        var reach = Recurrence.Reach(model, ids, Distances);
        var trace = ((Lstm)model.Layers).Trace(Vectors(model, ids.AsSpan(0, Judged)))[0];
        var (step, quotes, keys) = (OneStep(trace), TellingCell.Of(Quotations(rest[..Judged]), trace.Cell), OpenKeys.Read());
        stage.Say(Invariant($"{bits:0.00} bits per character on text that it has not seen. Over {Distances} characters the gradient falls to 1/{reach[0] / reach[^1]:n0}."));
        stage.Say(Invariant($"The cell that tells best whether a quotation is open is right in {quotes.Accuracy:0%} of the cases, half of them inside and half outside."));
        stage.Say(Invariant($"Of another that has learned from JSON, a cell tells in {keys.Cell.Accuracy:0%} whether the quotation of a key is open."));
        stage.Result("bitsPerCharacter", bits);
        stage.Result("gradientFall", reach[0] / reach[^1]);
        stage.Result("quotationAccuracy", quotes.Accuracy);
        stage.Result("keyAccuracy", keys.Cell.Accuracy);
        stage.Check("The LSTM needs at most 2.5 bits per character of text that it has not seen.", bits <= 2.5);
        stage.Check("Every step of the trace follows the equations of the cell.", step.Apart < 1e-5);
        stage.Check(Invariant($"Over {Distances} characters its gradient falls to no less than a ten-thousandth."), reach[0] / reach[^1] < 10_000);
        stage.Check("One cell of the LSTM that has learned from JSON tells in 90% of the cases whether the quotation of a key is open.", keys.Cell.Accuracy >= 0.9);
        Explain(stage.Page, step, rest);
        Watch(stage.Page, trace, rest);
        keys.Show(stage.Page, quotes);
        Reaches(stage.Page, reach, bits);
    }

    static Tensor Vectors(CharacterModel model, ReadOnlySpan<int> ids)
    {
        long[] all = Array.ConvertAll(ids.ToArray(), id => (long)id);
        return model.Embedding.Forward(Tensor.From(all, [1, all.Length]));
    }

    /// <summary>The gates of the first unit at one step, and how far all steps of all units are from c′ = f·c + i·g, h′ = o·tanh c′.</summary>
    sealed record Step(int At, double Forget, double Before, double Input, double Candidate, double Cell, double Output, double Hidden, double Apart);

    static Step OneStep(LstmTrace trace)
    {
        const int at = 20;
        double Of(Tensor values, int time) => values[0, time, 0].Item();
        var cell = (trace.Forget[.., 1..] * trace.Cell[.., ..^1]) + (trace.Input[.., 1..] * trace.Candidate[.., 1..]);
        var apart = Math.Max((cell - trace.Cell[.., 1..]).Abs().Max().Item(), ((trace.Output * trace.Cell.Tanh()) - trace.Hidden).Abs().Max().Item());
        return new(at, Of(trace.Forget, at), Of(trace.Cell, at - 1), Of(trace.Input, at), Of(trace.Candidate, at), Of(trace.Cell, at), Of(trace.Output, at), Of(trace.Hidden, at), apart);
    }

    /// <summary>Where a quotation of a novel is open.</summary>
    static bool[] Quotations(string text)
    {
        var (inside, open) = (new bool[text.Length], false);
        for (var i = 0; i < text.Length; i++)
        {
            // A quotation that the paragraph leaves open is closed by its end.
            open = text[i] == '"' ? !open : open && !(text[i] == '\n' && i + 1 < text.Length && text[i + 1] == '\n');
            inside[i] = open;
        }
        return inside;
    }

    static void Explain(ChapterPage page, Step step, string text)
    {
        page.Idea("The memory of chapter 7 is made anew at every step. An LSTM has a cell that stays as it is, unless a gate opens.");
        page.Paragraph("Beside the hidden state $h$ each unit has a cell $c$. Three gates between 0 and 1, each made from what is read and from the hidden state, say how much of the cell stays ($f$, forget), how much of a candidate $g$ enters ($i$, input) and how much of the cell is shown ($o$, output):");
        page.Formula("f, i, o = σ(W x_t + U h_{t-1} + b) \\quad g = \\tanh(W x_t + U h_{t-1} + b)");
        page.Formula("c_t = f c_{t-1} + i g \\quad h_t = o · \\tanh(c_t)");
        page.Paragraph(Invariant($"Each of $f$, $i$, $o$ and $g$ has weights of its own. At the “{Shown(text[step.At])}” after “{text[(text.LastIndexOf(' ', step.At - 2) + 1)..step.At].Trim()}”, the first unit of the model below calculates"));
        page.Formula(Invariant($"c = {step.Forget:0.000} · ({step.Before:0.000}) + {step.Input:0.000} · ({step.Candidate:0.000}) = {step.Cell:0.000} \\quad h = {step.Output:0.000} · \\tanh({step.Cell:0.000}) = {step.Hidden:0.000}"));
        page.Paragraph("On the way back the gradient of the cell is multiplied by $f$ alone, not by a matrix and a slope: where $f$ is near 1, it passes almost whole. The GRU does with two gates and no cell of its own: $h_t = (1 - z) n + z h_{t-1}$, where $z$ keeps and $n$ is the candidate.");
    }

    static char Shown(char character) => character is '\n' or ' ' ? '␣' : character;

    static void Watch(ChapterPage page, LstmTrace trace, string text)
    {
        page.Section("The gates over a sentence");
        var stay = trace.Forget[0].Mean(0).ToArray<float>();
        var (slow, fast) = (Array.IndexOf(stay, stay.Max()), Array.IndexOf(stay, stay.Min()));
        const int start = 1000, length = 60;
        var sentence = text[start..(start + length)].Replace('\n', ' ');
        Tensor Rows(int unit) => Tensor.Stack(1, [.. new[] { trace.Forget, trace.Input, trace.Output, trace.Cell.Tanh() }.Select(values => values[0, start..(start + length), unit])]);   // [time, 4]
        page.Paragraph("Two units over the same text, which the model has not seen: the one whose forget gate is the most open on the mean, and the one whose is the least. The first changes its cell slowly, the second begins anew all the time.");
        string[] names = ["forget", "input", "output", "tanh c"];
        page.Drawing(StateDrawing.OverTime(sentence, Rows(slow), names), Invariant($"Unit {slow}, whose cell keeps {stay[slow]:0%} at a step on the mean. Gates from 0 (empty) to 1 (full); the cell blue above 0, red below."));
        page.Drawing(StateDrawing.OverTime(sentence, Rows(fast), names), Invariant($"Unit {fast}, whose cell keeps {stay[fast]:0%}."));
    }

    static void Reaches(ChapterPage page, double[] reach, double bits)
    {
        page.Section("How far back it learns");
        page.Paragraph("The measurement of chapter 7, on the LSTM: how much the loss at a character changes with what was read so many characters before.");
        double[] distances = [.. Enumerable.Range(1, reach.Length).Select(k => (double)k)];
        page.Plot(new Plot("characters back", "norm of the gradient", logarithmicY: true).Line(distances, reach, Ink.Blue, dots: 3), "The norm of the gradient falls slowly with the distance",
            Invariant($"From one character back to {reach.Length} it falls to 1/{reach[0] / reach[^1]:n0}. Compare the scale with that of chapter 7."));
        page.Notice(
            Invariant($"The model needs {bits:0.00} bits per character of the rest of the novel. It is larger than the network of chapter 7 and has read much longer, so not all of the difference is the gates'."),
            "The cell is a path on which the gradient is not multiplied away at every step. It is not infinite: what is forgotten on the way forward is lost on the way back too.");
    }
}
