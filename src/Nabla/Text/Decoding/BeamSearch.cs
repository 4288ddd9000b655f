using System.Runtime.Intrinsics;

namespace Nabla.Text;

/// <summary>
/// Holds the likeliest beginnings of each sequence, extends them by every token and keeps the likeliest again (Graves 2012; Sutskever et al. 2014, §3.2). One that ends leaves the beam, which is
/// smaller from then on, and is compared with others by ln p / lp, lp = ((5 + length) / 6)^α, where the length counts the end (Wu et al. 2016, §7, eq. 14). The search is over when no beginning can
/// still become better than the best that has ended.
/// </summary>
/// <param name="Start">The token that each sequence begins with.</param>
/// <param name="End">The token that ends one.</param>
/// <param name="MaximumLength">How many tokens a sequence may have, the end counted.</param>
/// <param name="Width">How many beginnings, at least 1. Of width 1 it is greedy search.</param>
public sealed record BeamSearch(int Start, int End, int MaximumLength, int Width) : SequenceSearch(Start, End, MaximumLength)
{
    /// <summary>How many beginnings, at least 1.</summary>
    public int Width { get; init; } = Width >= 1 ? Width : throw new ArgumentOutOfRangeException(nameof(Width), Width, "BeamSearch: a width of at least 1 is needed.");

    /// <summary>α, 0 or more: 0 compares probabilities, which favours the short; the paper has 0.6 to 0.7.</summary>
    public double LengthPenalty
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "BeamSearch: a length penalty of 0 or more is needed.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<WrittenSequence> Run(ISequenceModel model) => [.. RunAll(model).Select(found => found[0])];

    /// <summary>For each row of the model, which is used up, what was found: the best first, those that were cut off last.</summary>
    public IReadOnlyList<IReadOnlyList<WrittenSequence>> RunAll(ISequenceModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var beams = Enumerable.Range(0, model.Rows).Select(_ => new Beam(this)).ToArray();
        int[] last = [.. beams.Select(_ => Start)];
        for (var length = 0; last.Length > 0; length++)
        {
            var (logits, sums, vocabulary) = Next(model, last);
            DemandTokens(vocabulary);
            var (row, rows, tokens) = (0, new List<int>(), new List<int>());
            foreach (var beam in beams)
            {
                var first = row;
                row += beam.Live;
                beam.Extend(logits.AsSpan<float>(), sums, vocabulary, first, length, rows, tokens);
            }
            Done(model, logits);
            if (!IsInOrder(rows, last.Length)) model.Select(rows);
            last = [.. tokens];
        }
        return [.. beams.Select(beam => beam.Found)];
    }

    private static bool IsInOrder(List<int> rows, int before)
    {
        if (rows.Count != before) return false;
        for (var i = 0; i < rows.Count; i++)
            if (rows[i] != i) return false;
        return true;
    }

    private double Penalty(int length) => Math.Pow((5.0 + length) / 6, LengthPenalty);

    /// <summary>A beginning: its last token and what came before it.</summary>
    private sealed class Beginning(Beginning? before, int token, double logProbability)
    {
        private readonly Beginning? before = before;

        public int Token => token;

        public double LogProbability => logProbability;

        public List<int> Tokens
        {
            get
            {
                var tokens = new List<int>();
                for (var at = this; at.before is not null; at = at.before) tokens.Add(at.Token);
                tokens.Reverse();
                return tokens;
            }
        }
    }

    /// <summary>What is known of one sequence.</summary>
    private sealed class Beam(BeamSearch search)
    {
        private readonly List<WrittenSequence> ended = [];
        private List<Beginning> live = [new(null, search.Start, 0)];

        /// <summary>Beginnings under way.</summary>
        public int Live => live.Count;

        public IReadOnlyList<WrittenSequence> Found { get; private set; } = [];

        /// <summary>Extends the beginnings, whose rows begin at <paramref name="first"/>; adds the rows and tokens of those that go on.</summary>
        public void Extend(ReadOnlySpan<float> logits, float[] sums, int vocabulary, int first, int length, List<int> rows, List<int> tokens)
        {
            if (live.Count == 0) return;
            var best = new Candidates(search.Width - ended.Count);
            for (var i = 0; i < live.Count; i++)
                best.Offer(i, live[i].LogProbability - sums[first + i], logits.Slice((first + i) * vocabulary, vocabulary));
            var next = new List<Beginning>();
            var cut = new List<Beginning>();
            foreach (var (from, token, log) in best.InOrder())
            {
                var longer = new Beginning(live[from], token, log);
                if (token == search.End) ended.Add(Written(live[from], log, length, isEnded: true));
                else if (length + 1 == search.MaximumLength) cut.Add(longer);
                else
                {
                    next.Add(longer);
                    rows.Add(first + from);
                }
            }
            if (next.Count > 0 && IsDecided(next[0].LogProbability))
            {
                rows.RemoveRange(rows.Count - next.Count, next.Count);
                next.Clear();
            }
            tokens.AddRange(next.Select(beginning => beginning.Token));
            live = next;
            if (live.Count > 0) return;
            var cutOff = cut.Select(beginning => Written(beginning, beginning.LogProbability, length + 1, isEnded: false));
            Found = [.. ended.OrderByDescending(sequence => sequence.Score), .. cutOff.OrderByDescending(sequence => sequence.Score)];
        }

        /// <summary>Whether one has ended that is at least as good as the best that may still come: of ln p ≤ 0 the largest penalty leaves the most.</summary>
        private bool IsDecided(double mostLikely) => ended.Count > 0 && mostLikely / search.Penalty(search.MaximumLength) <= ended.Max(sequence => sequence.Score);

        private WrittenSequence Written(Beginning beginning, double log, int length, bool isEnded) =>
            new(beginning.Tokens, log, isEnded) { Score = log / search.Penalty(length + (isEnded ? 1 : 0)) };
    }

    /// <summary>The best extensions; of equal ones the earlier.</summary>
    private sealed class Candidates(int most)
    {
        private readonly List<(int From, int Token, double Log)> kept = new(most + 1);

        /// <summary>All extensions of a beginning: <paramref name="shift"/> makes a logit its logarithm of the probability.</summary>
        public void Offer(int from, double shift, ReadOnlySpan<float> logits)
        {
            var token = 0;
            while (token < logits.Length)
            {
                if (kept.Count == most) token = NextAbove((float)(kept[^1].Log - shift), logits, token);
                if (token < logits.Length) Insert(from, token, shift + logits[token]);
                token++;
            }
        }

        public List<(int From, int Token, double Log)> InOrder() => kept;

        /// <summary>Where the next logit stands that is not below the bar.</summary>
        private static int NextAbove(float bar, ReadOnlySpan<float> logits, int from)
        {
            var limit = Vector512.Create(bar);
            while (from <= logits.Length - Vector512<float>.Count && !Vector512.GreaterThanOrEqualAny(Vector512.Create(logits[from..]), limit)) from += Vector512<float>.Count;
            while (from < logits.Length && !(logits[from] >= bar)) from++;
            return from;
        }

        private void Insert(int from, int token, double log)
        {
            if (kept.Count == most && !(log > kept[^1].Log)) return;
            var at = kept.Count;
            while (at > 0 && log > kept[at - 1].Log) at--;
            kept.Insert(at, (from, token, log));
            if (kept.Count > most) kept.RemoveAt(most);
        }
    }
}
