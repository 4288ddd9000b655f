using Nabla.Cli.Datasets;
using Nabla.Data;

namespace Nabla.Cli.Tasks.Characters;

/// <summary>A text to train on.</summary>
/// <param name="Name">What it is called, fit for a folder's name.</param>
/// <param name="Description">What it is, in a line.</param>
/// <param name="Text">All of it.</param>
sealed record CharacterSource(string Name, string Description, string Text)
{
    /// <summary>What <c>--data</c> may be, in words.</summary>
    public const string Kinds = "moby-dick, tang-poems, or a file of text (.txt, packed by gzip or not)";

    /// <summary>What <c>--data</c> names.</summary>
    public static CharacterSource Open(string data)
    {
        if (data == "moby-dick") return new(data, "Moby-Dick; or, The Whale (Melville 1851), which travels with nabla",
            Datasets.Texts.MobyDick());
        if (data == "tang-poems") return new(data, Invariant(
            $"{Datasets.Texts.TangPoems().Count:n0} quatrains of the Tang, one a line, which travel with nabla"),
            string.Concat(Datasets.Texts.TangPoems().Select(poem => poem.Text + "\n")));
        if (!File.Exists(data)) throw new UserException($"--data {data}: there is no such text or file. Name {Kinds}.");
        return new(Path.GetFileName(data).Split('.')[0], Path.GetFullPath(data), Read(data));
    }

    static string Read(string file)
    {
        try
        {
            using var reader = new StreamReader(DataFile.OpenText(file));
            return reader.ReadToEnd();
        }
        catch (InvalidDataException fault)
        {
            throw new UserException($"--data {file}: it cannot be unpacked ({fault.Message}). Fetch it again, or name another file.");
        }
    }
}
