namespace Nabla.Hub;

/// <summary>One commit of a model in the cache.</summary>
/// <param name="Repository"><c>ORG/NAME</c>.</param>
/// <param name="Commit">The commit, 40 hexadecimal digits.</param>
/// <param name="Revisions">The branches and tags that point to the commit, as far as the cache knows, in alphabetical order.</param>
/// <param name="Bytes">The size of its files; a file that several commits share counts for each of them.</param>
/// <param name="Folder">The folder of its files.</param>
public sealed record CachedModel(string Repository, string Commit, IReadOnlyList<string> Revisions, long Bytes, string Folder);
