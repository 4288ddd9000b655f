using System.CommandLine;
using System.IO.Enumeration;
using Nabla.Benchmarks;
using Nabla.Benchmarks.Workloads;

var threads = new Option<int>("--threads") { Description = "How many threads both sides use.", DefaultValueFactory = _ => 1, HelpName = "1|2" };
var only = new Option<string[]>("--only") { Description = "Only the workloads of this name; * stands for anything: gemm-*.", HelpName = "name", AllowMultipleArgumentsPerToken = true };
var peer = new Option<string>("--peer") { Description = "Whom to compare with.", DefaultValueFactory = _ => Engines.TorchSharp };
peer.AcceptOnlyFromAmong([.. Engines.Peers]);
var json = new Option<string?>("--json") { Description = "Also write the results to a file, as JSON.", HelpName = "file" };
var markdown = new Option<string?>("--markdown") { Description = "Also put the table into a page of Markdown, between its marks.", HelpName = "file" };
var vocabularies = new Option<string?>("--vocabularies") { Description = "The folder of BERT's vocabularies, for the rows wordpiece-*: google_uncased_en_vocab.txt, google_zh_vocab.txt.", HelpName = "folder" };
var list = new Option<bool>("--list") { Description = "Only say what there is to run." };
var parity = new Option<string?>("--parity") { Description = "Train beside TorchSharp from the same weights and compare the losses; exit code 1 if they part." }.AcceptOnlyFromAmong([.. Checks.Names]);
var float64 = new Option<bool>("--float64") { Description = "With --parity: both sides compute in float64, as ResNet-18 does always." };
var soak = new Option<string?>("--soak") { Description = "Train for 12,000 steps, sequences for 5,000 of varying lengths, and watch the memory; exit code 1 if it grows." }.AcceptOnlyFromAmong([.. Checks.Names]);
var scaling = new Option<string?>("--scaling") { Description = "Time training at several sizes of the batch, with one thread and with two; exit code 1 if it does not scale." }.AcceptOnlyFromAmong([.. Trainings.All.Select(training => training.Name)]);
var compare = new Option<string?>("--compare") { Description = "Train on both sides from weights of their own, over several seeds, and compare how well they foretell a text that they have not seen; exit code 1 if they part." }
    .AcceptOnlyFromAmong([.. CharacterComparison.All.Select(comparison => comparison.Name)]);
var large = new Option<bool>("--large") { Description = "Compute with and save a tensor of more than 2³¹ elements (18 GB of memory); exit code 1 if anything is wrong." };
var longAttention = new Option<bool>("--long-attention") { Description = "Attend over 16,384 tokens, forward and backward; exit code 1 if the process needs more than 1 GB." };
var model = new Option<string>("--model") { Description = "The folder of all-MiniLM-L6-v2, for the rows minilm-* and --check minilm.", HelpName = "folder", DefaultValueFactory = _ => MiniLm.Folder };
var reference = new Option<string>("--reference") { Description = "The folder of texts and embeddings for --check minilm.", HelpName = "folder", DefaultValueFactory = _ => MiniLm.Reference };
var check = new Option<string?>("--check") { Description = "Compare embeddings of a real checkpoint with ONNX Runtime's and Hugging Face's; exit code 1 if they part." }.AcceptOnlyFromAmong("minilm");
var alone = new Option<string?>("--alone") { Description = "Run one side of a workload for 20 seconds and say how long a run took, in time and in time of a processor: for a profiler, or on a busy machine.", HelpName = "name" }
    .AcceptOnlyFromAmong([.. Catalogue.Workloads.Select(workload => workload.Name)]);
var side = new Option<string>("--side") { Description = "With --alone: whose.", DefaultValueFactory = _ => Engines.Nabla };
side.AcceptOnlyFromAmong([Engines.Nabla, .. Engines.Peers]);
var memory = new Option<string[]>("--measure-memory") { Arity = new ArgumentArity(2, 2), AllowMultipleArgumentsPerToken = true, Hidden = true };
threads.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() is var count && (count < 1 || count > Environment.ProcessorCount))
        result.AddError($"--threads {count}: this machine has 1 to {Environment.ProcessorCount}.");
});

var command = new RootCommand("The same work on Nabla and on a peer, side by side: times, ratios, share of the machine's peak, memory.")
{
    threads, only, peer, vocabularies, json, markdown, parity, float64, soak, scaling, compare, large, longAttention, check, model, reference, alone, side, list, memory,
};
command.SetAction(arguments =>
{
    (MiniLm.Folder, MiniLm.Reference) = (arguments.GetValue(model)!, arguments.GetValue(reference)!);
    if (arguments.GetValue(vocabularies) is { } folder)
        WordPieces.Folder = Path.GetFullPath(folder);
    if (arguments.GetValue(memory) is [var name, var measured])
    {
        PeakMemory.Report(Catalogue.Workloads.Single(workload => workload.Name == name), measured, arguments.GetValue(threads));
        return 0;
    }
    if (arguments.GetValue(large))
        return LargeTensor.Holds() ? 0 : 1;
    if (arguments.GetValue(longAttention))
        return LongAttention.Holds() ? 0 : 1;
    if (arguments.GetValue(scaling) is { } scaled)
        return Scaling.Holds(scaled) ? 0 : 1;
    if (arguments.GetValue(compare) is { } text)
        return CharacterComparison.All.Single(comparison => comparison.Name == text).Holds(arguments.GetValue(threads)) ? 0 : 1;
    if ((arguments.GetValue(parity) ?? arguments.GetValue(soak)) is not null)
        return Commands.Check(arguments.GetValue(parity), arguments.GetValue(float64), arguments.GetValue(soak), arguments.GetValue(threads));
    if (arguments.GetValue(alone) is { } profiled)
        return Commands.RunAlone(Catalogue.Workloads.Single(workload => workload.Name == profiled), arguments.GetValue(side)!, arguments.GetValue(threads));
    if (arguments.GetValue(check) is not null)
        return Commands.CheckEmbeddings(arguments.GetValue(threads));
    var names = arguments.GetValue(only) ?? [];
    var chosen = Catalogue.Workloads.Where(workload => workload.Peers.ContainsKey(arguments.GetValue(peer)!)
        && (names.Length == 0 || names.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, workload.Name)))).ToList();
    if (chosen.Count == 0)
    {
        Console.Error.WriteLine($"No workload is called {string.Join(" or ", names)}. There are: {string.Join(", ", Catalogue.Workloads.Select(workload => workload.Name))}.");
        return 2;
    }
    if (arguments.GetValue(list))
    {
        chosen.ForEach(workload => Console.WriteLine($"{workload.Name,-28} {workload.Peers[arguments.GetValue(peer)!].Goal,-22} {workload.Work}"));
        return 0;
    }
    foreach (var workload in chosen)
        if (workload.Missing() is { } missing)
            Console.Error.WriteLine($"{workload.Name} is left out: {missing}.");
    chosen.RemoveAll(workload => workload.Missing() is not null);
    if (chosen.Count == 0)
        return 2;
    return Commands.Compare(chosen, arguments.GetValue(peer)!, arguments.GetValue(threads), arguments.GetValue(json), arguments.GetValue(markdown));
});
return command.Parse(args).Invoke();
