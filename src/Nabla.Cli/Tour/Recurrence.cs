using System.Text;
using Nabla.Cli.Datasets;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Reports;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tour;

/// <summary>Chapter 7: a network with a memory reads a novel character by character, and how far back its gradients reach.</summary>
sealed class Recurrence : Chapter
{
    const int Characters = 200_000, HeldOut = 20_000, Units = 64, Width = 24, Streams = 16, Stretch = 32, Steps = 500, Distances = 24, Places = 64;
    const ulong Seed = 7;
    const string Sentence = "Call me Ishmael. Some years ago—never mind how long precisely";

    public override int Number => 7;

    public override string Title => "Recurrence";

    public override string Summary => "a network with a memory reads Moby-Dick, character by character";

    public override void Run(Stage stage)
    {
        var text = Texts.MobyDick()[..(Characters + HeldOut)];
        var tokenizer = CharacterTokenizer.Train([text]);
        var ids = tokenizer.Ids(text);
        var model = new CharacterModel(tokenizer.Count, new Rnn(Width, Units)).Initialize(Seed);
        stage.Say(Invariant($"{Characters:n0} characters of Moby-Dick to learn from, {HeldOut:n0} held out; {tokenizer.Count} different ones. A tanh RNN of {Units} units, {model.ParameterCount():n0} parameters."));
        var losses = Train(stage, model, new TextStreams(ids.AsSpan(0, Characters), Streams, Stretch));
        var bits = new CharacterEvaluator(model).Evaluate(new TextStreams(ids.AsSpan(Characters), 4, 256))["bits_per_character"];
        var alone = Entropy(ids.AsSpan(Characters), tokenizer.Count);
        var reach = Reach(model, ids.AsSpan(Characters), Distances);
        var step = OneStep(model, tokenizer);
        stage.Say(Invariant($"On text it has not seen, {bits:0.00} bits per character; who knew only how often each character comes would need {alone:0.00}."));
        stage.Say(Invariant($"The gradient of a character's loss by what was read {Distances} characters before is {reach[0] / reach[^1]:n0} times smaller than by the last."));
        stage.Result("bitsPerCharacter", bits);
        stage.Result("entropy", alone);
        stage.Result("gradientAtDistance1", reach[0]);
        stage.Result("gradientAtDistance24", reach[^1]);
        stage.Check("The network foretells text it has not seen with at least a bit less per character than the characters' frequencies do.", bits < alone - 1);
        stage.Check("A step calculated by hand from the weights is the layer's.", step.Apart < 1e-5);
        stage.Check(Invariant($"The gradient vanishes with the distance: {Distances} characters back it is less than a tenth of the last one's."), reach[^1] < reach[0] / 10);
        Explain(stage.Page, step);
        Learn(stage.Page, losses, bits, alone, tokenizer.Count);
        Watch(stage.Page, model, tokenizer);
        Vanish(stage.Page, reach);
    }

    static double[] Train(Stage stage, CharacterModel model, TextStreams data)
    {
        var (carried, optimizer, losses) = (new TruncatedBackpropagation(model, Streams), new Adam(model, 5e-3), new double[Steps]);
        stage.Repeat("reading Moby-Dick", Steps, step =>
        {
            var (loss, gradients) = Gradients.Of(() => carried.Loss(data[step % data.Count]));
            optimizer.Step(gradients.ClipNorm(1));
            losses[step] = loss.Item() / Math.Log(2);
            return (step + 1) % 100 == 0 ? Invariant($"step {step + 1}: {losses[step]:0.00} bits per character") : null;
        });
        return losses;
    }

    /// <summary>−Σ p log₂ p of the characters' frequencies.</summary>
    static double Entropy(ReadOnlySpan<int> ids, int symbols)
    {
        var counts = new double[symbols];
        foreach (var id in ids) counts[id]++;
        var total = (double)ids.Length;
        return -counts.Where(count => count > 0).Sum(count => count / total * Math.Log2(count / total));
    }

    /// <summary>‖∂ loss of the last character / ∂ what was read k characters before‖ for k = 1 … distances, the mean over places of a text.</summary>
    internal static double[] Reach(CharacterModel model, ReadOnlySpan<int> ids, int distances)
    {
        var length = distances + 8;
        var (read, next) = (new long[Places * length], new long[Places]);
        for (var place = 0; place < Places; place++)
        {
            var start = place * ((ids.Length - length - 1) / Places);
            for (var t = 0; t < length; t++) read[(place * length) + t] = ids[start + t];
            next[place] = ids[start + length];
        }
        var x = model.Embedding.Forward(Tensor.From(read, [Places, length]));
        var (_, gradients) = Gradients.Of(() => model.Output.Forward(model.Layers.Forward(x).Output[.., ^1]).CrossEntropy(Tensor.From(next), new() { Reduction = Reduction.Sum }), [x]);
        var norms = gradients[x].Square().Sum(2).Sqrt().Mean(0).ToArray<float>();   // [time]
        return [.. Enumerable.Range(1, distances).Select(k => (double)norms[length - k])];
    }

    /// <summary>The numbers of one step of one unit, and how far the same step of all units, calculated from the weights, is from the layer's.</summary>
    sealed record Step(char Character, double Input, double Recurrent, double Bias, double Hidden, double Apart);

    static Step OneStep(CharacterModel model, CharacterTokenizer tokenizer)
    {
        const int at = 10;
        var weights = model.Layers.Parameters().ToDictionary(member => member.Path, member => member.Parameter.Value);
        var hidden = model.Layers.Forward(Embedded(model, tokenizer, Sentence[..(at + 1)])).Output[0];   // [time, units]
        var x = Embedded(model, tokenizer, Sentence[at..(at + 1)])[0];
        var (input, recurrent) = (x.MatMul(weights["weight_ih_l0"].Transpose(0, 1)), hidden[(at - 1)..at].MatMul(weights["weight_hh_l0"].Transpose(0, 1)));
        var bias = weights["bias_ih_l0"] + weights["bias_hh_l0"];
        var after = (input + recurrent + bias).Tanh();
        return new(Sentence[at], input[0, 0].Item(), recurrent[0, 0].Item(), bias[0].Item(), hidden[at, 0].Item(), (after[0] - hidden[at]).Abs().Max().Item());
    }

    static Tensor Embedded(CharacterModel model, CharacterTokenizer tokenizer, string text) =>
        model.Embedding.Forward(Tensor.From([.. tokenizer.Ids(text).Select(id => (long)id)], [1, text.Length]));

    static void Explain(ChapterPage page, Step step)
    {
        page.Idea("To foretell the next character one has to remember the ones before. A recurrent network reads one at a time, and what it has become by reading is what it reads the next one with.");
        page.Paragraph("Its memory is the hidden state $h_t$, a list of numbers between −1 and 1. At each step it is made anew from what is read, $x_t$, and from what it was:");
        page.Formula("h_t = \\tanh(W x_t + U h_{t-1} + b)");
        page.Paragraph(Invariant($"The weights $W$, $U$ and $b$ are the same at every step, as a convolution's are at every place. In the trained network below, when it has read “{Sentence[..10]}” and comes to “{step.Character}”, its first unit adds") + " what the character says, what the memory says and its bias:");
        page.Formula(Invariant($"\\tanh({step.Input:0.000} + {Signed(step.Recurrent)} + {Signed(step.Bias)}) = {step.Hidden:0.000}"));
        page.Paragraph("A linear layer makes a logit for each character of the state, and softmax and cross-entropy do the rest, as in chapter 5: the classes are the characters that may come next.");
    }

    static string Signed(double value) => value < 0 ? Invariant($"({value:0.000})") : Invariant($"{value:0.000}");

    static void Learn(ChapterPage page, double[] losses, double bits, double alone, int symbols)
    {
        page.Section("Reading a novel");
        page.Paragraph(Invariant($"{Steps} steps, each of {Streams} places × {Stretch} characters of Moby-Dick. The state goes on from one step to the next; the gradients are cut after {Stretch} characters, or a step would cost the whole book (truncated back-propagation through time)."));
        double[] steps = [.. Enumerable.Range(0, Steps / 10).Select(i => (i * 10) + 5.0)], means = [.. losses.Chunk(10).Select(chunk => chunk.Average())];
        var plot = new Plot("step", "bits per character").Line(steps, means, Ink.Blue).Mark(Ink.Orange, y: alone, text: "frequencies alone");
        page.Plot(plot, "Bits per character over the steps", Invariant($"The loss in bits, the mean over ten steps. Guessing blindly among {symbols} characters takes {Math.Log2(symbols):0.0} bits, their frequencies alone {alone:0.00}; on text that it has not seen the network comes to {bits:0.00}."));
    }

    static void Watch(ChapterPage page, CharacterModel model, CharacterTokenizer tokenizer)
    {
        page.Section("The state over a sentence");
        page.Paragraph("Every column is the state after a character, every row one unit. Some units change with nearly every letter, some hold for a while. Nobody told them what to remember.");
        var hidden = model.Layers.Forward(Embedded(model, tokenizer, Sentence)).Output[0];   // [time, units]
        page.Drawing(StateDrawing.OverTime(Sentence, hidden[.., ..24]), "The first 24 of the 64 units over the novel's first words. Blue is above 0, red below, full colour is ±1.");
    }

    static void Vanish(ChapterPage page, double[] reach)
    {
        page.Section("How far back it learns");
        page.Paragraph("The loss at a character depends on all that was read before. But on its way back the gradient passes through $U$ and the slope of $\\tanh$ once for each step, and the slope is less than 1 wherever a unit has made up its mind:");
        page.Formula("\\frac{∂ h_t}{∂ h_{t-k}} = D_t U · D_{t-1} U · … · D_{t-k+1} U \\quad D_i = \\text{diag}(1 - h_i^2)");
        double[] distances = [.. Enumerable.Range(1, reach.Length).Select(k => (double)k)];
        var each = Math.Pow(reach[^1] / reach[0], 1.0 / (reach.Length - 1));
        page.Plot(new Plot("characters back", "norm of the gradient", logarithmicY: true).Line(distances, reach, Ink.Blue, dots: 3), "The norm of the gradient falls with the distance",
            Invariant($"How much the loss at a character changes with what was read before it: the norm of the gradient by the embedding so many characters back, the mean over {Places} places of text that it has not seen. It falls by about {1 - each:0%} a character."));
        page.Notice(
            Invariant($"From one character back to {reach.Length} the gradient shrinks {reach[0] / reach[^1]:n0} times. What happened before hardly teaches the network anything: the vanishing gradient (Hochreiter 1991; Bengio, Simard, Frasconi 1994)."),
            "A network that is to remember longer needs a path on which the gradient is not multiplied away at every step: that is what the cell of an LSTM is.",
            "The state remembers further than it learns: it is carried on from step to step, only the gradients are cut.");
    }
}

/// <summary>Draws states over a text.</summary>
static class StateDrawing
{
    /// <summary>states: [time, rows] of −1 … 1, a column for each character; names: of the rows, if they have any.</summary>
    public static string OverTime(string text, Tensor states, IReadOnlyList<string>? names = null)
    {
        const int cell = 11, top = 20;
        var left = names is null ? 0 : 46;
        var (time, units, values) = (states.Shape[0], states.Shape[1], states.ToArray<float>());
        var svg = new StringBuilder(Invariant($"""<svg viewBox="0 0 {left + (time * cell)} {top + (units * cell)}" style="max-width:{(left + (time * cell)) * 2}px" role="img"><title>Hidden units over the characters of a sentence</title>"""));
        for (var row = 0; row < names?.Count; row++)
            svg.Append(Invariant($"""<text x="{left - 5}" y="{top + (row * cell) + 8}" text-anchor="end" style="font-size:9px;fill:var(--muted)">{names[row]}</text>"""));
        for (var t = 0; t < time; t++)
        {
            var shown = text[t] == ' ' ? "·" : System.Net.WebUtility.HtmlEncode(text[t].ToString());
            svg.Append(Invariant($"""<text x="{left + (t * cell) + (cell / 2.0)}" y="13" text-anchor="middle" style="font-size:10px;fill:var(--{(text[t] == ' ' ? "muted" : "ink")})">{shown}</text>"""));
            for (var unit = 0; unit < units; unit++)
            {
                var value = values[(t * units) + unit];
                svg.Append(Invariant($"""<rect x="{left + (t * cell)}" y="{top + (unit * cell)}" width="{cell - 1}" height="{cell - 1}" style="fill:var(--{(value < 0 ? "red" : "blue")});fill-opacity:{Math.Abs(value):0.##}"/>"""));
            }
        }
        return svg.Append("</svg>").ToString();
    }
}
