using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Nabla.Hub;

/// <summary>A model on the Hugging Face Hub, in one of its revisions: <c>ORG/NAME[@REVISION]</c>.</summary>
public sealed partial record ModelReference
{
    /// <summary>The revision where none is named: the main branch.</summary>
    public const string DefaultRevision = "main";

    private ModelReference(string repository, string revision) => (Repository, Revision) = (repository, revision);

    /// <summary><c>ORG/NAME</c>; some old models have no <c>ORG</c>, such as <c>gpt2</c>.</summary>
    public string Repository { get; }

    /// <summary>A branch, a tag, a pull request (<c>refs/pr/1</c>) or a commit.</summary>
    public string Revision { get; }

    /// <summary>Whether <see cref="Revision"/> is a commit, whose files never change.</summary>
    internal bool IsCommit => IsCommitHash(Revision);

    /// <summary>Reads <c>ORG/NAME</c> or <c>ORG/NAME@REVISION</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static ModelReference Parse(string text) => TryParse(text, out var model) ? model
        : throw new FormatException($"\"{text}\" does not name a model of the hub. Write ORG/NAME or ORG/NAME@REVISION, such as "
            + "google-bert/bert-base-uncased@main: letters, digits, '-', '_' and '.', a name of at most 96 characters.");

    /// <summary>Reads <c>ORG/NAME</c> or <c>ORG/NAME@REVISION</c>, if it is one of them.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ModelReference? model)
    {
        model = null;
        if (text is null) return false;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var (repository, revision) = at < 0 ? (text, DefaultRevision) : (text[..at], text[(at + 1)..]);
        if (!IsRepository(repository) || !HubFileName.IsSafe(revision) || revision.Any(char.IsWhiteSpace)) return false;
        model = new(repository, revision);
        return true;
    }

    /// <summary><c>ORG/NAME</c>, and <c>@REVISION</c> if that is not the main branch.</summary>
    public override string ToString() => Revision == DefaultRevision ? Repository : $"{Repository}@{Revision}";

    /// <summary>Whether it is a commit's full name, 40 hexadecimal digits.</summary>
    internal static bool IsCommitHash(string text) => CommitHash().IsMatch(text);

    /// <summary>The hub's own rules: "--" separates the parts of a folder's name in the cache.</summary>
    private static bool IsRepository(string text) => RepositoryName().IsMatch(text) && !text.Contains("--", StringComparison.Ordinal)
        && !text.Contains("..", StringComparison.Ordinal) && !text.EndsWith(".git", StringComparison.Ordinal);

    [GeneratedRegex(@"^([A-Za-z0-9_]([A-Za-z0-9_.\-]*[A-Za-z0-9_])?/)?[A-Za-z0-9_]([A-Za-z0-9_.\-]{0,94}[A-Za-z0-9_])?\z")]
    private static partial Regex RepositoryName();

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    private static partial Regex CommitHash();
}
