using Nabla.Cli.Datasets;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Reports;
using Nabla.Text;

namespace Nabla.Cli.Tour;

/// <summary>
/// Of chapter 8: an LSTM that has learned from the first nine tenths of cars.json reads the rest, and one of its cells is on while the quotation of a key is open. It was trained by the command in
/// data/README.md and travels inside the program as <c>data/cars-lstm.safetensors</c>.
/// </summary>
/// <param name="Text">What it has not seen, from the beginning of an entry.</param>
/// <param name="IsOpen">Whether the quotation of a key is open, at each character.</param>
/// <param name="Trace">Of its gates.</param>
/// <param name="Cell">The one that tells.</param>
sealed record OpenKeys(string Text, bool[] IsOpen, LstmTrace Trace, TellingCell Cell)
{
    const int Units = 96, Width = 16, Shown = 64;
    const double Seen = 0.9;

    public static OpenKeys Read()
    {
        using var reader = new StreamReader(Embedded.Open("cars.json"));
        var all = reader.ReadToEnd();
        var tokenizer = CharacterTokenizer.Train([all]);
        var model = new CharacterModel(tokenizer.Count, new Lstm(Width, Units));
        Embedded.Load(model, "cars-lstm.safetensors");
        var text = all[all.IndexOf("   {", (int)(all.Length * Seen), StringComparison.Ordinal)..];
        var ids = Tensor.From([.. tokenizer.Ids(text).Select(id => (long)id)], [1, text.Length]);
        var (isOpen, trace) = (Open(text), ((Lstm)model.Layers).Trace(model.Embedding.Forward(ids))[0]);
        return new(text, isOpen, trace, TellingCell.Of(isOpen, trace.Cell));
    }

    /// <summary>From the quotation mark that opens a key to its last letter.</summary>
    static bool[] Open(string text)
    {
        var (isOpen, quoted, value) = (new bool[text.Length], false, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') quoted = !quoted;
            value = (value && text[i] != '\n') || (!quoted && text[i] == ':');
            isOpen[i] = quoted && !value;
        }
        return isOpen;
    }

    public void Show(ChapterPage page, TellingCell quotes)
    {
        page.Section("A cell with a meaning");
        page.Paragraph(Invariant($"Large LSTMs that have read a novel were found to have a cell that is on while a quotation is open (Karpathy, Johnson, Fei-Fei 2016). In the one above the best cell, unit {quotes.Unit}, is right in {quotes.Accuracy:0%} of the cases where guessing is in 50%: in this novel an open quotation seldom helps to foretell the next character, and the cells have better things to remember."));
        page.Paragraph(Invariant($"In JSON it helps all the time. Another LSTM of {Units} units has learned from cars.json, the data of chapter 1, character by character, and reads the last tenth of the file, which it has not seen. Nobody told it what a key is:"));
        var start = Text.IndexOf("\"Displacement", StringComparison.Ordinal) - 6;
        Tensor[] rows = [Tensor.From([.. IsOpen[start..(start + Shown)].Select(open => open ? 1f : 0)]), .. new[] { Trace.Forget, Trace.Input, Trace.Output, Trace.Cell.Tanh() }.Select(values => values[0, start..(start + Shown), Cell.Unit])];
        var forget = Trace.Forget[0, .., Cell.Unit].ToArray<float>();
        double Forgets(bool atColons) => Enumerable.Range(0, Text.Length).Where(t => (Text[t] == ':') == atColons).Average(t => forget[t]);
        page.Drawing(StateDrawing.OverTime(Text[start..(start + Shown)].Replace('\n', '⏎'), Tensor.Stack(1, rows), ["key open", "forget", "input", "output", "tanh c"]),
            Invariant($"Unit {Cell.Unit}. Its cell is {(Cell.IsAbove ? "high" : "low")} while the quotation of a key is open and tells so in {Cell.Accuracy:0%} of the cases, half of them inside and half outside; the unit and the threshold were chosen in the first half of the text and judged in the second. At a colon it keeps {Forgets(true):0%} of its cell on the mean, elsewhere {Forgets(false):0%}: what was the key is forgotten where the value begins."));
    }
}
