using System.Text.RegularExpressions;
using Nabla.Data;

namespace Nabla.Cli.Tasks.FineTuning;

/// <summary>The files of a dataset in parts: train, dev and test in a folder, or a single file.</summary>
/// <param name="Train">The training part, or the single file.</param>
/// <param name="Validation">The validation part; null: there is none.</param>
/// <param name="Test">The test part; null: there is none.</param>
sealed partial record PartFiles(string Train, string? Validation = null, string? Test = null)
{
    /// <summary>How much of a file is looked at to recognise it.</summary>
    const int Sample = 1 << 16;

    static readonly string[] TaggedExtensions = [".conll", ".conllu", ".bio", ".iob", ".iob2", ".iobes"];

    /// <summary>A file, or the parts of a folder.</summary>
    /// <exception cref="UserException">The folder has no training file, or several.</exception>
    public static PartFiles Of(string data)
    {
        if (!Directory.Exists(data)) return new(data);
        var files = Directory.GetFiles(data).Order(StringComparer.Ordinal).ToArray();
        string? One(Regex pattern, string part) => Array.FindAll(files, file => pattern.IsMatch(Path.GetFileName(file))) switch
        {
            [] => null,
            [var one] => one,
            var several => throw new UserException($"{data}: several files could be the {part} part: " +
                $"{string.Join(", ", several.Select(Path.GetFileName))}. Keep one, or name a file."),
        };
        return new(One(TrainName(), "training")
            ?? throw new UserException($"{data} holds no training file: none is called train. Name a file."),
            One(ValidationName(), "validation"), One(TestName(), "test"));
    }

    /// <summary>Whether data are sentences with tags, by the file's extension or its fields.</summary>
    public static bool IsTagged(string data)
    {
        if (FileOf(data) is not { } file) return false;
        var name = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file;
        if (TaggedExtensions.Contains(Path.GetExtension(name).ToLowerInvariant())) return true;
        var start = Start(file);
        return start.StartsWith('{') && TokenField().IsMatch(start) && TagField().IsMatch(start);
    }

    /// <summary>Whether data are questions about contexts, by its fields.</summary>
    public static bool IsQuestions(string data) => FileOf(data) is { } file && Start(file) is var start && start.StartsWith('{')
        && (start.Contains("\"qas\"", StringComparison.Ordinal) || (start.Contains("\"context\"", StringComparison.Ordinal)
            && start.Contains("\"answers\"", StringComparison.Ordinal) && start.Contains("\"question\"", StringComparison.Ordinal)));

    static string? FileOf(string data) => File.Exists(data) ? data
        : Directory.GetFiles(data).Order(StringComparer.Ordinal).FirstOrDefault(file => TrainName().IsMatch(Path.GetFileName(file)));

    static string Start(string file)
    {
        try
        {
            using var reader = new StreamReader(DataFile.OpenText(file));
            var buffer = new char[Sample];
            return new string(buffer, 0, reader.ReadBlock(buffer)).TrimStart();
        }
        catch (InvalidDataException)
        {
            // What is wrong with it is said where it is read.
            return "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    [GeneratedRegex(@"(?<![\p{L}])train(ing)?(?![\p{L}])", RegexOptions.IgnoreCase)]
    private static partial Regex TrainName();

    [GeneratedRegex(@"(?<![\p{L}])(dev|val|valid|validation|trial|testa)(?![\p{L}])", RegexOptions.IgnoreCase)]
    private static partial Regex ValidationName();

    [GeneratedRegex(@"(?<![\p{L}])(test|testb)(?![\p{L}])", RegexOptions.IgnoreCase)]
    private static partial Regex TestName();

    [GeneratedRegex("\"(tokens|words)\"\\s*:\\s*\\[")]
    private static partial Regex TokenField();

    [GeneratedRegex("\"(tags|ner_tags|labels|pos_tags|chunk_tags|upos)\"\\s*:\\s*\\[")]
    private static partial Regex TagField();
}
