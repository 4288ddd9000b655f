namespace Nabla.Data;

/// <summary>What is learned from and what is held out.</summary>
/// <param name="Train">All other folds.</param>
/// <param name="Validation">This fold.</param>
public sealed record Fold<T>(Dataset<T> Train, Dataset<T> Validation);

/// <summary>Cuts datasets into parts. Every item comes into exactly one of them; within a part the items keep their order.</summary>
public static class Splits
{
    /// <summary>Parts of these shares, at random.</summary>
    /// <param name="items">The dataset.</param>
    /// <param name="seed">Chooses which item goes where.</param>
    /// <param name="shares">Above 0, with a sum of 1; the sizes are rounded.</param>
    /// <exception cref="ArgumentException">The shares do not sum to 1.</exception>
    public static Dataset<T>[] Split<T>(this Dataset<T> items, ulong seed, params ReadOnlySpan<double> shares)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Parts(items, Cut([Shuffled(Everything(items), new Generator(Seeds.OfStep(seed, "Split")))], shares));
    }

    /// <summary>Parts of these shares, at random, in each of which every class has its share, but for one item.</summary>
    /// <param name="items">The dataset.</param>
    /// <param name="seed">Chooses which item goes where.</param>
    /// <param name="label">The class of an item.</param>
    /// <param name="shares">Above 0, with a sum of 1; the sizes are rounded within each class.</param>
    /// <exception cref="ArgumentException">The shares do not sum to 1.</exception>
    public static Dataset<T>[] StratifiedSplit<T>(this Dataset<T> items, ulong seed, Func<T, int> label, params ReadOnlySpan<double> shares) =>
        Parts(items, Cut(ByClass(Labels(items, label), seed), shares));

    /// <summary>Parts of these shares, at random, in each of which every class has its share, but for one image.</summary>
    /// <param name="examples">The dataset.</param>
    /// <param name="seed">Chooses which image goes where.</param>
    /// <param name="shares">Above 0, with a sum of 1; the sizes are rounded within each class.</param>
    /// <exception cref="ArgumentException">The shares do not sum to 1.</exception>
    public static Dataset<Example>[] StratifiedSplit(this Dataset<Example> examples, ulong seed, params ReadOnlySpan<double> shares) =>
        Parts(examples, Cut(ByClass(Labels(examples), seed), shares));

    /// <summary>Folds for cross-validation: each item is held out in exactly one of them, and the folds' sizes, in all and of each class, differ by at most one.</summary>
    /// <param name="items">The dataset.</param>
    /// <param name="folds">2 or more, at most one per item.</param>
    /// <param name="seed">Chooses which item goes where.</param>
    /// <param name="label">The class of an item.</param>
    public static Fold<T>[] StratifiedFolds<T>(this Dataset<T> items, int folds, ulong seed, Func<T, int> label) => Folds(items, Labels(items, label), folds, seed);

    /// <summary>Folds for cross-validation: each image is held out in exactly one of them, and the folds' sizes, in all and of each class, differ by at most one.</summary>
    /// <param name="examples">The dataset.</param>
    /// <param name="folds">2 or more, at most one per image.</param>
    /// <param name="seed">Chooses which image goes where.</param>
    public static Fold<Example>[] StratifiedFolds(this Dataset<Example> examples, int folds, ulong seed) => Folds(examples, Labels(examples), folds, seed);

    /// <summary>The labels, without reading the images where these know them.</summary>
    internal static int[] Labels(Dataset<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var labels = new int[Size(examples)];
        for (var i = 0; i < labels.Length; i++) labels[i] = DeferredImage.Of(examples.Defer(i)).Label;
        return labels;
    }

    private static int[] Labels<T>(Dataset<T> items, Func<T, int> label)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(label);
        var labels = new int[Size(items)];
        for (var i = 0; i < labels.Length; i++) labels[i] = label(items[i]);
        return labels;
    }

    private static Fold<T>[] Folds<T>(Dataset<T> items, int[] labels, int folds, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        if (labels.Length < folds) throw new ArgumentException($"StratifiedFolds: {labels.Length} items do not make {folds} folds; ask for at most {labels.Length}.");
        var fold = new int[labels.Length];
        // Dealt like cards, each class going on where the one before ended, so that the folds' sizes stay even.
        var next = 0;
        foreach (var member in ByClass(labels, seed).SelectMany(members => members)) fold[member] = next++ % folds;
        return [.. Enumerable.Range(0, folds).Select(held => new Fold<T>(Where(other => other != held), Where(other => other == held)))];

        Dataset<T> Where(Func<int, bool> wanted) => items.At([.. Enumerable.Range(0, fold.Length).Where(i => wanted(fold[i]))]);
    }

    /// <summary>The places of each class's items, in random order.</summary>
    private static int[][] ByClass(int[] labels, ulong seed)
    {
        var random = new Generator(Seeds.OfStep(seed, "Split"));
        return [.. Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]).OrderBy(group => group.Key).Select(group => Shuffled([.. group], random))];
    }

    /// <summary>The part each group's members go to: the group in its order, cut at the rounded sums of the shares.</summary>
    private static List<int>[] Cut(int[][] groups, ReadOnlySpan<double> shares)
    {
        var sum = 0.0;
        foreach (var share in shares) sum += share > 0 ? share : throw Misfit(shares);
        if (Math.Abs(sum - 1) > 1e-9) throw Misfit(shares);
        var parts = new List<int>[shares.Length];
        for (var part = 0; part < parts.Length; part++) parts[part] = [];
        foreach (var group in groups)
        {
            var (start, upTo) = (0, 0.0);
            for (var part = 0; part < parts.Length; part++)
            {
                upTo += shares[part];
                var end = part == parts.Length - 1 ? group.Length : (int)Math.Round(upTo * group.Length);
                parts[part].AddRange(group.AsSpan(start, end - start));
                start = end;
            }
        }
        return parts;
    }

    private static ArgumentException Misfit(ReadOnlySpan<double> shares) =>
        new($"Split: shares of {string.Join(", ", shares.ToArray())}: each must be above 0 and their sum 1. To leave items out, name a last share for them.");

    private static Dataset<T>[] Parts<T>(Dataset<T> items, List<int>[] parts) => Array.ConvertAll(parts, places =>
    {
        places.Sort();
        return items.At([.. places]);
    });

    private static int Size<T>(Dataset<T> items) => items.Count <= Array.MaxLength ? (int)items.Count
        : throw new NotSupportedException($"Split: {items.Count} items, at most {Array.MaxLength} can be split.");

    private static int[] Everything<T>(Dataset<T> items) => [.. Enumerable.Range(0, Size(items))];

    private static int[] Shuffled(int[] places, Generator random) => Array.ConvertAll(random.Permutation(places.Length), i => places[i]);
}
