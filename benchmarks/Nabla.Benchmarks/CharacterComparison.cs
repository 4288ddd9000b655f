using Nabla.Benchmarks.Workloads;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Text;
using Nabla.Training;
using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Nabla.Benchmarks;

/// <summary>
/// How well a language model of characters gets on both sides: the same configuration and text, each side's own first values, several seeds. An LSTM of 128 units reads a text in 32 streams, its
/// state carried on, its gradients cut after 64 characters; then each foretells the last twentieth.
/// </summary>
/// <param name="Name">The text.</param>
/// <param name="Ids">Its characters.</param>
/// <param name="Steps">Steps of the training.</param>
internal sealed record CharacterComparison(string Name, Func<int[]> Ids, int Steps)
{
    const int Width = 64, Hidden = 128, Streams = 32, Stretch = 64, Seeds = 3, HeldOutStreams = 8, HeldOutStretch = 256;
    const double LearningRate = 2e-3, Clip = 1, Allowed = 0.02, HeldOut = 0.05;

    public static IReadOnlyList<CharacterComparison> All { get; } = [new("moby-dick", Texts.MobyDick, 2_000), new("tang-poems", Texts.TangPoems, 500)];

    /// <summary>Prints the bits per character of each seed and returns whether the means are within 2% of each other.</summary>
    public bool Holds(int threads)
    {
        Engines.UseThreads(Engines.Nabla, threads);
        Engines.UseThreads(Engines.TorchSharp, threads);
        var ids = Ids();
        var (symbols, cut) = (ids.Max() + 1, (int)(ids.Length * (1 - HeldOut)));
        var (train, test) = (new TextStreams(ids.AsSpan(0, cut), Streams, Stretch), new TextStreams(ids.AsSpan(cut), HeldOutStreams, HeldOutStretch));
        Console.WriteLine($"LSTM of {Hidden} units on an embedding of {Width}, {Steps} steps of {Streams} × {Stretch} characters of {Name}, of {symbols} kinds, Adam, rate {LearningRate}\nseed   Nabla TorchSharp   bits per character of {test.Tokens} characters held out");
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var seed = 1; seed <= Seeds; seed++)
        {
            ours.Add(Ours(symbols, (ulong)seed, train, test));
            theirs.Add(Theirs(symbols, seed, train, test));
            Console.WriteLine(FormattableString.Invariant($"{seed,4}  {ours[^1]:0.0000}     {theirs[^1]:0.0000}"));
        }
        var apart = Math.Abs(ours.Average() - theirs.Average()) / theirs.Average();
        Console.WriteLine(FormattableString.Invariant($"mean  {ours.Average():0.0000}     {theirs.Average():0.0000}\nThe means are {100 * apart:0.0}% apart; allowed: {100 * Allowed:0}%."));
        return apart <= Allowed;
    }

    double Ours(int symbols, ulong seed, TextStreams train, TextStreams test)
    {
        var model = new CharacterModel(symbols, new Lstm(Width, Hidden)).Initialize(seed);
        var carried = new TruncatedBackpropagation(model, Streams);
        new Trainer<TextStretch>(model, new Adam(model, LearningRate), carried.Loss) { Carried = carried, ClipNorm = Clip, Epochs = int.MaxValue, Steps = Steps }.Fit(train);
        return new CharacterEvaluator(model).Evaluate(test)["bits_per_character"];
    }

    double Theirs(int symbols, int seed, TextStreams train, TextStreams test)
    {
        manual_seed(seed);
        using var model = new TorchCharacters(symbols, Width, Hidden, nn.LSTM(Width, Hidden, batchFirst: true));
        var optimizer = optim.Adam(model.parameters(), LearningRate);
        (TorchTensor Hidden, TorchTensor Cell)? state = null;
        for (var step = 0; step < Steps; step++)
        {
            var stretch = train[step % train.Count];
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var (loss, next) = Loss(model, stretch, stretch.IsFirst ? null : state);
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), Clip);
            optimizer.step();
            state = Kept(next, state);
        }
        return HeldOutBits(model, test);
    }

    static double HeldOutBits(TorchCharacters model, TextStreams test)
    {
        using var quiet = no_grad();
        var (nats, state) = (0.0, ((TorchTensor Hidden, TorchTensor Cell)?)null);
        foreach (var stretch in test)
        {
            using var scope = NewDisposeScope();
            var (loss, next) = Loss(model, stretch, state);
            nats += loss.to(ScalarType.Float64).item<double>() * stretch.Next.Length;
            state = Kept(next, state);
        }
        return nats / test.Tokens / Math.Log(2);
    }

    static (TorchTensor Loss, (TorchTensor Hidden, TorchTensor Cell) State) Loss(TorchCharacters model, TextStretch stretch, (TorchTensor Hidden, TorchTensor Cell)? state)
    {
        var (logits, next) = model.Step(tensor(stretch.Ids.ToArray<long>(), [.. stretch.Ids.Shape.ToArray().Select(length => (long)length)]), state);
        return (nn.functional.cross_entropy(logits.reshape(-1, logits.shape[^1]), tensor(stretch.Next.ToArray<long>())), next);
    }

    /// <summary>The state without its history, beyond the step's scope.</summary>
    static (TorchTensor, TorchTensor) Kept((TorchTensor Hidden, TorchTensor Cell) next, (TorchTensor Hidden, TorchTensor Cell)? before)
    {
        before?.Hidden.Dispose();
        before?.Cell.Dispose();
        return (next.Hidden.detach().MoveToOuterDisposeScope(), next.Cell.detach().MoveToOuterDisposeScope());
    }
}
