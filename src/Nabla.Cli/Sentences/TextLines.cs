using Nabla.Data;

namespace Nabla.Cli.Sentences;

/// <summary>Texts from the command line, from files (one on each line) or from the standard input.</summary>
static class TextLines
{
    /// <summary>The name that stands for the standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>The texts themselves, else the lines of files, else those of the standard input.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<string> texts, IReadOnlyList<string> files)
    {
        if (texts.Count > 0 && files.Count > 0) throw new UserException("Give texts or files of texts (--input), not both.");
        if (texts.Count > 0) return texts;
        if (files.Count == 0 && !Console.IsInputRedirected)
            throw new UserException("Give texts, a file of texts (--input FILE), or texts on the standard input, one on each line.");
        return (files.Count == 0 ? [StandardInput] : files).SelectMany(Read);
    }

    /// <summary>The lines of a file of UTF-8, packed by gzip or not.</summary>
    public static IEnumerable<string> Read(string file)
    {
        using var reader = file == StandardInput ? Console.In : new StreamReader(DataFile.OpenText(file));
        while (reader.ReadLine() is { } line) yield return line;
    }
}
