using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Nabla.Text;

/// <summary>
/// What the normal forms of Unicode 15.0 are made from (UAX #15), read from the Unicode Character Database. Nabla has the table itself because .NET hands the work to the ICU of the system, and where
/// there is none, or InvariantGlobalization is set, gives texts back as they are without a word: a tokenizer's ids would then depend on the machine.
/// </summary>
internal sealed class Decompositions
{
    private static readonly Lazy<Decompositions> Loaded = new(() => new());

    private readonly Dictionary<int, int[]> canonical = [], compatible = [];
    private readonly Dictionary<(int First, int Second), int> compositions = [];
    private readonly Dictionary<int, int> classes = [];

    private Decompositions()
    {
        using var stream = typeof(Decompositions).Assembly.GetManifestResourceStream("Nabla.Text.decompositions.txt.gz")!;
        using var text = new StreamReader(new GZipStream(stream, CompressionMode.Decompress), Encoding.ASCII);
        while (text.ReadLine() is { } line)
        {
            // A character; its combining class; its decomposition, behind a < where it is one of compatibility; an x where it is never composed.
            var fields = line.Split(';');
            var character = Hexadecimal(fields[0]);
            if (int.Parse(fields[1], CultureInfo.InvariantCulture) is not 0 and var combining) classes[character] = combining;
            if (fields[2].Length == 0) continue;
            var isCompatible = fields[2][0] == '<';
            var parts = Array.ConvertAll(fields[2][(isCompatible ? 1 : 0)..].Split(' '), Hexadecimal);
            (isCompatible ? compatible : canonical)[character] = parts;
            if (!isCompatible && parts.Length == 2 && fields.Length == 3) compositions[(parts[0], parts[1])] = character;
        }
    }

    public static Decompositions Instance => Loaded.Value;

    /// <summary>The canonical combining class: 0 for what begins a group.</summary>
    public int ClassOf(int character) => classes.GetValueOrDefault(character);

    /// <summary>What a character is made of, one step further; null where it is whole.</summary>
    public int[]? Of(int character, bool compatibly) => canonical.TryGetValue(character, out var parts) || (compatibly && compatible.TryGetValue(character, out parts)) ? parts : null;

    /// <summary>The character that two make, if they make one.</summary>
    public bool TryCompose(int first, int second, out int composed) => compositions.TryGetValue((first, second), out composed);

    private static int Hexadecimal(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
