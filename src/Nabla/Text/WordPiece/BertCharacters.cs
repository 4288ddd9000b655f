namespace Nabla.Text;

/// <summary>
/// The classes of characters that BERT's tokenizer goes by, as Hugging Face's tokenizers library has them: categories of Unicode 8.0, lower
/// case of Unicode 17.0. Nabla has the tables itself, because those of .NET change with its version and, for lower case, with the ICU of
/// the system: a tokenizer's ids would then depend on the machine.
/// </summary>
internal static partial class BertCharacters
{
    private const int DottedCapitalI = 0x130;

    /// <summary>Unicode's White_Space, all of it in the Basic Multilingual Plane.</summary>
    public static bool IsWhiteSpace(int character) => character <= char.MaxValue && char.IsWhiteSpace((char)character);

    /// <summary>
    /// What cleaning takes out: controls (Cc), formats (Cf), private use (Co) and U+FFFD, but not tab, line feed and carriage return.
    /// </summary>
    public static bool IsRemoved(int character) => IsIn(Removed, character);

    /// <summary>Punctuation (P), and all signs of ASCII that are no letter, digit or space.</summary>
    public static bool IsPunctuation(int character) => IsIn(Punctuation, character);

    /// <summary>Marks that take no space (Mn), such as accents behind NFD.</summary>
    public static bool IsNonSpacingMark(int character) => IsIn(NonSpacingMarks, character);

    /// <summary>
    /// The blocks of ideographs that are words of their own; not kana and hangul. Google's code has U+2B820 where the library has U+2B920.
    /// </summary>
    public static bool IsIdeograph(int character) => character is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF)
        or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>Lower case. One character has two: İ, which is i with a dot above; see <see cref="HasTwoInLowerCase"/>.</summary>
    public static int ToLower(int character)
    {
        if (character < 0x80) return character is >= 'A' and <= 'Z' ? character + ('a' - 'A') : character;
        var (low, high) = (0, (LowerCase.Length / 4) - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var range = LowerCase.Slice(4 * middle, 4);
            if (character > range[1]) low = middle + 1;
            else if (character < range[0]) high = middle - 1;
            else return (character - range[0]) % range[2] == 0 ? character + range[3] : character;
        }
        return character;
    }

    /// <summary>Whether a character is İ, whose lower case is i and U+0307.</summary>
    public static bool HasTwoInLowerCase(int character) => character == DottedCapitalI;

    private static bool IsIn(ReadOnlySpan<int> ranges, int character)
    {
        var (low, high) = (0, (ranges.Length / 2) - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            if (character > ranges[(2 * middle) + 1]) low = middle + 1;
            else if (character < ranges[2 * middle]) high = middle - 1;
            else return true;
        }
        return false;
    }
}
