using Nabla.Checkpoints;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Cli.Tasks.Characters;

/// <summary>How a text is continued.</summary>
sealed record WritingOptions
{
    public int Length { get; init; } = 500;

    /// <summary>0: the likeliest character.</summary>
    public double Temperature { get; init; } = 1;

    public int? TopK { get; init; }

    public double? TopP { get; init; }

    public ulong Seed { get; init; } = 1;
}

/// <summary>Texts that a model of characters writes.</summary>
sealed class WrittenCharacters(CharacterModel model, CharacterTokenizer tokenizer)
{
    /// <summary>The model of a run.</summary>
    public static WrittenCharacters Open(TrainedRun trained)
    {
        if (trained.Settings is not CharacterSettings settings) throw new UserException(
            $"{trained.Run.Folder} is of `nabla train {trained.Task.Name}`; only models of `nabla train characters` generate text.");
        var tokenizer = CharacterTraining.TokenizerOf(trained.Run);
        var model = CharacterModels.Make(settings, tokenizer.Count);
        Checkpoint.Load(model, trained.Checkpoint);
        return new(model, tokenizer);
    }

    /// <summary>What follows a prompt; null: what follows the end of a line.</summary>
    public string After(string? prompt, WritingOptions options)
    {
        var ids = Ids(prompt);
        var writer = new CharacterWriter(model, ids);
        SequenceSearch search = options.Temperature == 0 ? new GreedySearch(ids[^1], writer.End, options.Length)
            : new Sampling(ids[^1], writer.End, options.Length, options.Seed) { Temperature = options.Temperature, TopK = options.TopK,
                TopP = options.TopP ?? 1 };
        return tokenizer.Decode(search.Run(writer)[0].Tokens);
    }

    int[] Ids(string? prompt)
    {
        // The first symbol is the commonest.
        if (string.IsNullOrEmpty(prompt)) return [tokenizer.Vocabulary.TryGetId("\n", out var line) ? line : 0];
        var strange = prompt.EnumerateRunes().Select(rune => rune.ToString()).Where(symbol => !tokenizer.Vocabulary.TryGetId(symbol, out _))
            .Distinct().ToArray();
        return strange.Length == 0 ? tokenizer.Ids(prompt)
            : throw new UserException($"--prompt: the model has never seen {string.Join(" ", strange)}. It knows " +
                $"{CharacterChoices.Shown(tokenizer)}.");
    }
}
