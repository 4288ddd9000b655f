using System.Security.Cryptography;
using System.Text;
using Nabla.Data;
using Nabla.Text;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>Examples as files give them: all in one, or in parts.</summary>
/// <param name="Train">The training part, or all examples.</param>
/// <param name="Validation">The validation part; null: it is not given.</param>
/// <param name="Test">The test part; null: it is not given.</param>
sealed record GivenParts<T>(IReadOnlyList<T> Train, IReadOnlyList<T>? Validation = null, IReadOnlyList<T>? Test = null);

/// <summary>The parts of the data.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Validation">Watches the training and chooses the best checkpoint.</param>
/// <param name="Test">Evaluated once, at the end.</param>
/// <param name="Origin">Where they are from, in words.</param>
sealed record ExampleParts<T>(Dataset<T> Train, Dataset<T> Validation, Dataset<T> Test, string Origin)
{
    /// <summary>Parts of which one serves as both validation and test.</summary>
    public ExampleParts(Dataset<T> train, Dataset<T> held, string origin) : this(train, held, held, origin)
    {
    }

    /// <summary>How many examples each part has.</summary>
    public long[] Counts => [Train.Count, Validation.Count, Test.Count];

    /// <summary>In words: 320 training, 40 validation, 40 test.</summary>
    public string Description => Validation == Test
        ? Invariant($"{Train.Count:n0} training, {Test.Count:n0} for both validation and test{Origin}")
        : Invariant($"{Train.Count:n0} training, {Validation.Count:n0} validation, {Test.Count:n0} test{Origin}");
}

/// <summary>Splits examples into parts.</summary>
static class ExampleParts
{
    /// <summary>The given parts; those that are missing are split off, each class with its fraction, and texts of the same words, whatever
    /// their case, spaces and punctuation, in the same part: what is held out has not been seen.</summary>
    /// <param name="given">What the files give.</param>
    /// <param name="text">What decides whether examples are the same.</param>
    /// <param name="label">The class of an example.</param>
    /// <param name="validation">The fraction for validation.</param>
    /// <param name="test">The fraction for the test.</param>
    /// <param name="seed">Decides what is held out.</param>
    /// <param name="unit">What examples are called: <c>texts</c>.</param>
    public static ExampleParts<T> Of<T>(GivenParts<T> given, Func<T, string> text, Func<T, int> label, double validation, double test,
        ulong seed, string unit)
    {
        var all = Dataset.From(given.Train);
        if (given.Validation is { } held && given.Test is { } tested)
            return new(all, Dataset.From(held), Dataset.From(tested), ", as the files give them");
        if (given.Validation is { } both)
            return new(all, Dataset.From(both), ", as the files give them: there is no labelled test part");
        if (given.Test is { } only)
        {
            if (validation == 0) return new(all, Dataset.From(only), ", as the files give them (--validation 0)");
            var pair = Split(all, text, label, [1 - validation, validation], seed, unit);
            return new(pair[0], pair[1], Dataset.From(only), "; the validation part is split off the training part (--validation)");
        }
        var parts = Split(all, text, label, SplitFractions.Of(validation, test), seed, unit);
        return parts.Length == 2 ? new(parts[0], parts[1], " (--validation, --test)")
            : new(parts[0], parts[1], parts[2], "; stratified, texts of the same words together (--validation, --test, --split-seed)");
    }

    static Dataset<T>[] Split<T>(Dataset<T> all, Func<T, string> text, Func<T, int> label, double[] fractions, ulong seed, string unit)
    {
        var groups = Dataset.From(Enumerable.Range(0, (int)all.Count).GroupBy(i => Fingerprint(text(all[i])))
            .Select(group => group.ToArray()).ToArray());
        int Class(int[] group) => label(all[group[0]]);
        var parts = Array.ConvertAll(groups.StratifiedSplit(seed, Class, fractions), part =>
            all.At([.. part.SelectMany(group => group).Order()]));
        if (Array.TrueForAll(parts, part => part.Count > 0)) return parts;
        var classes = all.Select(label).Distinct().Count();
        throw new UserException($"{all.Count} {unit}{(groups.Count < all.Count ? $", of which {groups.Count} differ," : "")} of " +
            $"{classes} {(classes == 1 ? "class" : "classes")} are too few to be split into {parts.Length} parts: one of them would be " +
            $"empty. Add {unit}, or raise its fraction (--validation, --test).");
    }

    static UInt128 Fingerprint(string text)
    {
        var words = string.Join(' ', Words.Of(text).Select(range => text[range]).Where(word => char.IsLetterOrDigit(word[0])))
            .ToUpperInvariant();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(words));
        return new(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash, 8));
    }
}
