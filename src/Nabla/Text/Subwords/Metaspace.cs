namespace Nabla.Text;

/// <summary>Where a mark is put before a text that has none: before every part between added tokens, before the one at the beginning, or nowhere.</summary>
internal enum Prepending
{
    Always,
    First,
    Never,
}

/// <summary>SentencePiece's way with spaces (Kudo and Richardson 2018): each becomes a mark, usually ▁, and a piece begins at each mark.</summary>
/// <param name="Mark">One character.</param>
/// <param name="Prepends">Where the text gets a mark before it, so that its first word is like any other.</param>
/// <param name="Cuts">Whether pieces begin at the marks; otherwise the text stays whole.</param>
internal sealed record Metaspace(string Mark, Prepending Prepends, bool Cuts) : PreTokenizer
{
    public override IEnumerable<AlignedText> Cut(AlignedText text)
    {
        if (text.Length == 0) yield break;
        var marked = text.Replace(" ", Mark);
        if ((Prepends == Prepending.Always || (Prepends == Prepending.First && text.StartOf(0) == 0)) && !marked.Text.StartsWith(Mark, StringComparison.Ordinal)) marked = marked.Prepend(Mark);
        var start = 0;
        if (Cuts)
        {
            for (var at = 0; (at = marked.Text.IndexOf(Mark, at, StringComparison.Ordinal)) >= 0; at += Mark.Length)
            {
                if (at > start) yield return marked[start..at];
                start = at;
            }
        }
        yield return marked[start..marked.Length];
    }
}
