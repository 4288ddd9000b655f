namespace Nabla.Text;

/// <summary>A word as it is normalised, whose code units know what they come from.</summary>
internal sealed class WordBuffer
{
    private char[] text = new char[32];
    private int[] starts = new int[32], ends = new int[32];
    private int length;

    /// <summary>How many characters (Unicode scalar values) there are.</summary>
    public int Characters { get; private set; }

    public ReadOnlySpan<char> Text => text.AsSpan(0, length);

    public void Clear() => length = Characters = 0;

    /// <summary>Where a part of it begins in the source.</summary>
    public int StartOf(int at) => starts[at];

    /// <summary>Where the part that ends before a place ends in the source.</summary>
    public int EndOf(int end) => ends[end - 1];

    /// <summary>Adds a character that comes from a part of the source.</summary>
    public void Add(int character, int start, int end)
    {
        if (length + 2 > text.Length) Grow();
        Characters++;
        if (character > char.MaxValue)
        {
            // The two halves of a pair.
            Add((char)(0xD7C0 + (character >> 10)), start, end);
            Add((char)(0xDC00 + (character & 0x3FF)), start, end);
        }
        else Add((char)character, start, end);
    }

    private void Add(char unit, int start, int end)
    {
        text[length] = unit;
        starts[length] = start;
        ends[length++] = end;
    }

    private void Grow()
    {
        Array.Resize(ref text, 2 * text.Length);
        Array.Resize(ref starts, text.Length);
        Array.Resize(ref ends, text.Length);
    }
}
