using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>
    /// The rows of a table that the indices name. Inputs indices (Int64) [..], weight [rows, width] → [.., width]. The row <paramref name="PaddingIndex"/>, if any,
    /// gets no gradient.
    /// </summary>
    internal sealed partial record Embedding(int? PaddingIndex) : Op
    {
        public override Shape Infer(ReadOnlySpan<Tensor> inputs)
        {
            var (indices, weight) = (inputs[0], inputs[1]);
            if (weight.Rank != 2) throw new ArgumentException($"Embedding: the table has shape {weight.Shape}, [rows, width] is needed.");
            if (indices.DType != DType.Int64) throw new ArgumentException($"Embedding: the indices are {indices.DType}{indices.Shape}, Int64 is needed: x.To(DType.Int64).");
            Indices.Demand(Name, indices, weight.Shape[0], null, $"the table {weight.Shape} has {weight.Shape[0]} rows, so 0 ≤ index < {weight.Shape[0]} is needed");
            return [.. indices.Shape, weight.Shape[1]];
        }

        public override DType InferType(ReadOnlySpan<Tensor> inputs) => inputs[1].DType;

        public override Tensor Compose(ReadOnlySpan<Tensor> inputs) => inputs[1].IndexSelect(0, inputs[0]);

        public override Tensor?[] Gradient(Backward call)
        {
            if (!call.Needs(1)) return [null, null];
            var (indices, dy) = (call.Inputs[0], call.Upstream);
            if (PaddingIndex is { } padding) dy = dy.MaskedFill(indices.EqualTo(padding).Unsqueeze(-1), 0);
            return [null, new IndexAdd(call.Inputs[1].Shape, 0).Apply(dy, indices)];
        }
    }

    /// <summary>Checks that indices are in range.</summary>
    internal static class Indices
    {
        /// <summary>Throws at the first index that is neither in 0 … limit − 1 nor <paramref name="exempt"/>, saying what is <paramref name="needed"/>.</summary>
        public static unsafe void Demand(string op, Tensor index, int limit, long? exempt, string needed)
        {
            using var paused = Recorder.Pause();
            index = index.Contiguous();
            var values = index.Pointer<long>();
            for (var i = 0L; i < index.Length; i++)
                if ((ulong)values[i] >= (ulong)limit && values[i] != exempt) throw IndexLoops.OutOfRange(op, index, i, needed);
            GC.KeepAlive(index);
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>The rows of a table that these integers name: [..] → [.., width].</summary>
        /// <param name="weight">The table, [rows, width].</param>
        /// <param name="paddingIndex">A row that gets no gradient, so that padding is not trained.</param>
        /// <exception cref="IndexOutOfRangeException">An index is negative or not below the number of rows.</exception>
        public Tensor Embedding(Tensor weight, int? paddingIndex = null)
        {
            ArgumentNullException.ThrowIfNull(weight);
            return new Embedding(paddingIndex).Apply(ToIndex(), weight);
        }
    }
}
