using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Hub;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Cli.Sentences;

/// <summary>A pretrained BERT before its training goes on.</summary>
/// <param name="Folder">Where its files are.</param>
/// <param name="Configuration">Its sizes.</param>
/// <param name="Tokenizer">Its tokenizer.</param>
/// <param name="Architecture">Hugging Face's class that it was saved as, such as BertForMaskedLM; null: not said.</param>
sealed record Pretrained(string Folder, BertConfiguration Configuration, BertTokenizer Tokenizer, string? Architecture)
{
    /// <summary>Opens what <c>--model</c> names.</summary>
    /// <exception cref="UserException">It is neither a folder nor a model of the hub, or not a BERT.</exception>
    public static Pretrained Open(string model, string others = "") => OfFolder(Resolve(model, others));

    /// <summary>Opens a folder.</summary>
    public static Pretrained OfFolder(string folder)
    {
        if (!PretrainedModel.IsModel(folder))
            throw new UserException($"{folder} holds no model: there is no {BertConfiguration.FileName}. " +
                "Name a folder in Hugging Face's layout.");
        var (configuration, tokenizer) = (BertConfiguration.Load(folder), BertTokenizer.Load(folder));
        return tokenizer.Count <= configuration.VocabularySize ? new(folder, configuration, tokenizer, ArchitectureOf(folder))
            : throw new UserException($"{folder}: the tokenizer has {tokenizer.Count} tokens, the model {configuration.VocabularySize} " +
                "(vocab_size). Take both from one model.");
    }

    /// <summary>The pretrained weights in a model with a new head; the head too where it was trained for the same labels.</summary>
    /// <returns>What is new, by its path.</returns>
    public IReadOnlyList<string> LoadInto(IBertModel model)
    {
        var isSame = Architecture == model.GetType().Name && Configuration.Labels.SequenceEqual(model.Bert.Configuration.Labels);
        return BertCheckpoint.Load(model, Folder, newHead: !isSame).Missing;
    }

    static string Resolve(string model, string others)
    {
        if (!Path.Exists(model) && !model.Contains('/') && model != BuiltInModel.Name)
        {
            throw new UserException($"--model {model}: there is no such folder, nor is it {BuiltInModel.Name}, which travels with nabla, " +
                $"or ORG/NAME of the Hugging Face Hub.{others}");
        }
        try
        {
            return PretrainedModel.Folder(model);
        }
        catch (ModelHubException error)
        {
            throw new UserException($"--model {model}: {error.Message}{others}");
        }
    }

    static string? ArchitectureOf(string folder)
    {
        using var stream = DataFile.OpenRead(Path.Combine(folder, BertConfiguration.FileName));
        return JsonNode.Parse(stream)?["architectures"] is JsonArray { Count: > 0 } names
            && names[0]?.GetValueKind() == JsonValueKind.String
            ? names[0]!.GetValue<string>() : null;
    }
}
