using Nabla.Cli.Datasets;
using Nabla.Data;

namespace Nabla.Cli.Tasks.Pretraining;

/// <summary>The documents of a pretraining, in a training and a validation part.</summary>
/// <param name="Name">What it is called, fit for a folder's name.</param>
/// <param name="Description">Where the texts come from.</param>
/// <param name="Train">What is learned from.</param>
/// <param name="Validation">What the model is evaluated on.</param>
/// <param name="IsInMemory">Whether the texts are small enough to be kept in memory as tokens.</param>
sealed record PretrainCorpus(string Name, string Description, Pipeline<TextDocument> Train, Pipeline<TextDocument> Validation,
    bool IsInMemory)
{
    /// <summary>Larger corpora are read again in each epoch.</summary>
    const long MostBytesInMemory = 512L << 20;

    public static PretrainCorpus Open(PretrainSettings settings)
    {
        if (!settings.Data.HasValue)
        {
            return new("english", "Moby-Dick, the State of the Union, the Bible in two translations, split by chapter",
                EnglishCorpus.Documents(DataPart.Train), EnglishCorpus.Documents(DataPart.Validation), IsInMemory: true);
        }
        settings.Data.Set(Path.GetFullPath(settings.Data));
        var files = TextFiles.Find(settings.Data);
        var options = new TextCorpusOptions(settings.Documents == "file" ? DocumentBoundary.File : DocumentBoundary.BlankLine,
            settings.Sentences == "line" ? SentenceBoundary.Line : SentenceBoundary.Punctuation);
        var (documents, split) = (TextCorpus.Read(files, options), new GroupSplit(seed: 0, settings.Validation, test: 0));
        var bytes = files.Files.Sum(path => new FileInfo(path).Length);
        var ignored = files.Ignored.Count == 0 ? ""
            : $"; {files.Ignored.Count} files ignored, such as {Path.GetFileName(files.Ignored[0].Path)}";
        return new(Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(settings.Data)),
            Invariant($"{files.Files.Count:n0} files of {settings.Data}, {bytes / 1e6:n1} MB{ignored}"),
            split.Take(documents, DataPart.Train), split.Take(documents, DataPart.Validation), bytes <= MostBytesInMemory);
    }
}
