using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Text;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Nabla.Benchmarks.Workloads;

/// <summary>A Transformer that is trained to translate, and that writes: 256 wide, 8 heads, 3 + 3 layers, 32 sentences of 24 tokens from 8,000 on either side.</summary>
internal static class Translations
{
    public const string Name = "seq2seq";

    const int Sentences = 32, Time = 24, Vocabulary = 8000, Start = 0, End = 1, Beams = 5, Batches = 7, CheckedSteps = 3;
    const double Smoothing = 0.1, LearningRate = 3e-4;

    static readonly Seq2SeqShape Shape = new(Vocabulary, Vocabulary, new TransformerShape(256, 8, 1024)) { EncoderLayers = 3, DecoderLayers = 3 };

    public static IEnumerable<Workload> All => [Training, Decoding("seq2seq-decode-greedy", "greedily", 1), Decoding("seq2seq-decode-beam5", "by beam search of width 5", Beams)];

    static Workload Training => new(Name, "a training step of a Transformer, 3 + 3 layers of 256, 32 × (24 → 24) tokens of 8,000, label smoothing, Adam", new(2), OurTraining, TheirTraining)
    {
        Flops = 3 * ForwardFlops,
        // The gradients of large tables are mostly rounding in most of their elements.
        ComparesNorms = true,
        Tolerance = 1e-3,
    };

    static Workload Decoding(string name, string how, int beams) => new(name, $"32 sources of 24 tokens read and 24 tokens written {how}, keys and values kept", new(3),
        () => OurDecoding(beams), () => TheirDecoding(beams)) { Units = Sentences * Time, Tolerance = 1e-4 };

    /// <summary>Multiplications and additions of the way forward.</summary>
    static double ForwardFlops
    {
        get
        {
            var (width, inner, tokens) = (Shape.Layer.Width, Shape.Layer.Inner, (double)Sentences * Time);
            var feedForward = 4.0 * width * inner;
            var attention = (8.0 * width * width) + (4.0 * Time * width);
            return tokens * ((Shape.EncoderLayers * (attention + feedForward)) + (Shape.DecoderLayers * ((2 * attention) + feedForward)) + (2.0 * width * Vocabulary));
        }
    }

    /// <summary>Both models with the same weights.</summary>
    static (Seq2Seq Ours, TorchSeq2Seq Theirs) Models(ScalarType type = ScalarType.Float32)
    {
        var ours = new Seq2Seq(Shape).Initialize(1);
        // It never says that it is at an end, so that both sides always write as much.
        ours.OutputBias.Set(Tensor.From([.. Enumerable.Range(0, Vocabulary).Select(token => token == End ? -1e4f : 0)]));
        var theirs = new TorchSeq2Seq(Shape, Time + 1);
        using (no_grad())
        {
            foreach (var (member, parameter) in ours.Parameters().Zip(theirs.InOrder, (member, parameter) => (member.Parameter, parameter)))
                parameter.copy_(TorchSide.From(member.Value.ToArray<float>(), [.. member.Shape.ToArray().Select(length => (long)length)]));
        }
        return (ours, (TorchSeq2Seq)theirs.to(type));
    }

    static long[] Tokens(int seed, int count) => [.. Values.Indices(seed, count, Vocabulary - 2).Select(token => token + 2)];

    /// <summary>Numbers of a batch: sources, targets behind the start token, targets before a last one.</summary>
    static (long[] Source, long[] Input, long[] Wanted) Batch(int number)
    {
        var (source, target) = (Tokens(100 + number, Sentences * Time), Tokens(200 + number, Sentences * Time));
        long[] input = [.. target.Select((_, i) => i % Time == 0 ? Start : target[i - 1])];
        return (source, input, target);
    }

    static Ragged Ours(long[] tokens) => new(Tensor.From(tokens), [.. Enumerable.Repeat(Time, tokens.Length / Time)]);

    static TorchTensor Theirs(long[] tokens) => tensor(tokens).view(-1, Time);

    static Tensor Loss(Seq2Seq model, (long[] Source, long[] Input, long[] Wanted) batch, out Tensor logits) =>
        (logits = model.Forward(Ours(batch.Source), Ours(batch.Input)).Values).CrossEntropy(Tensor.From(batch.Wanted), new() { LabelSmoothing = Smoothing });

    static TorchTensor Loss(TorchSeq2Seq model, TorchTensor source, TorchTensor input, TorchTensor wanted, out TorchTensor logits) =>
        F.cross_entropy((logits = model.forward(source, input)).view(-1, Vocabulary), wanted.view(-1), label_smoothing: Smoothing);

    /// <summary>A step from a batch to its loss.</summary>
    static Func<int, double> OurSteps(Seq2Seq model)
    {
        var optimizer = new Adam(model, LearningRate);
        var batches = Enumerable.Range(0, Batches).Select(Batch).ToArray();
        return step =>
        {
            var (loss, gradients) = Gradients.Of(() => Loss(model, batches[step % Batches], out _));
            optimizer.Step(gradients);
            return loss.Item();
        };
    }

    static Func<int, double> TheirSteps(TorchSeq2Seq model)
    {
        var optimizer = optim.Adam(model.parameters(), LearningRate);
        var batches = Enumerable.Range(0, Batches).Select(Batch).Select(batch => (Source: Theirs(batch.Source), Input: Theirs(batch.Input), Wanted: Theirs(batch.Wanted))).ToArray();
        return step =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var (source, input, wanted) = batches[step % Batches];
            var loss = Loss(model, source, input, wanted, out _);
            loss.backward();
            optimizer.step();
            return loss.to(ScalarType.Float64).item<double>();
        };
    }

    /// <summary>The bias of keys moves all scores of a target alike, so its gradient is 0 but for rounding.</summary>
    static bool IsCompared(string path) => !path.EndsWith("key.bias", StringComparison.Ordinal);

    static Side OurTraining()
    {
        var model = Models().Ours;
        var step = OurSteps(model);
        var steps = 0;
        return new(() => step(steps++), () =>
        {
            Tensor? logits = null;
            var (_, gradients) = Gradients.Of(() => Loss(model, Batch(0), out logits));
            var all = model.Parameters().Where(member => IsCompared(member.Path)).Select(member => gradients[member.Parameter].ToArray<float>()).ToArray();
            return [logits!.ToArray<float>(), .. all, [.. Enumerable.Range(0, CheckedSteps).Select(_ => (float)step(steps++))]];
        });
    }

    static Side TheirTraining()
    {
        var (ours, model) = Models();
        var step = TheirSteps(model);
        var steps = 0;
        return new(() => step(steps++), () =>
        {
            using var scope = NewDisposeScope();
            var (source, input, wanted) = Batch(0);
            var loss = Loss(model, Theirs(source), Theirs(input), Theirs(wanted), out var logits);
            var gradients = autograd.grad([loss], [.. model.InOrder]);
            var all = ours.Parameters().Zip(gradients).Where(pair => IsCompared(pair.First.Path)).Select(pair => TorchSide.Values(pair.Second)).ToArray();
            return [TorchSide.Values(logits), .. all, [.. Enumerable.Range(0, CheckedSteps).Select(_ => (float)step(steps++))]];
        });
    }

    static Side OurDecoding(int beams)
    {
        var (model, source) = (Models().Ours, Ours(Batch(0).Source));
        SequenceSearch search = beams == 1 ? new GreedySearch(Start, End, Time) : new BeamSearch(Start, End, Time, beams);
        IReadOnlyList<WrittenSequence> Write() => search.Run(model.Begin(source));
        return new(() => Write(), () =>
        {
            var written = Write();
            return [[.. written.Select(one => (float)one.LogProbability)], [.. written.SelectMany(one => one.Tokens).Select(token => (float)token)]];
        });
    }

    static Side TheirDecoding(int beams)
    {
        var (model, source) = (Models().Theirs, Theirs(Batch(0).Source));
        (TorchTensor Scores, TorchTensor Tokens) Write() => beams == 1 ? Greedy(model, source) : Beam(model, source, beams);
        return new(
            () =>
            {
                using var mode = inference_mode();
                using var scope = NewDisposeScope();
                var (scores, tokens) = Write();
                scores.data<float>().ToArray();
                tokens.contiguous().data<long>().ToArray();
            },
            () =>
            {
                using var mode = inference_mode();
                using var scope = NewDisposeScope();
                var (scores, tokens) = Write();
                return [scores.data<float>().ToArray(), [.. tokens.contiguous().data<long>().ToArray().Select(token => (float)token)]];
            });
    }

    static (TorchTensor Scores, TorchTensor Tokens) Greedy(TorchSeq2Seq model, TorchTensor source)
    {
        var memory = model.Remember(model.Encode(source));
        var past = new (TorchTensor Key, TorchTensor Value)[Shape.DecoderLayers];
        var (last, scores, written) = (full(Sentences, 1, Start, dtype: ScalarType.Int64), zeros(Sentences), new List<TorchTensor>());
        for (var place = 0; place < Time; place++)
        {
            var logits = model.Step(last, place, past, memory).squeeze(1);
            last = logits.argmax(1, keepdim: true);
            scores += (logits.gather(1, last) - logits.logsumexp(1, keepdim: true)).squeeze(1);
            written.Add(last);
        }
        return (scores, cat(written, 1));
    }

    static (TorchTensor Scores, TorchTensor Tokens) Beam(TorchSeq2Seq model, TorchTensor source, int beams)
    {
        var memory = model.Remember(model.Encode(source));
        var past = new (TorchTensor Key, TorchTensor Value)[Shape.DecoderLayers];
        var firsts = arange(Sentences).view(-1, 1);
        var (last, scores, written) = (full(Sentences, 1, Start, dtype: ScalarType.Int64), zeros(Sentences, 1), empty(Sentences, 1, 0, dtype: ScalarType.Int64));
        for (var place = 0; place < Time; place++)
        {
            var logits = model.Step(last, place, past, memory);
            var all = (logits - logits.logsumexp(2, keepdim: true) + scores.unsqueeze(2)).view(Sentences, -1);
            (scores, var best) = all.topk(beams, 1);
            var parents = best.div(Vocabulary, RoundingMode.floor);
            last = best.remainder(Vocabulary);
            var rows = ((firsts * written.shape[1]) + parents).view(-1);
            for (var i = 0; i < past.Length; i++)
                past[i] = (past[i].Key.index_select(0, rows), past[i].Value.index_select(0, rows));
            written = cat([written.flatten(0, 1).index_select(0, rows).view(Sentences, beams, place), last.unsqueeze(2)], 2);
        }
        return (scores.select(1, 0).contiguous(), written.select(1, 0));
    }

    /// <summary>The losses of both sides and, where they are not in float64, of TorchSharp in it, step by step from the same weights.</summary>
    public static Func<int, (double Ours, double Theirs, double? Exact)> Parity(bool float64)
    {
        var (ours, theirs) = Models(float64 ? ScalarType.Float64 : ScalarType.Float32);
        var (our, their) = (OurSteps(float64 ? ours.To(DType.Float64) : ours), TheirSteps(theirs));
        var exact = float64 ? null : TheirSteps(Models(ScalarType.Float64).Theirs);
        return step => (our(step), their(step), exact?.Invoke(step));
    }

    /// <summary>Training steps of a smaller model over batches whose sentences have ever other lengths; every tenth writes, too.</summary>
    public static Action Soak()
    {
        var model = new Seq2Seq(new(500, 500, new TransformerShape(64, 4, 128) { Dropout = 0.1 }) { EncoderLayers = 2, DecoderLayers = 2 }).Initialize(1);
        var (optimizer, random, steps) = (new Adam(model, LearningRate), new Random(1), 0);
        Ragged Sequences(int first)
        {
            int[] lengths = [.. Enumerable.Range(0, 16).Select(_ => random.Next(1, 40))];
            return new(Tensor.From([.. Enumerable.Range(0, lengths.Sum()).Select(_ => (long)random.Next(first, 500))]), lengths);
        }
        return () =>
        {
            var (source, target) = (Sequences(0), Sequences(2));
            var (_, gradients) = Gradients.Of(() => model.Forward(source, target).Values.CrossEntropy(target.Values, new() { LabelSmoothing = Smoothing }));
            optimizer.Step(gradients);
            if (steps++ % 10 == 0)
                new BeamSearch(Start, End, 20, 3).Run(model.Begin(source));
        };
    }
}
