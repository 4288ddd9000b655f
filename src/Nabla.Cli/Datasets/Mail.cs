using System.Text;
using MimeKit;
using MimeKit.Text;

namespace Nabla.Cli.Datasets;

/// <summary>What a person would read of a mail.</summary>
static class Mail
{
    /// <summary>The subject and the text, markup left out. What is no mail that can be parsed is taken as it stands.</summary>
    public static string Text(ReadOnlySpan<byte> mail)
    {
        // A mail box puts a line of its own before each mail: From SENDER DATE.
        if (mail.StartsWith("From "u8) && mail.IndexOf((byte)'\n') is >= 0 and var end) mail = mail[(end + 1)..];
        try
        {
            using var message = MimeMessage.Load(new MemoryStream(mail.ToArray()));
            var body = message.TextBody is { Length: > 0 } text && !string.IsNullOrWhiteSpace(text) ? text : message.HtmlBody is { } html ? OfHtml(html) : "";
            return $"{message.Subject}\n{body}";
        }
        catch (Exception error) when (error is FormatException or ParseException or NotSupportedException)
        {
            return Encoding.Latin1.GetString(mail);
        }
    }

    /// <summary>The words between the tags, without those of scripts and styles.</summary>
    public static string OfHtml(string html)
    {
        var (text, hidden) = (new StringBuilder(), 0);
        var tokens = new HtmlTokenizer(new StringReader(html)) { DecodeCharacterReferences = true };
        while (tokens.ReadNextToken(out var token))
        {
            switch (token)
            {
                case HtmlTagToken { IsEmptyElement: false, Id: HtmlTagId.Script or HtmlTagId.Style or HtmlTagId.Title } tag:
                    hidden = Math.Max(0, hidden + (tag.IsEndTag ? -1 : 1));
                    break;
                case HtmlTagToken:
                    text.Append(' ');
                    break;
                case HtmlScriptDataToken or HtmlCommentToken or HtmlDocTypeToken:
                    break;
                case HtmlDataToken data when hidden == 0:
                    text.Append(data.Data);
                    break;
            }
        }
        return text.ToString();
    }
}
