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
        return DocumentTables.Find(settings.Data) is { Length: > 0 } tables ? OfTables(settings, tables) : OfFiles(settings);
    }

    static PretrainCorpus OfTables(PretrainSettings settings, string[] tables)
    {
        TaskSettings.RequireNotGiven("each row of a table is a document", settings.Documents);
        var documents = DocumentTables.Read(tables, settings.TextColumn.OrNull(), SentencesOf(settings));
        return Split(settings, documents, tables, "tables", ignored: []);
    }

    static PretrainCorpus OfFiles(PretrainSettings settings)
    {
        TaskSettings.RequireNotGiven($"{settings.Data} has no table (Parquet, JSON lines)", settings.TextColumn);
        var files = TextFiles.Find(settings.Data);
        var documents = settings.Documents == "file" ? DocumentBoundary.File : DocumentBoundary.BlankLine;
        return Split(settings, TextCorpus.Read(files, new(documents, SentencesOf(settings))), files.Files, "files", files.Ignored);
    }

    static PretrainCorpus Split(PretrainSettings settings, Pipeline<TextDocument> documents, IReadOnlyList<string> files, string kind,
        IReadOnlyList<IgnoredFile> ignored)
    {
        var (bytes, split) = (files.Sum(path => new FileInfo(path).Length), new GroupSplit(seed: 0, settings.Validation, test: 0));
        var passed = ignored.Count == 0 ? "" : $"; {ignored.Count} files ignored, such as {Path.GetFileName(ignored[0].Path)}";
        return new(Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(settings.Data)),
            Invariant($"{files.Count:n0} {kind} of {settings.Data}, {bytes / 1e6:n1} MB{passed}"),
            split.Take(documents, DataPart.Train), split.Take(documents, DataPart.Validation), bytes <= MostBytesInMemory);
    }

    static SentenceBoundary SentencesOf(PretrainSettings settings) =>
        settings.Sentences == "line" ? SentenceBoundary.Line : SentenceBoundary.Punctuation;
}
