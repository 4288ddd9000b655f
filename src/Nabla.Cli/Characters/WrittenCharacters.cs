using Nabla.Checkpoints;
using Nabla.Models;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Characters;

/// <summary>How a text is gone on with.</summary>
sealed record WritingOptions
{
    public int Length { get; init; } = 500;

    /// <summary>0: always the likeliest character.</summary>
    public double Temperature { get; init; } = 1;

    public int? TopK { get; init; }

    public double? TopP { get; init; }

    public ulong Seed { get; init; } = 1;
}

/// <summary>Texts that a model of characters writes.</summary>
sealed class WrittenCharacters(CharacterModel model, CharacterTokenizer tokenizer)
{
    /// <summary>The model of a run.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="checkpoint">best, last or average.</param>
    public static WrittenCharacters Open(string folder, string checkpoint)
    {
        if (!RunFolder.Exists(folder)) throw new UserException($"There is no run in {folder}. Name the folder of a run of `nabla train characters`.");
        var run = RunFolder.Open(folder);
        var (configuration, tokenizer) = (CharacterConfiguration.Read(run), CharacterPlan.Characters(run));
        var path = checkpoint switch { "last" => run.Last, "average" => run.Average, _ => run.Best };
        if (checkpoint == "average" && configuration.Average is null) throw new UserException($"{folder} was trained without a moving average (--average).");
        if (!File.Exists(path)) throw new UserException($"{folder} has no {Path.GetFileName(path)} yet: it appears with the first evaluation. Let the training go on (nabla train characters --output {folder} --resume).");
        var model = CharacterModels.Make(configuration, tokenizer.Count);
        Checkpoint.Load(model, path);
        return new(model, tokenizer);
    }

    /// <summary>What follows a prompt; null: what follows the end of a line.</summary>
    public string After(string? prompt, WritingOptions options)
    {
        var ids = Ids(prompt);
        var writer = new CharacterWriter(model, ids);
        SequenceSearch search = options.Temperature == 0 ? new GreedySearch(ids[^1], writer.End, options.Length)
            : new Sampling(ids[^1], writer.End, options.Length, options.Seed) { Temperature = options.Temperature, TopK = options.TopK, TopP = options.TopP ?? 1 };
        return tokenizer.Decode(search.Run(writer)[0].Tokens);
    }

    int[] Ids(string? prompt)
    {
        // The first symbol is the commonest.
        if (string.IsNullOrEmpty(prompt)) return [tokenizer.Vocabulary.TryGetId("\n", out var line) ? line : 0];
        var strange = prompt.EnumerateRunes().Select(rune => rune.ToString()).Where(symbol => !tokenizer.Vocabulary.TryGetId(symbol, out _)).Distinct().ToArray();
        return strange.Length == 0 ? tokenizer.Ids(prompt)
            : throw new UserException($"--prompt: the model has never seen {string.Join(" ", strange)}. It knows {CharacterPlan.Shown(tokenizer)}.");
    }
}
