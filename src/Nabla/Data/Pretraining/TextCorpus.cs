using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>Documents of text files, read as they are wanted: the corpus may be larger than memory.</summary>
public static class TextCorpus
{
    /// <summary>The documents of a file, or of the files of text in a folder (<see cref="TextFiles.Find"/>).</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">What ends documents and sentences.</param>
    /// <exception cref="DataFileException">
    /// There is no such file or folder, or it has no file of text; at the line concerned: it is not UTF-8, or cannot be unpacked.
    /// </exception>
    public static Pipeline<TextDocument> Read(string path, TextCorpusOptions? options = null) => Read(TextFiles.Find(path), options);

    /// <summary>
    /// The documents of these files in order. The name of a document is its file, relative to the root, and the line it begins on. The
    /// position is the file and the document in it: going on passes over the documents before it in that file without cutting them into
    /// sentences, and does not open the files before it. A line of more than 1,048,576 characters is read in parts; a document of more
    /// than 4,194,304 is read as several of one <see cref="TextDocument.Group"/>.
    /// </summary>
    /// <param name="files">The files.</param>
    /// <param name="options">What ends documents and sentences.</param>
    public static Pipeline<TextDocument> Read(TextFiles files, TextCorpusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        return new TextCorpusPipeline(files, options ?? new());
    }
}

internal sealed class TextCorpusPipeline(TextFiles files, TextCorpusOptions options) : Pipeline<TextDocument>
{
    private const string File = "file";

    protected override long? KnownCount => null;

    public override Cursor<TextDocument> Open(int epoch = 0) => new Reading(this, 0, 0);

    public override Cursor<TextDocument> Open(JsonNode state)
    {
        const string name = "TextCorpus";
        Saved.SameCount(state, name, files.Files.Count);
        var cursor = new Reading(this, Saved.Small(state, name, File), 0);
        var given = Saved.Number(state, name, Saved.At);
        for (var i = 0L; i < given; i++)
        {
            if (!cursor.Pass()) throw Saved.Misfit(name, $"{given} documents of a file had been given, here it has {i}");
        }
        return cursor;
    }

    private string Name(int file) => Path.GetRelativePath(files.Root, files.Files[file]).Replace('\\', '/');

    private TextDocument Cut(DocumentLines document, int file)
    {
        var isWhole = options.Documents == DocumentBoundary.File && document.Line == document.GroupLine;
        return TextDocument.From(isWhole ? Name(file) : $"{Name(file)}:{document.Line}", document.Lines, options.Sentences) with
        {
            Group = options.Documents == DocumentBoundary.File ? Name(file) : $"{Name(file)}:{document.GroupLine}",
        };
    }

    private sealed class Reading(TextCorpusPipeline corpus, int file, long at) : DrawingCursor<TextDocument>
    {
        private TextFileReader? reader;
        private IEnumerator<DocumentLines>? documents;

        public override JsonNode State => new JsonObject { [File] = file, [Saved.At] = at, [Saved.Count] = corpus.Files.Count };

        internal override bool Draw([NotNullWhen(true)] out Deferred<TextDocument>? item)
        {
            while (file < corpus.Files.Count)
            {
                if (Pass())
                {
                    var (read, place) = (new Made<DocumentLines>(documents.Current), file);
                    item = new MappedItem<DocumentLines, TextDocument>(read, lines => corpus.Cut(lines, place));
                    return true;
                }
                Close();
                (file, at) = (file + 1, 0);
            }
            item = null;
            return false;
        }

        /// <summary>Goes on to the next document of this file; false if there is none.</summary>
        [MemberNotNullWhen(true, nameof(documents))]
        public bool Pass()
        {
            if (file >= corpus.Files.Count) return false;
            reader ??= new(corpus.Files[file], corpus.Boundary);
            documents ??= reader.Documents().GetEnumerator();
            if (!documents.MoveNext()) return false;
            at++;
            return true;
        }

        private void Close()
        {
            documents?.Dispose();
            reader?.Dispose();
            (documents, reader) = (null, null);
        }

        public override void Dispose()
        {
            Close();
            base.Dispose();
        }
    }

    private IReadOnlyList<string> Files => files.Files;

    private DocumentBoundary Boundary => options.Documents;
}
