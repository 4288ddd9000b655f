using System.CommandLine;
using System.Text.Json.Serialization;
using Nabla.Cli.Tasks;
using Nabla.Cli.Tasks.Characters;
using static Nabla.Cli.OptionRules;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla generate</c>: a run's model generates text.</summary>
sealed class GenerateCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly Argument<string> folder = new("RUN") { Description = "The folder of a run of `nabla train characters`." };
    readonly Option<string?> prompt = new("--prompt", "-p") { Description = "The text to continue; none: a new line.", HelpName = "TEXT" };
    readonly Option<int> length = new("--length")
    {
        Description = "How many characters to generate.", HelpName = "N", DefaultValueFactory = _ => 500,
    };
    readonly Option<double> temperature = new("--temperature")
    {
        Description = "The softmax temperature: below 1 favours likely characters, above 1 rare ones; 0 is greedy.", HelpName = "T",
        DefaultValueFactory = _ => 0.8,
    };
    readonly Option<int?> topK = new("--top-k") { Description = "Sample among the K likeliest characters.", HelpName = "K" };
    readonly Option<double?> topP = new("--top-p")
    {
        Description = "Sample among the fewest characters whose probabilities sum to P.", HelpName = "P",
    };
    readonly Option<ulong> seed = new("--seed")
    {
        Description = "Seed of the sampling: the same seed, the same text.", HelpName = "N", DefaultValueFactory = _ => 1,
    };
    readonly Option<string> checkpoint = RunArguments.NewCheckpoint();
    readonly Option<bool> json = new("--json") { Description = "Print only the prompt and what follows, as JSON." };

    public GenerateCommand(Terminal terminal) : base(terminal, "generate", "Generate text with a model of characters.")
    {
        this.terminal = terminal;
        Demand(length, value => value > 0, "a whole number above 0");
        Demand(temperature, value => value >= 0 && double.IsFinite(value), "a number of 0 or more");
        Demand(topK, value => value is null or > 0, "a whole number above 0");
        Demand(topP, value => value is null or (> 0 and <= 1), "a number above 0 and at most 1");
        foreach (var option in new Option[] { prompt, length, temperature, topK, topP, seed, checkpoint, json }) Add(option);
        Add(folder);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla generate runs/whale", "500 characters"),
        ("nabla generate runs/whale --prompt \"The whale\" --temperature 0.5", "less daring"),
        ("nabla generate runs/whale --top-p 0.9 --seed 7", "without the unlikely tenth"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var writer = WrittenCharacters.Open(TrainedRun.Open(parse.GetValue(folder)!, parse.GetValue(checkpoint)!));
        var text = writer.After(parse.GetValue(prompt), new WritingOptions
        {
            Length = parse.GetValue(length), Temperature = parse.GetValue(temperature), TopK = parse.GetValue(topK),
            TopP = parse.GetValue(topP), Seed = parse.GetValue(seed),
        });
        if (parse.GetValue(json)) terminal.Json(new Generated(parse.GetValue(prompt) ?? "", text), GeneratedJson.Default.Generated);
        else terminal.PlainLine(parse.GetValue(prompt) + text);
        return ExitCodes.Success;
    }
}

/// <summary>A prompt and the generated text.</summary>
sealed record Generated(string Prompt, string Text);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Generated))]
sealed partial class GeneratedJson : JsonSerializerContext;
