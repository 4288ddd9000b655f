using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Nabla.Reports;

/// <summary>A report: one HTML file that needs nothing beside it, no network, no script.</summary>
/// <param name="title">Its title.</param>
/// <param name="subtitle">A line below the title.</param>
public sealed partial class Report(string title, string subtitle)
{
    /// <summary>An option of the command line, which no line is to be broken within.</summary>
    [GeneratedRegex("--[a-z][a-z-]*")]
    private static partial Regex Option();

    readonly List<ChapterPage> chapters = [];

    /// <summary>Short facts about the run, each with its name.</summary>
    public List<(string Name, string Value)> Facts { get; } = [];

    /// <summary>Appends a chapter and returns it to be written.</summary>
    public ChapterPage Add(int number, string chapterTitle)
    {
        var chapter = new ChapterPage(number, chapterTitle);
        chapters.Add(chapter);
        return chapter;
    }

    /// <summary>The page.</summary>
    public string ToHtml()
    {
        var page = new StringBuilder($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Text(title)}</title>
            <style>
            {Style()}
            </style>
            </head>
            <body>
            <nav aria-label="Chapters"><p class="mark">∇</p><ol>

            """);
        foreach (var chapter in chapters) page.Append($"<li value=\"{chapter.Number}\"><a href=\"#{chapter.Anchor}\">{Text(chapter.Title)}</a></li>\n");
        page.Append($"</ol></nav>\n<main>\n<header><h1>{Text(title)}</h1><p class=\"subtitle\">{Text(subtitle)}</p>\n<dl class=\"facts\">");
        foreach (var (name, value) in Facts) page.Append($"<div><dt>{Text(name)}</dt><dd>{Option().Replace(Text(value), "<span class=\"option\">$0</span>")}</dd></div>");
        page.Append("</dl></header>\n");
        foreach (var chapter in chapters)
            page.Append($"<section id=\"{chapter.Anchor}\"><h2><span>{chapter.Number}</span> {Text(chapter.Title)}</h2>\n{chapter.Html}</section>\n");
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>Writes the page under a temporary name and renames it, so that nobody ever reads half of it.</summary>
    public void Save(string path)
    {
        var temporary = path + ".tmp";
        File.WriteAllText(temporary, ToHtml());
        File.Move(temporary, path, overwrite: true);
    }

    static string Style()
    {
        using var stream = new StreamReader(typeof(Report).Assembly.GetManifestResourceStream("report.css")!);
        return stream.ReadToEnd();
    }

    static string Text(string text) => WebUtility.HtmlEncode(text);
}
