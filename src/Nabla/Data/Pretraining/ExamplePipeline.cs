using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>
/// Sequences cut from windows of documents. The position is where the source stood when the window began, the window's number and how
/// many of its sequences have been given: going on reads the window again and cuts what was given already. Documents without tokens are
/// passed over. A window takes the buffer's documents, but the last takes one more rather than leave one alone, which could not be paired
/// with another.
/// </summary>
internal sealed class ExamplePipeline : StepPipeline<TokenDocument, PretrainingExample>
{
    private readonly PretrainingTokenizer tokenizer;
    private readonly PretrainingOptions options;
    private readonly ulong stepSeed;

    public ExamplePipeline(Pipeline<TokenDocument> source, PretrainingTokenizer tokenizer, PretrainingOptions options, ulong seed)
        : base(source)
    {
        options.Validate();
        (this.tokenizer, this.options, stepSeed) = (tokenizer, options, Seeds.OfStep(seed, $"Pretraining {source.Depth}"));
    }

    protected override long? KnownCount => null;

    public override Cursor<PretrainingExample> Open(int epoch = 0) => new Walking(this, Source.Open(epoch), epoch, 0);

    public override Cursor<PretrainingExample> Open(JsonNode state)
    {
        const string name = "Pretraining";
        var (epoch, window) = (Saved.Small(state, name, Saved.Epoch), Saved.Number(state, name, Saved.Window));
        var cursor = new Walking(this, Source.Open(Saved.Node(state, name, Saved.Of)), epoch, window);
        var given = Saved.Number(state, name, Saved.At);
        for (var i = 0L; i < given; i++)
        {
            if (!cursor.Draw(out _) || cursor.Window != window)
                throw Saved.Misfit(name, $"{given} sequences of its window had been given, here the window has {i}");
        }
        return cursor;
    }

    private SequenceCutter Cutter(IReadOnlyList<TokenDocument> documents, int epoch, long window) =>
        SequenceCutter.Of(documents, tokenizer, options, epoch, Seeds.OfPart(Seeds.OfPart(stepSeed, epoch), window));

    private sealed class Walking(ExamplePipeline step, Cursor<TokenDocument> source, int epoch, long window)
        : StepCursor<TokenDocument, PretrainingExample>(source)
    {
        private readonly ExamplePipeline step = step;
        private readonly List<TokenDocument> read = [];
        private IEnumerator<PretrainingExample>? examples;
        private JsonNode began = source.State;
        private JsonNode? next;
        private long at;

        public long Window { get; private set; } = window;

        public override JsonNode State =>
            new JsonObject { [Saved.Epoch] = epoch, [Saved.Window] = Window, [Saved.At] = at, [Saved.Of] = began.DeepClone() };

        internal override bool Draw([NotNullWhen(true)] out Deferred<PretrainingExample>? item)
        {
            while (examples is null || !examples.MoveNext())
            {
                if (Fill()) continue;
                item = null;
                return false;
            }
            at++;
            item = new Made<PretrainingExample>(examples.Current);
            return true;
        }

        public override void Dispose()
        {
            examples?.Dispose();
            base.Dispose();
        }

        /// <summary>Reads the next window, and two documents beyond it that show that it is not the last.</summary>
        private bool Fill()
        {
            long buffer = step.options.Buffer;
            var behind = read.Count == buffer ? Source.State : null;
            while (read.Count < buffer + 2 && Source.Draw(out var item))
            {
                var document = item.Make();
                if (document.SentenceCount == 0) continue;
                read.Add(document);
                if (read.Count == buffer) behind = Source.State;
            }
            if (read.Count == 0) return false;
            var count = read.Count == buffer + 2 ? (int)buffer : read.Count;
            if (next is not null) (Window, began, at) = (Window + 1, next, 0);
            next = count == buffer ? behind : Source.State;
            examples = step.Cutter(read[..count], epoch, Window).Cut().GetEnumerator();
            read.RemoveRange(0, count);
            return true;
        }
    }
}
