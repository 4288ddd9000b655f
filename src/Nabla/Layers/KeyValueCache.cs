namespace Nabla.Layers;

/// <summary>
/// The keys and values that a self-attention has computed for sequences under way, so that each new element costs one row. What was computed stays where it is; rows that are chosen, doubled or
/// dropped change only the note of where each row's past lies.
/// </summary>
public sealed class KeyValueCache
{
    private readonly List<Tensor> keys = [], values = [];
    private int[][] places;

    /// <summary>An empty past.</summary>
    /// <param name="rows">How many sequences begin, 0 or more.</param>
    public KeyValueCache(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        places = new int[rows][];
        Array.Fill(places, []);
    }

    /// <summary>How many sequences there are.</summary>
    public int Rows => places.Length;

    /// <summary>How many elements each has so far.</summary>
    public int Length => keys.Count;

    /// <summary>Goes on with these rows, in this order: row i of the next step follows what row <c>rows[i]</c> was. A row may come several times, or not at all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void Select(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var next = new int[rows.Count][];
        for (var i = 0; i < next.Length; i++)
        {
            if ((uint)rows[i] >= (uint)places.Length) throw new ArgumentOutOfRangeException(nameof(rows), rows[i], $"KeyValueCache: there is no row {rows[i]}; the {places.Length} rows are 0 … {places.Length - 1}.");
            next[i] = places[rows[i]];
        }
        places = next;
    }

    /// <summary>Adds an element to each row.</summary>
    internal void Append(Tensor key, Tensor value)
    {
        keys.Add(key);
        values.Add(value);
        for (var row = 0; row < places.Length; row++) places[row] = [.. places[row], row];
    }

    /// <summary>What was added last.</summary>
    internal (Tensor Key, Tensor Value) Newest => (keys[^1], values[^1]);

    /// <summary>For each row and each element where it lies.</summary>
    internal int[] Places
    {
        get
        {
            var all = new int[Rows * Length];
            for (var row = 0; row < Rows; row++) places[row].CopyTo(all, row * Length);
            return all;
        }
    }

    /// <summary>Keys, then values, element by element.</summary>
    internal IEnumerable<Tensor> Inputs => keys.Concat(values);
}

/// <summary>
/// The keys and values of sequences that others attend to, computed once. Rows belong to sequences: those of one stand together, in the order of the sequences.
/// </summary>
public sealed class AttentionMemory
{
    private int[] counts;

    internal AttentionMemory(Ragged keys, Tensor values)
    {
        (Keys, Values, counts) = (keys, values, new int[keys.Count]);
        Array.Fill(counts, 1);
    }

    internal Ragged Keys { get; }

    internal Tensor Values { get; }

    /// <summary>How many rows attend to the sequences; at first one to each.</summary>
    public int Rows => counts.Sum();

    /// <summary>Where each sequence's rows begin.</summary>
    internal int[] Offsets
    {
        get
        {
            var offsets = new int[counts.Length + 1];
            for (var i = 0; i < counts.Length; i++) offsets[i + 1] = offsets[i] + counts[i];
            return offsets;
        }
    }

    /// <summary>Goes on with these rows, in this order; each attends to the sequence that it attended to.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ArgumentException">Rows of a later sequence stand before rows of an earlier one.</exception>
    public void Select(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (offsets, next, last) = (Offsets, new int[counts.Length], 0);
        foreach (var row in rows)
        {
            if ((uint)row >= (uint)offsets[^1]) throw new ArgumentOutOfRangeException(nameof(rows), row, $"AttentionMemory: there is no row {row}; the {offsets[^1]} rows are 0 … {offsets[^1] - 1}.");
            var sequence = Array.BinarySearch(offsets, row);
            // Behind sequences without rows, which begin where the next one does.
            sequence = sequence < 0 ? ~sequence - 1 : sequence;
            while (counts[sequence] == 0) sequence++;
            if (sequence < last) throw new ArgumentException($"AttentionMemory: row {row} of sequence {sequence} is to stand behind one of sequence {last}. Keep the rows of a sequence together, in the order of the sequences.");
            next[last = sequence]++;
        }
        counts = next;
    }
}

/// <summary>What the decoder of a <see cref="Transformer"/> keeps while it writes: the keys and values of each layer.</summary>
public sealed class TransformerCache
{
    internal TransformerCache((KeyValueCache Past, AttentionMemory Memory)[] layers, int rows) => (Layers, Rows) = (layers, rows);

    internal (KeyValueCache Past, AttentionMemory Memory)[] Layers { get; }

    /// <summary>How many targets are under way.</summary>
    public int Rows { get; private set; }

    /// <summary>How many elements each has so far.</summary>
    public int Length { get; internal set; }

    /// <summary>Goes on with these rows, in this order: row i is what row <c>rows[i]</c> was. Those of one source stay together, in the order of the sources.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ArgumentException">Rows of a later source stand before rows of an earlier one.</exception>
    public void Select(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var (past, memory) in Layers)
        {
            memory.Select(rows);
            past.Select(rows);
        }
        Rows = rows.Count;
    }
}
