using Nabla.Cli.Commands;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Translation;

/// <summary>A run that has a model to write with, alone or with others.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="Configuration">What it was trained with.</param>
/// <param name="Checkpoint">The file of the model.</param>
sealed record Translator(RunFolder Run, TranslationConfiguration Configuration, string Checkpoint)
{
    /// <summary>Those that write with it.</summary>
    public IReadOnlyList<Translator> Others { get; private init; } = [];

    /// <summary>Opens checkpoints of several runs, whose models write together.</summary>
    public static Translator Open(string folder, IEnumerable<string> others, string checkpoint)
    {
        var first = Open(folder, checkpoint);
        return first with { Others = [.. others.Select(other => Open(other, checkpoint).Like(first))] };
    }

    /// <summary>Opens one of a run's checkpoints: best, last or average.</summary>
    public static Translator Open(string folder, string checkpoint)
    {
        var run = RunFolder.Open(folder);
        var file = checkpoint switch { "last" => run.Last, "average" => run.Average, _ => run.Best };
        if (!File.Exists(file))
        {
            throw new UserException(checkpoint == "average" && File.Exists(run.Last) ? $"{folder} was trained without a moving average (--average)."
                : $"{folder} has no {checkpoint} checkpoint yet: its first epoch has not come to its end. Go on with it: nabla train translate --output {folder} --resume.");
        }
        return new(run, TranslationConfiguration.Read(run), file);
    }

    /// <summary>The model, or all of them as one.</summary>
    public ISequenceToSequence Load(Tokenizers tokenizers)
    {
        var all = Others.Prepend(this).Select(one => TranslationRun.Load(one.Configuration, tokenizers, one.Checkpoint)).ToArray();
        return all.Length == 1 ? all[0] : new Seq2SeqEnsemble(all);
    }

    /// <summary>Itself, if it was trained on the same part of the same data as another, with the same tokens.</summary>
    Translator Like(Translator other)
    {
        static object Split(TranslationConfiguration c) => (c.Data, c.Targets, c.ValidationShare, c.TestShare, c.SplitSeed ?? c.Seed, c.SourceTokens, c.TargetTokens, c.Vocabulary);
        return Split(Configuration).Equals(Split(other.Configuration)) ? this
            : throw new UserException($"{Run.Folder} was trained on other data or another part of it than {other.Run.Folder}, or with other tokens: it may know the answers, or not write the same language. Train both with the same --data, --validation, --test, --split-seed and tokens.");
    }

    /// <summary>What a user may not have meant by texts: a line for each that has what the model has never seen.</summary>
    public IEnumerable<string> Doubts(IEnumerable<string> texts)
    {
        var tokenizers = Tokenizers.Load(Run);
        return from text in texts
               let unknown = tokenizers.UnknownOf(text).ToArray()
               where unknown.Length > 0
               select $"{text}: {string.Join(" ", unknown)} {(unknown.Length == 1 ? "is" : "are")} none of the {Configuration.SourceTokens} that the model has learned from, and read as unknown.";
    }

    /// <summary>What the model makes of texts.</summary>
    /// <param name="texts">What is read.</param>
    /// <param name="top">How many it is to write of each, the best first.</param>
    public IReadOnlyList<Written> Write(IReadOnlyList<string> texts, int top)
    {
        var tokenizers = Tokenizers.Load(Run);
        var model = Load(tokenizers);
        if (texts.FirstOrDefault(text => text.Trim().Length == 0) is { } empty) throw new UserException($"\"{empty}\" is no text: there is nothing to read in it.");
        var search = new BeamSearch(tokenizers.Start, tokenizers.TargetEnd, Configuration.MaximumLength + 1, Math.Max(top, Configuration.Beam)) { LengthPenalty = Configuration.LengthPenalty };
        var found = search.RunAll(model.Begin(Ragged.From([.. texts.Select(tokenizers.Read)])));
        return [.. texts.Zip(found, (text, written) => new Written(text, [.. written.Take(top).Select(one => new WrittenText(tokenizers.Target.Decode(one.Tokens), Math.Exp(one.LogProbability)))]))];
    }
}

/// <summary>What a model makes of a text.</summary>
sealed record Written(string Source, IReadOnlyList<WrittenText> Texts);

/// <summary>A text and how likely it is.</summary>
sealed record WrittenText(string Text, double Probability);
