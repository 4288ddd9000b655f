using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>
/// The way back through an attention, its weights computed again block by block from the sums that the way there kept (Dao et al. 2022, §3.1 and algorithm 4). With the weights P, the gradient dO
/// that arrives and D = Σ dO · O of each target: dV = Pᵀ dO, dS = P · (dO Vᵀ − D), dQ = dS K, dK = dSᵀ Q; with dropout
/// by factors Z, dV = (P · Z)ᵀ dO and dS = P · (dO Vᵀ · Z − D). A part is one problem, so that every sum is one chain for any number of threads.
/// </summary>
internal readonly unsafe struct AttentionBackward<R, V, L, TProblems>(TProblems problems) : IPart
    where R : struct, IProductRegister<V> where V : struct where L : struct, IFloatLane<L> where TProblems : struct, IAttentionProblems
{
    /// <summary>Sources of a block: its weights and their gradients fill two thirds of the first-level cache.</summary>
    private const int Block = 128;

    private static int Wide => AttentionPanel<R, V, L>.Wide;

    public void Run()
    {
        var self = this;
        ThreadTeam.Run(problems.Count, ref self);
    }

    public void Run(int part)
    {
        var x = problems[part];
        var (width, depth) = (Padded(x.Width), Padded(x.Depth));
        var memory = Scratch.Mine.Attention.Of(((x.Width + x.Depth + (2 * Block) + 2) * Wide) + (width * (x.Sources + Wide)) + (depth * Wide));
        var keys = Rows(x.Key, 0, x.Sources, x.Width, ref memory);
        if (x.KeyGradient.Address != 0) Clear(x.KeyGradient, x.Sources, x.Width);
        if (x.ValueGradient.Address != 0) Clear(x.ValueGradient, x.Sources, x.Depth);
        for (var first = 0; first < x.Targets; first += Wide)
        {
            var at = memory;
            var targets = Math.Min(Wide, x.Targets - first);
            new Panel(x, first, targets, keys, Rows(x.Query, first, targets, x.Width, ref at), Rows(x.Upstream, first, targets, x.Depth, ref at)) { Memory = at }.Run();
        }
    }

    private static int Padded(int columns) => (columns + R.Count - 1) / R.Count * R.Count;

    /// <summary>Rows whose last register may be read whole: the matrix itself if it ends with one, else a copy.</summary>
    private static AttentionRows Rows(AttentionRows matrix, int first, int count, int columns, ref float* memory)
    {
        if (columns % R.Count == 0) return new((nint)matrix[first], matrix.Step);
        var copy = new AttentionRows((nint)memory, Padded(columns));
        for (var i = 0; i < count; i++) new Span<float>(matrix[first + i], columns).CopyTo(new Span<float>(copy[i], columns));
        memory += count * copy.Step;
        return copy;
    }

    private static void Clear(AttentionRows matrix, int count, int columns)
    {
        for (var i = 0; i < count; i++) new Span<float>(matrix[i], columns).Clear();
    }

    /// <summary>A panel of targets with all sources that it sees.</summary>
    private readonly ref struct Panel(in AttentionProblem problem, int first, int targets, AttentionRows keys, AttentionRows queries, AttentionRows upstream)
    {
        private readonly AttentionProblem x = problem;

        /// <summary>Queries [width, targets], upstream [depth, targets], log sums and D of the targets, weights and their gradients [sources, targets].</summary>
        public required float* Memory { private get; init; }

        private float* Turned => Memory;
        private float* TurnedUpstream => Turned + (x.Width * Wide);
        private float* LogSums => TurnedUpstream + (x.Depth * Wide);
        private float* Dots => LogSums + Wide;
        private float* Weights => Dots + Wide;
        private float* Scores => Weights + (Block * Wide);

        public void Run()
        {
            AttentionPanel<R, V, L>.Turn(x.Query, first, targets, x.Width, Turned);
            AttentionPanel<R, V, L>.Scale(Turned, x.Width * Wide, x.Scale);
            AttentionPanel<R, V, L>.Turn(x.Upstream, first, targets, x.Depth, TurnedUpstream);
            for (var i = 0; i < targets; i++)
            {
                // A target that sees nothing: its scores are −∞, and exp(−∞ − 0) = 0.
                LogSums[i] = float.IsNegativeInfinity(x.LogSums[first + i]) ? 0 : x.LogSums[first + i];
                Dots[i] = Dot(x.Upstream[first + i], x.Output[first + i], x.Depth);
            }
            var seen = x.Seen(first + targets);
            for (var source = 0; source < seen; source += Block) Attend(source, Math.Min(Block, seen - source));
            if (seen == 0 && x.QueryGradient.Address != 0)
                for (var i = 0; i < targets; i++) new Span<float>(x.QueryGradient[first + i], x.Width).Clear();
        }

        private void Attend(int source, int sources)
        {
            AttentionPanel<R, V, L>.Scores(x, Turned, first, targets, source, sources, Weights);
            for (var lane = 0; lane < targets; lane += R.Count) Weigh(Weights + lane, sources, LogSums + lane);
            var drops = x.Dropout.Probability > 0;
            if (drops && x.ValueGradient.Address != 0)
            {
                new Span<float>(Weights, sources * Wide).CopyTo(new Span<float>(Scores, sources * Wide));
                Drop(source, sources);
            }
            if (x.ValueGradient.Address != 0) Add(drops ? Scores : Weights, upstream, x.Depth, x.ValueGradient, source, sources);
            if (x.KeyGradient.Address == 0 && x.QueryGradient.Address == 0) return;
            AttentionPanel<R, V, L>.Multiply(new ProductTile
            {
                Depth = x.Depth, A = x.Value[source], ARow = x.Value.Step, AStep = 1, B = TurnedUpstream, BStep = Wide,
                C = Scores, CRow = Wide, Start = ProductTile.Zeros, Columns = AttentionPanel<R, V, L>.Columns(targets),
            }, sources);
            if (drops) Drop(source, sources);
            for (var lane = 0; lane < targets; lane += R.Count) Back(Weights + lane, Scores + lane, sources, Dots + lane, x.Scale);
            if (x.KeyGradient.Address != 0) Add(Scores, queries, x.Width, x.KeyGradient, source, sources);
            if (x.QueryGradient.Address != 0) AddToQueries(source, sources);
        }

        /// <summary>Drops of the scores' place what the way there dropped.</summary>
        private void Drop(int source, int sources) => x.Dropout.Drop(x.Dropout.FirstRow + (uint)first, targets, source, sources, Scores, Wide);

        /// <summary>gradient [sources, columns] += a [sources, targets] · b [targets, columns]</summary>
        private void Add(float* a, AttentionRows b, int columns, AttentionRows gradient, int source, int sources)
        {
            for (var c = 0; c < columns; c += Wide)
            {
                AttentionPanel<R, V, L>.Multiply(new ProductTile
                {
                    Depth = targets, A = a, ARow = Wide, AStep = 1, B = b[0] + c, BStep = b.Step,
                    C = gradient[source] + c, CRow = gradient.Step, Start = gradient[source] + c, StartRow = gradient.Step, Columns = Math.Min(Wide, columns - c),
                }, sources);
            }
        }

        /// <summary>dQ [targets, width] += dS [targets, sources] · K, from 0 with the first sources.</summary>
        private void AddToQueries(int source, int sources)
        {
            for (var c = 0; c < x.Width; c += Wide)
            {
                var to = x.QueryGradient[first] + c;
                AttentionPanel<R, V, L>.Multiply(new ProductTile
                {
                    Depth = sources, A = Scores, ARow = 1, AStep = Wide, B = keys[source] + c, BStep = keys.Step,
                    C = to, CRow = x.QueryGradient.Step, Start = source == 0 ? ProductTile.Zeros : to, StartRow = source == 0 ? 0 : x.QueryGradient.Step, Columns = Math.Min(Wide, x.Width - c),
                }, targets);
            }
        }

        /// <summary>Scores → weights.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Weigh(float* scores, int sources, float* logSums)
        {
            var shift = L.Load(logSums);
            for (var j = 0; j < sources; j++) L.Store(scores + (j * Wide), L.Exp(L.Load(scores + (j * Wide)) - shift));
        }

        /// <summary>dP → dS · scale = P · (dP − D) · scale</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Back(float* weights, float* gradients, int sources, float* dots, float scale)
        {
            var (dot, factor) = (L.Load(dots), L.Broadcast(scale));
            for (var j = 0; j < sources; j++) L.Store(gradients + (j * Wide), L.Load(weights + (j * Wide)) * factor * (L.Load(gradients + (j * Wide)) - dot));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Dot(float* a, float* b, int length)
        {
            var sum = L.Zero;
            var i = 0;
            for (; i <= length - L.Count; i += L.Count) sum = L.MultiplyAdd(L.Load(a + i), L.Load(b + i), sum);
            if (i < length) sum = L.MultiplyAdd(L.LoadPart(a + i, length - i), L.LoadPart(b + i, length - i), sum);
            return L.Sum(sum);
        }
    }
}
