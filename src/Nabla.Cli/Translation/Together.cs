using System.CommandLine;
using Nabla.Cli.Commands;

namespace Nabla.Cli.Translation;

/// <summary>The option by which several runs write together.</summary>
static class Together
{
    public static Option<string[]> Option() => new("--with")
    {
        Description = "Other runs of `nabla train translate` with the same held-out part (--split-seed), such as of another width or --seed, that write with it: what follows is as likely as they deem it on the average.",
        HelpName = "RUN…", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
    };

    /// <summary>For runs that write nothing.</summary>
    public static void Refuse(ParseResult parse, Option<string[]> with)
    {
        if (parse.GetValue(with)!.Length > 0) throw new UserException("--with: only models that write texts do so together (nabla train translate). Leave it out.");
    }
}
