using Nabla.Cli.Datasets;
using Nabla.Data;

namespace Nabla.Cli.Tasks.Translation;

/// <summary>A text and what it may be turned into.</summary>
/// <param name="Source">What is read.</param>
/// <param name="Targets">What is right, each once.</param>
sealed record PairEntry(string Source, IReadOnlyList<string> Targets);

/// <summary>What a step reads and writes, in words.</summary>
/// <param name="Token">What an error of a token is an error of.</param>
/// <param name="Sequence">What an error of a whole sequence is an error of.</param>
/// <param name="SourceTokens">How sources are usually cut.</param>
/// <param name="TargetTokens">How targets are usually cut.</param>
sealed record PairKind(string Token, string Sequence, string SourceTokens, string TargetTokens);

/// <summary>Texts with their translations: each source once, so that a part that is held out shares none with the others.</summary>
/// <param name="Name">What they are called, fit for a folder's name.</param>
/// <param name="Description">What they are, in a line.</param>
/// <param name="Kind">What kind of texts.</param>
/// <param name="Entries">All of them.</param>
sealed record PairSource(string Name, string Description, PairKind Kind, IReadOnlyList<PairEntry> Entries)
{
    static readonly PairKind Sentences = new("word", "sentence", "words", "words");

    /// <summary>What <c>--data</c> may be, in words.</summary>
    public const string Kinds = "cmudict (spellings and their pronunciations, inside this program), or a file of lines SOURCE⇥TARGET";

    /// <summary>What <c>--data</c> names.</summary>
    /// <param name="data">A name or a file.</param>
    /// <param name="targets">How many columns behind the first are targets; null: all.</param>
    public static PairSource Open(string data, int? targets)
    {
        if (data == "cmudict") return Pronunciations();
        if (File.Exists(data)) return Lines(data, targets);
        throw new UserException($"--data {data}: there is no such data or file. Name {Kinds}.");
    }

    /// <summary>The stress marks, 0 to 2 behind a vowel, are left out: 39 phonemes remain, as in published results.</summary>
    static PairSource Pronunciations()
    {
        var pairs = Datasets.Texts.Pronunciations().Select(line =>
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // A further pronunciation of a word has its number behind it: AARONSON(1).
            var word = parts[0].EndsWith(')') && parts[0].LastIndexOf('(') is > 0 and var at ? parts[0][..at] : parts[0];
            return (word, string.Join(' ', parts.Skip(1).Select(phoneme => phoneme.TrimEnd('0', '1', '2'))));
        });
        var entries = Grouped(pairs);
        return new("cmudict", Invariant($"{entries.Count:n0} spellings with {entries.Sum(entry => entry.Targets.Count):n0} ") +
            "pronunciations, without stress (the CMU pronouncing dictionary, which travels with nabla)",
            new("phoneme", "word", "characters", "words"), entries);
    }

    static PairSource Lines(string file, int? targets)
    {
        using var reader = new StreamReader(DataFile.OpenText(file));
        var number = 0;
        var pairs = new List<(string, string)>();
        foreach (var line in ReadLines(reader))
        {
            number++;
            if (line.Length == 0) continue;
            var columns = line.Split('\t');
            if (columns[0].Trim().Length == 0 || columns.Skip(1).Take(targets ?? int.MaxValue).All(string.IsNullOrWhiteSpace))
                throw new UserException($"{file}, line {number}: a source, a tab and a target are needed: " +
                    $"\"{(line.Length > 60 ? line[..60] + "…" : line)}\".");
            foreach (var target in columns.Skip(1).Take(targets ?? int.MaxValue))
                if (target.Trim() is { Length: > 0 } text) pairs.Add((columns[0].Trim(), text));
        }
        var entries = Grouped(pairs);
        if (entries.Count == 0) throw new UserException($"{file} has no pairs. Give lines SOURCE⇥TARGET.");
        return new(Path.GetFileName(file).Split('.')[0], Invariant(
            $"{entries.Count:n0} sources with {entries.Sum(entry => entry.Targets.Count):n0} targets of {Path.GetFullPath(file)}"),
            Sentences, entries);
    }

    static IEnumerable<string> ReadLines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line) yield return line;
    }

    static List<PairEntry> Grouped(IEnumerable<(string Source, string Target)> pairs) =>
        [.. pairs.GroupBy(pair => pair.Source, StringComparer.Ordinal)
            .Select(group => new PairEntry(group.Key, [.. group.Select(pair => pair.Target).Distinct(StringComparer.Ordinal)]))];
}
