using System.Numerics;

namespace Nabla.Text;

/// <summary>
/// Symbols as a tree of characters (UTF-16 code units), to find the longest that a text begins with. There are two roots: symbols that
/// begin words, and those that go on. The edges are one hash table with open addressing, an edge a number: 40 bits are the node and the
/// character that it leads from, 24 the node that it leads to.
/// </summary>
internal sealed class WordPieceTrie
{
    /// <summary>The root of symbols that begin words.</summary>
    public const int Beginning = 0;

    /// <summary>The root of symbols that go on within a word.</summary>
    public const int Continuing = 1;

    private const int NodeBits = 24, LeastEdges = 1 << 8;
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    private ulong[] edges = new ulong[LeastEdges];
    private int[] ids = new int[LeastEdges];
    private int nodes = 2, shift = 64 - BitOperations.Log2(LeastEdges);

    public WordPieceTrie() => ids.AsSpan().Fill(-1);

    /// <summary>Adds a symbol, which must not be empty.</summary>
    public void Add(int root, ReadOnlySpan<char> symbol, int id)
    {
        var node = root;
        foreach (var letter in symbol) node = Child(node, letter) is >= 0 and var child ? child : AddNode(node, letter);
        ids[node] = id;
    }

    /// <summary>The longest symbol that a text begins with: its length and id; a length of 0: there is none.</summary>
    public int Longest(int root, ReadOnlySpan<char> text, out int id)
    {
        var (node, length) = (root, 0);
        id = -1;
        for (var i = 0; i < text.Length; i++)
        {
            node = Child(node, text[i]);
            if (node < 0) break;
            if (ids[node] is >= 0 and var found) (id, length) = (found, i + 1);
        }
        return length;
    }

    private int Child(int node, char letter)
    {
        var key = Key(node, letter);
        var table = edges;
        for (var slot = (int)((key * Multiplier) >> shift); ; slot = (slot + 1) & (table.Length - 1))
        {
            var edge = table[slot];
            if (edge >> NodeBits == key) return (int)(edge & ((1 << NodeBits) - 1));
            if (edge == 0) return -1;
        }
    }

    // 1 is added so that no edge is 0.
    private static ulong Key(int node, char letter) => (((ulong)(uint)node << 16) | letter) + 1;

    private int AddNode(int node, char letter)
    {
        if (nodes >= (1 << NodeBits) - 1)
            throw new FormatException($"the vocabulary is too large: its symbols have more than {1 << NodeBits} different beginnings");
        if (2 * nodes >= edges.Length) Grow();
        if (nodes == ids.Length)
        {
            Array.Resize(ref ids, 2 * nodes);
            ids.AsSpan(nodes).Fill(-1);
        }
        Insert((Key(node, letter) << NodeBits) | (uint)nodes);
        return nodes++;
    }

    private void Insert(ulong edge)
    {
        var slot = (int)(((edge >> NodeBits) * Multiplier) >> shift);
        while (edges[slot] != 0) slot = (slot + 1) & (edges.Length - 1);
        edges[slot] = edge;
    }

    private void Grow()
    {
        var before = edges;
        edges = new ulong[2 * before.Length];
        shift--;
        foreach (var edge in before)
            if (edge != 0) Insert(edge);
    }
}
