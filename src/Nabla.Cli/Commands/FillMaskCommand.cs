using System.CommandLine;
using System.Text.Json.Serialization;
using Nabla.Cli.Sentences;
using Nabla.Models;
using static Nabla.Cli.OptionRules;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla fill-mask</c>: which words fit where a text has [MASK].</summary>
sealed class FillMaskCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly Argument<string> text = new("TEXT") { Description = "A text with one or more [MASK]." };
    readonly Option<string?> model = PretrainedModel.Option("A BERT with its masked-language head: a folder, or a name on the " +
        $"Hugging Face Hub; none: {BuiltInModel.Name}, which travels with nabla and knows the English of 1611–2021.");
    readonly Option<int> top = new("--top", "-k") { Description = "How many tokens for each mask.", HelpName = "N",
        DefaultValueFactory = _ => 5 };
    readonly Option<bool> json = new("--json") { Description = "Print the tokens as JSON." };

    public FillMaskCommand(Terminal terminal) : base(terminal, "fill-mask", "Predict the tokens where a text has [MASK].")
    {
        this.terminal = terminal;
        Demand(top, value => value > 0, "a whole number above 0");
        Add(text);
        foreach (var option in new Option[] { model, top, json }) Add(option);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla fill-mask \"And the king [MASK] unto his servants.\"", "five tokens with their probabilities"),
        ("nabla fill-mask \"Paris is the [MASK] of France.\" --model google-bert/bert-base-uncased --top 3 --json", "three, as JSON"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var folder = PretrainedModel.Folder(parse.GetValue(model) ?? BuiltInModel.Name, cancellation);
        var masks = Fill(MaskFiller.Load(folder), parse.GetValue(text)!, parse.GetValue(top));
        if (parse.GetValue(json))
        {
            terminal.Json([.. masks.Select(mask => mask.ToArray())], FillMaskJson.Default.MaskFillArrayArray);
            return ExitCodes.Success;
        }
        foreach (var (i, mask) in masks.Index())
        {
            if (masks.Count > 1) terminal.PlainLine($"mask {i + 1}");
            foreach (var fill in mask) terminal.PlainLine(Invariant($"{fill.Probability,7:0.0%}  {fill.Token,-12}  {fill.Text}"));
        }
        return ExitCodes.Success;
    }

    static IReadOnlyList<IReadOnlyList<MaskFill>> Fill(MaskFiller filler, string text, int top)
    {
        try
        {
            return filler.Fill(text, top);
        }
        catch (ArgumentException problem)
        {
            throw new UserException(problem.Message);
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MaskFill[][]))]
sealed partial class FillMaskJson : JsonSerializerContext;
