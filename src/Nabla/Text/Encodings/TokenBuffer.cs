using System.Runtime.CompilerServices;

namespace Nabla.Text;

/// <summary>The tokens of one text, in arrays that grow and are used again.</summary>
/// <param name="recordsOffsets">Whether offsets and words are recorded besides ids.</param>
internal sealed class TokenBuffer(bool recordsOffsets)
{
    private const int FirstCapacity = 64;

    private int[] ids = new int[FirstCapacity];
    private Place[] places = recordsOffsets ? new Place[FirstCapacity] : [];

    /// <summary>How many tokens there are.</summary>
    public int Count { get; private set; }

    public bool RecordsOffsets => recordsOffsets;

    public ReadOnlySpan<int> Ids => ids.AsSpan(0, Count);

    /// <summary>Where the tokens of a window stand; empty where that is not recorded.</summary>
    public ReadOnlySpan<Place> PlacesOf(Window window) => recordsOffsets ? places.AsSpan(window.Start, window.Length) : [];

    /// <summary>
    /// How many tokens there are from one side on until a word ends with the number of <paramref name="limit"/> or more: as many as Hugging
    /// Face's library makes (since 0.23.1) of a text that will be truncated to that length.
    /// </summary>
    public int Reached(int limit, SequenceSide truncated)
    {
        if (limit >= Count || limit == 0) return Count;
        var at = truncated == SequenceSide.Right ? limit : Count - limit;
        var step = truncated == SequenceSide.Right ? 1 : -1;
        while (at > 0 && at < Count && places[at].Word == places[at - 1].Word) at += step;
        return truncated == SequenceSide.Right ? at : Count - at;
    }

    public Token[] ToTokens()
    {
        var tokens = new Token[Count];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = new(ids[i], places[i].Start, places[i].End);
        return tokens;
    }

    /// <summary>For words while they are read.</summary>
    public WordBuffer Word { get; } = new();

    public void Clear() => Count = 0;

    /// <summary>Takes the last tokens away.</summary>
    public void Shorten(int count) => Count = count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int id, int start, int end, int word)
    {
        var (to, count) = (ids, Count);
        if ((uint)count >= (uint)to.Length) to = Grow();
        to[count] = id;
        if (recordsOffsets) places[count] = new(start, end, word);
        Count = count + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int[] Grow()
    {
        Array.Resize(ref ids, 2 * ids.Length);
        if (recordsOffsets) Array.Resize(ref places, ids.Length);
        return ids;
    }
}

/// <summary>Where a token stands in its text.</summary>
/// <param name="Start">Where it begins, in UTF-16 code units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Word">The number of its word.</param>
internal readonly record struct Place(int Start, int End, int Word);
