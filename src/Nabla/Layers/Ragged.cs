namespace Nabla.Layers;

/// <summary>
/// A batch of sequences of any lengths without padding: their elements one after another, [elements, ..], and where each sequence begins. What works element by element, as
/// <see cref="Linear"/>, <see cref="Embedding"/> and <see cref="LayerNorm"/> do, works on <see cref="Values"/>; what looks along a sequence takes the batch.
/// </summary>
public sealed class Ragged
{
    private readonly int[] offsets;

    /// <summary>Sequences of these lengths.</summary>
    /// <param name="values">[elements, ..], the sequences one after another.</param>
    /// <param name="lengths">Elements of each sequence, at least 1.</param>
    /// <exception cref="ArgumentException">A sequence is empty, or the lengths do not add up to the elements.</exception>
    public Ragged(Tensor values, params ReadOnlySpan<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(values);
        offsets = new int[lengths.Length + 1];
        for (var i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < 1) throw new ArgumentException($"Ragged: sequence {i} has {lengths[i]} elements; a sequence has at least 1. Leave empty ones out of the batch.");
            offsets[i + 1] = checked(offsets[i] + lengths[i]);
        }
        if (values.Rank < 1 || offsets[^1] != values.Shape[0])
            throw new ArgumentException($"Ragged: the lengths add up to {offsets[^1]} elements, the values are {values.Shape}: [{offsets[^1]}, ..] is needed.");
        Values = values;
    }

    private Ragged(int[] offsets, Tensor values) => (this.offsets, Values) = (offsets, values);

    /// <summary>The elements of all sequences, [elements, ..].</summary>
    public Tensor Values { get; }

    /// <summary>How many sequences there are.</summary>
    public int Count => offsets.Length - 1;

    /// <summary>Where each sequence begins in <see cref="Values"/>, and after them all where the last ends.</summary>
    public IReadOnlyList<int> Offsets => offsets;

    /// <summary>The elements of one sequence: a view, [length, ..].</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public Tensor this[int sequence] => Values[offsets[Known(sequence)]..offsets[sequence + 1]];

    /// <summary>How many elements a sequence has.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public int Length(int sequence) => offsets[Known(sequence) + 1] - offsets[sequence];

    private int Known(int sequence) => (uint)sequence < (uint)Count ? sequence
        : throw new ArgumentOutOfRangeException(nameof(sequence), sequence, $"Ragged: there is no sequence {sequence}; {(Count == 0 ? "the batch is empty" : $"the {Count} sequences are 0 … {Count - 1}")}.");

    /// <summary>The same sequences with other values, one per element.</summary>
    /// <exception cref="ArgumentException">There are not as many.</exception>
    public Ragged With(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Rank > 0 && values.Shape[0] == offsets[^1] ? new(offsets, values)
            : throw new ArgumentException($"Ragged.With: {values.Shape} for sequences of {offsets[^1]} elements in all: [{offsets[^1]}, ..] is needed.");
    }

    /// <summary>A function of elements applied to all of them: <c>tokens.Map(embedding.Forward)</c>.</summary>
    public Ragged Map(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return With(function(Values));
    }

    /// <summary>The batch of sequences of numbers, as tokenizers give them: values Int64 [elements].</summary>
    /// <param name="sequences">Of any lengths of at least 1.</param>
    /// <exception cref="ArgumentException">A sequence is empty, or null.</exception>
    public static Ragged From(IReadOnlyList<IReadOnlyList<int>> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        int[] lengths = [.. sequences.Select((sequence, i) => sequence?.Count ?? throw new ArgumentException($"Ragged: sequence {i} is null.", nameof(sequences)))];
        return new(Tensor.From(sequences.SelectMany(sequence => sequence).Select(id => (long)id).ToArray()), lengths);
    }

    /// <summary>The batch of a tensor [batch, time, ..] whose sequences are padded behind their end.</summary>
    /// <param name="padded">[batch, time, ..]</param>
    /// <param name="lengths">Elements of each sequence, from 1 to time; none: all are as long as time.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static Ragged FromPadded(Tensor padded, params ReadOnlySpan<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(padded);
        if (padded.Rank < 2) throw new ArgumentException($"Ragged: {padded.Shape}: [batch, time, ..] is needed.");
        var (batch, time) = (padded.Shape[0], padded.Shape[1]);
        if (lengths.Length != 0 && lengths.Length != batch) throw new ArgumentException($"Ragged: {lengths.Length} lengths for a batch of {batch}: {padded.Shape}.");
        var rows = padded.Reshape(padded.Shape.Merge(0, 1));
        var all = new int[batch];
        Array.Fill(all, time);
        if (lengths.Length == 0) return new(rows, all);
        foreach (var length in lengths)
            if (length > time) throw new ArgumentException($"Ragged: a length of {length} in {padded.Shape}, whose sequences have at most {time} elements.");
        var ragged = lengths.ToArray();
        return ragged.AsSpan().SequenceEqual(all) ? new(rows, all) : new(rows.IndexSelect(0, Tensor.From(Places(ragged, time))), ragged);
    }

    /// <summary>The batch of a tensor [batch, time, ..] in which a mask says what is no padding, wherever that is. The elements of a sequence keep their order.</summary>
    /// <param name="padded">[batch, time, ..]</param>
    /// <param name="mask">Bool [batch, time], true where there is an element; at least one in each sequence.</param>
    /// <exception cref="ArgumentException">The mask is of another type or shape, or a sequence is all padding.</exception>
    public static Ragged FromPadded(Tensor padded, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(padded);
        ArgumentNullException.ThrowIfNull(mask);
        if (padded.Rank < 2) throw new ArgumentException($"Ragged: {padded.Shape}: [batch, time, ..] is needed.");
        var (batch, time) = (padded.Shape[0], padded.Shape[1]);
        if (mask.DType != DType.Bool || mask.Shape != padded.Shape[..2])
            throw new ArgumentException($"Ragged: the mask is {mask.DType}{mask.Shape}: Bool{padded.Shape[..2]} is needed, true where {padded.Shape} has an element and no padding.");
        var (present, lengths, places) = (mask.ToArray<bool>(), new int[batch], new List<long>());
        for (var i = 0; i < present.Length; i++)
        {
            if (!present[i]) continue;
            lengths[i / time]++;
            places.Add(i);
        }
        if (Array.IndexOf(lengths, 0) is >= 0 and var empty) throw new ArgumentException($"Ragged: sequence {empty} is all padding; a sequence has at least 1 element. Leave empty ones out of the batch.");
        var rows = padded.Reshape(padded.Shape.Merge(0, 1));
        return new(places.Count == present.Length ? rows : rows.IndexSelect(0, Tensor.From(places.ToArray())), lengths);
    }

    /// <summary>[batch, time, ..] with zeros behind the end of each sequence; time is that of the longest.</summary>
    public Tensor ToPadded()
    {
        var lengths = Enumerable.Range(0, Count).Select(Length).ToArray();
        var time = lengths.DefaultIfEmpty(0).Max();
        var padded = lengths.All(length => length == time) ? Values
            : new Ops.IndexAdd([Count * time, .. Values.Shape[1..]], 0).Apply(Values, Tensor.From(Places(lengths, time)));
        return padded.Reshape([Count, time, .. Values.Shape[1..]]);
    }

    /// <summary>The place of each element in its sequence, from 0: Int64 [elements].</summary>
    internal Tensor Places()
    {
        var places = new long[offsets[^1]];
        for (var i = 0; i < Count; i++)
        for (var t = offsets[i]; t < offsets[i + 1]; t++) places[t] = t - offsets[i];
        return Tensor.From(places);
    }

    /// <summary>Where the elements of sequences lie among those of padded ones.</summary>
    private static long[] Places(int[] lengths, int time) => [.. lengths.SelectMany((length, i) => Enumerable.Range(0, length).Select(t => ((long)i * time) + t))];
}
