namespace Nabla.Tests.Documentation;

/// <summary>Alone, because a page's program has the console and the current folder of the whole process.</summary>
[CollectionDefinition(nameof(GuideTests), DisableParallelization = true)]
public sealed class GuideCollection;

[Collection(nameof(GuideTests))]
public sealed class GuideTests
{
    public static TheoryData<string> Pages =>
        [.. Sources.Files("docs/guide", "*.md").Select(file => "docs/guide/" + file.Path).Append("README.md").Where(path => Read(path).HasCode)];

    static Page Read(string path) => new(File.ReadAllText(Path.Combine(Sources.Root, path)));

    [Theory, MemberData(nameof(Pages))]
    public void The_code_of_a_page_runs_and_prints_what_the_page_says(string path)
    {
        var page = Read(path);
        Assert.Equal(page.SaidOutput, page.Run());
    }

    [Fact]
    public void Code_quoted_from_a_file_stands_there()
    {
        var quotations = Read("CONTRIBUTING.md").Quotations.ToArray();
        Assert.NotEmpty(quotations);
        var gone = from quotation in quotations
                   let source = File.ReadAllText(Path.Combine(Sources.Root, quotation.File))
                   from line in quotation.Lines
                   where line != "…" && !source.Contains(line, StringComparison.Ordinal)
                   select $"{quotation.File}: {line}";
        Assert.Empty(gone);
    }

    [Fact]
    public void Every_link_within_the_repository_leads_somewhere()
    {
        var pages = Sources.Files("docs", "*.md").Select(file => ("docs/" + file.Path, file.Text))
            .Concat(new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md" }.Select(path => (path, File.ReadAllText(Path.Combine(Sources.Root, path)))));
        var broken = from page in pages
                     from target in Page.LinksOf(page.Item2)
                     where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#')
                     let file = Path.Combine(Sources.Root, Path.GetDirectoryName(page.Item1)!, target.Split('#')[0])
                     where !Path.Exists(file)
                     select $"{page.Item1} → {target}";
        Assert.Empty(broken);
    }
}
