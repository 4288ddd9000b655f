using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>
/// Attention without its matrix of scores (Dao et al. 2022, "FlashAttention"; the running softmax of Milakov and Gimelshein 2018): block after block of sources is scored, weighed against the largest
/// score so far and added. A part is a few panels of targets of one problem, which read a block of keys and values while it is in the cache.
/// </summary>
internal readonly unsafe struct AttentionForward<R, V, L, TProblems>(TProblems problems) : IPart
    where R : struct, IProductRegister<V> where V : struct where L : struct, IFloatLane<L> where TProblems : struct, IAttentionProblems
{
    /// <summary>Sources of a block: its scores with a panel of targets fill a third of the first-level cache.</summary>
    private const int Block = 128;

    private static int Wide => AttentionPanel<R, V, L>.Wide;

    /// <summary>Panels of a part: several where the sources do not stay in the cache, if enough parts remain.</summary>
    private readonly int panels = problems.Count * (long)problems.MostTargets >= 16L * 4 * Wide * ThreadTeam.Threads ? 4 : 1;

    private int PartsEach => (problems.MostTargets + (panels * Wide) - 1) / (panels * Wide);

    public void Run()
    {
        var self = this;
        ThreadTeam.Run(problems.Count * PartsEach, ref self);
    }

    public void Run(int part)
    {
        var x = problems[part / PartsEach];
        var first = part % PartsEach * panels * Wide;
        var targets = Math.Min(panels * Wide, x.Targets - first);
        if (targets <= 0) return;
        var each = (x.Width + x.Depth + 3) * Wide;
        var scores = Scratch.Mine.Attention.Of((panels * each) + (Block * Wide) + (R.Count * R.Count));
        var memory = scores + (Block * Wide) + (R.Count * R.Count);
        for (var p = 0; p * Wide < targets; p++) new Panel(x, memory + (p * each), first + (p * Wide), Math.Min(Wide, targets - (p * Wide))).Begin();
        for (var source = 0; source < x.Seen(first + targets); source += Block)
        for (var p = 0; p * Wide < targets; p++)
            new Panel(x, memory + (p * each), first + (p * Wide), Math.Min(Wide, targets - (p * Wide))).Attend(source, scores);
        for (var p = 0; p * Wide < targets; p++) new Panel(x, memory + (p * each), first + (p * Wide), Math.Min(Wide, targets - (p * Wide))).End(scores);
    }

    /// <summary>A panel of targets, and its memory: queries [width, targets], output [depth, targets], the largest score, the sum and the last correction of each target.</summary>
    private readonly struct Panel(in AttentionProblem problem, float* memory, int first, int targets)
    {
        private readonly AttentionProblem x = problem;

        private float* Queries => memory;
        private float* Output => memory + (x.Width * Wide);
        private float* Largest => Output + (x.Depth * Wide);
        private float* Sums => Largest + Wide;
        private float* Corrections => Sums + Wide;

        public void Begin()
        {
            AttentionPanel<R, V, L>.Turn(x.Query, first, targets, x.Width, Queries);
            AttentionPanel<R, V, L>.Scale(Queries, x.Width * Wide, x.Scale);
            new Span<float>(Output, x.Depth * Wide).Clear();
            new Span<float>(Largest, Wide).Fill(float.NegativeInfinity);
            new Span<float>(Sums, Wide).Clear();
        }

        /// <summary>Takes the sources of a block into account.</summary>
        public void Attend(int source, float* scores)
        {
            var sources = Math.Min(Block, x.Seen(first + targets) - source);
            if (sources <= 0) return;
            AttentionPanel<R, V, L>.Scores(x, Queries, first, targets, source, sources, scores);
            for (var lane = 0; lane < targets; lane += R.Count) Weigh(scores + lane, sources, Largest + lane, Sums + lane, Corrections + lane);
            if (x.Dropout.Probability > 0) x.Dropout.Drop(x.Dropout.FirstRow + (uint)first, targets, source, sources, scores, Wide);
            if (source > 0)
                for (var lane = 0; lane < targets; lane += R.Count) Correct(Output + lane, x.Depth, Corrections + lane);
            AttentionPanel<R, V, L>.Multiply(new ProductTile
            {
                Depth = sources, A = x.Value[source], ARow = 1, AStep = x.Value.Step, B = scores, BStep = Wide,
                C = Output, CRow = Wide, Start = Output, StartRow = Wide, Columns = AttentionPanel<R, V, L>.Columns(targets),
            }, x.Depth);
        }

        /// <summary>Divides by the sums and writes the rows of the targets.</summary>
        public void End(float* between)
        {
            for (var lane = 0; lane < targets; lane += R.Count) Divide(Output + lane, x.Depth, Largest + lane, Sums + lane);
            if (x.LogSums != null) new Span<float>(Largest, targets).CopyTo(new Span<float>(x.LogSums + first, targets));
            for (var lane = 0; lane < targets; lane += R.Count)
            for (var d = 0; d < x.Depth; d += R.Count)
            {
                var (rows, columns) = (Math.Min(R.Count, x.Depth - d), Math.Min(R.Count, targets - lane));
                R.Transpose(Output + (d * Wide) + lane, Wide, rows, between, R.Count);
                for (var i = 0; i < columns; i++) new Span<float>(between + (i * R.Count), rows).CopyTo(new Span<float>(x.Output[first + lane + i] + d, rows));
            }
        }

        /// <summary>Scores → exp(score − largest so far), and by how much what was summed before shrinks.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Weigh(float* scores, int sources, float* largest, float* sums, float* corrections)
        {
            var before = L.Load(largest);
            var (a, b) = (before, before);
            var j = 0;
            for (; j < sources - 1; j += 2)
            {
                a = L.AtLeast(a, L.Load(scores + (j * Wide)));
                b = L.AtLeast(b, L.Load(scores + ((j + 1) * Wide)));
            }
            if (j < sources) a = L.AtLeast(a, L.Load(scores + (j * Wide)));
            a = L.AtLeast(a, b);
            // A target that sees nothing yet: −∞ − 0 stays −∞, whose exponential is 0.
            var shift = L.Select(L.LessThan(a, L.Broadcast(float.MinValue)), L.Zero, a);
            var sum = L.Zero;
            for (j = 0; j < sources; j++)
            {
                var weight = L.Exp(L.Load(scores + (j * Wide)) - shift);
                L.Store(scores + (j * Wide), weight);
                sum += weight;
            }
            var correction = L.Exp(before - shift);
            L.Store(largest, a);
            L.Store(sums, L.MultiplyAdd(L.Load(sums), correction, sum));
            L.Store(corrections, correction);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Correct(float* output, int depth, float* corrections)
        {
            var correction = L.Load(corrections);
            for (var d = 0; d < depth; d++) L.Store(output + (d * Wide), L.Load(output + (d * Wide)) * correction);
        }

        /// <summary>Output / sum, 0 where the sum is; and largest + ln sum in the place of the largest.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Divide(float* output, int depth, float* largest, float* sums)
        {
            var sum = L.Load(sums);
            var factor = L.Select(L.Equal(sum, L.Zero), L.Zero, L.One / sum);
            for (var d = 0; d < depth; d++) L.Store(output + (d * Wide), L.Load(output + (d * Wide)) * factor);
            L.Store(largest, L.Load(largest) + L.Log(sum));
        }
    }
}
