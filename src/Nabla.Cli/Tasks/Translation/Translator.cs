using System.Text.Json.Nodes;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Text;
using Spectre.Console;

namespace Nabla.Cli.Tasks.Translation;

/// <summary>The model of a run of <c>nabla train translate</c>, or of several runs as an ensemble.</summary>
sealed class Translator : ITrainedModel
{
    readonly TrainedRun run;
    readonly IReadOnlyList<TrainedRun> all;
    readonly TranslationSettings settings;
    readonly Tokenizers tokenizers;

    public Translator(TrainedRun run, IReadOnlyList<TrainedRun> others)
    {
        (this.run, settings, tokenizers) = (run, (TranslationSettings)run.Settings, Tokenizers.Load(run.Run));
        foreach (var other in others) RequireSameSplit(other);
        all = [run, .. others];
    }

    public EvaluationResult Evaluate(string? data)
    {
        var training = TranslationTraining.Continue(settings, run.Run);
        var entries = data is null ? training.Parts.Test : PairSource.Open(data, settings.Targets.OrNull()).Entries;
        var (metrics, translations) = training.Evaluate(Load(), entries);
        var headline = $"{(data is null ? "Test: " : "")}{training.Described(metrics, translations.Count)}.";
        return new(translations.Count, metrics, [headline, .. training.Unchanged(entries)]) { CountName = "texts" };
    }

    /// <summary>What the model has never seen.</summary>
    public IEnumerable<string> Warnings(string argument)
    {
        var unknown = tokenizers.UnknownOf(argument).ToArray();
        if (unknown.Length > 0)
            yield return $"{argument}: {string.Join(" ", unknown)} {(unknown.Length == 1 ? "is" : "are")} none of the " +
                $"{settings.SourceTokens} in the training data, and read as unknown.";
    }

    public IEnumerable<string> Inputs(string argument) =>
        argument.Trim().Length > 0 ? [argument] : throw new UserException($"\"{argument}\" is no text: there is nothing to read in it.");

    public IEnumerable<Prediction> Predict(IReadOnlyList<string> inputs, int top)
    {
        var found = TranslationTraining.Beam(settings, tokenizers, top)
            .RunAll(Load().Begin(Ragged.From([.. inputs.Select(tokenizers.Read)])));
        return inputs.Zip(found, (input, written) =>
            Predicted(input, [.. written.Take(top).Select(one => (tokenizers.Target.Decode(one.Tokens), Math.Exp(one.LogProbability)))]));
    }

    /// <summary>The model, or all of them as one.</summary>
    ISequenceToSequence Load()
    {
        var models = all.Select(one => TranslationTraining.Load((TranslationSettings)one.Settings, tokenizers, one.Checkpoint)).ToArray();
        return models.Length == 1 ? models[0] : new Seq2SeqEnsemble(models);
    }

    /// <summary>Throws unless another run was trained on the same part of the same data, with the same tokens.</summary>
    void RequireSameSplit(TrainedRun other)
    {
        static object Split(TranslationSettings c) =>
            (c.Data.Value, c.Targets.OrNull(), c.Validation.Value, c.Test.Value, c.Split, c.SourceTokens.Value, c.TargetTokens.Value,
                c.Vocabulary.Value);
        if (!Split((TranslationSettings)other.Settings).Equals(Split(settings)))
        {
            throw new UserException($"{other.Run.Folder} was trained on other data or another part of it than {run.Run.Folder}, or " +
                "with other tokens: its training data may contain the test part. " +
                "Train both with the same --data, --validation, --test, --split-seed and tokens.");
        }
    }

    static Prediction Predicted(string source, (string Text, double Probability)[] written)
    {
        var line = string.Join("   ", written.Select(one => Invariant($"{one.Text} ({one.Probability:0.0%})")).Prepend(source));
        JsonArray texts = [.. written.Select(one => new JsonObject { ["text"] = one.Text, ["probability"] = one.Probability })];
        return new(Markup.Escape(line), new JsonObject { ["source"] = source, ["texts"] = texts });
    }
}
