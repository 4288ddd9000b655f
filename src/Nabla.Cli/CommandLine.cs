using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Nabla.Cli.Commands;
using Nabla.Cli.Tasks;

namespace Nabla.Cli;

/// <summary>The command <c>nabla</c>: its parts, what it returns and how it fails.</summary>
static class CommandLine
{
    /// <summary>Runs one command line and returns its exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellation = default)
    {
        var parse = Root(terminal).Parse(arguments);
        if (parse.Action is ParseErrorAction)
        {
            foreach (var error in parse.Errors) terminal.Problem(error.Said());
            terminal.Problem($"Try `{Path(parse.CommandResult.Command)} --help`.");
            return ExitCodes.Usage;
        }
        return await parse.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.Out.Profile.Out.Writer,
            Error = terminal.Error.Profile.Out.Writer,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = (parse.CommandResult.Command as NablaCommand)?.Patience ?? TimeSpan.Zero,
        }, cancellation);
    }

    static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("Nabla ∇: deep learning for .NET, in C# from the matrix product up.")
        {
            new TourCommand(terminal),
            Train(terminal),
            new TrainCommand(terminal, TrainingTasks.Pretraining),
            new EvaluateCommand(terminal),
            new PredictCommand(terminal),
            new GenerateCommand(terminal),
            new EmbedCommand(terminal),
            new SimilarCommand(terminal),
            new FillMaskCommand(terminal),
            SweepCommand.Of(terminal, TrainingTasks.All),
            new VerifyCommand(terminal),
            new DataCommand(terminal),
            new ModelsCommand(terminal),
            new DoctorCommand(terminal),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        var usual = (HelpAction)help.Action!;
        help.Action = new HelpWithExamples(usual);
        // `nabla` alone is a question, not a mistake.
        root.SetAction(parse => usual.Invoke(parse));
        return root;
    }

    static Command Train(Terminal terminal)
    {
        var train = new Command("train", "Train a model on your data.");
        foreach (var task in TrainingTasks.All) train.Add(new TrainCommand(terminal, task));
        return train;
    }

    /// <summary>A command with the commands above it: <c>nabla train image</c>.</summary>
    static string Path(Command command) => command is RootCommand ? "nabla" : $"{Path(command.Parents.OfType<Command>().First())} {command.Name}";

    /// <summary>The usual help, then the command's examples.</summary>
    sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = usual.Invoke(parseResult);
            if (parseResult.CommandResult.Command is not NablaCommand command) return code;
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            var width = command.Examples.Max(example => example.Line.Length);
            foreach (var (line, meaning) in command.Examples) output.WriteLine($"  {line.PadRight(width)}   {meaning}".TrimEnd());
            output.WriteLine();
            output.WriteLine("Exit codes:");
            output.WriteLine("  0 all is well   1 a check failed   2 wrong usage or unreadable input   130 stopped by Ctrl-C");
            output.WriteLine();
            return code;
        }
    }
}
