using Nabla.Backends.Cpu.Attentions;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>
    /// Vaswani et al. 2017, eq. 1: softmax(scale · query · keyᵀ) · value, where the mask (true attends) and causality let it.
    /// Inputs query [.., targets, width], key [.., sources, width], value [.., sources, depth] and, if wanted, a mask, broadcast to
    /// [.., targets, sources]: Bool, true where a target attends, or of the query's type, added to the scores → [.., targets, depth]. A target that may attend to nothing gets zeros.
    /// </summary>
    /// <param name="Causal">Whether target i attends only to sources up to i + (sources − targets): the last target sees all.</param>
    /// <param name="Scale">Usually 1/√width.</param>
    internal sealed partial record Attention(bool Causal, double Scale) : Op
    {
        /// <summary>Which weights are dropped.</summary>
        public AttentionDropout Dropout { get; init; }

        public override Shape Infer(ReadOnlySpan<Tensor> inputs)
        {
            var (query, key, value) = (inputs[0].Shape, inputs[1].Shape, inputs[2].Shape);
            DemandOneType(inputs[..3]);
            if (query.Rank < 2 || key.Rank < 2 || value.Rank < 2)
                throw new ArgumentException($"Attention: query {query}, key {key}, value {value}: at least two axes each are needed, [.., time, width].");
            if (query[^1] != key[^1]) throw new ArgumentException($"Attention: query {query} · keyᵀ {key}: widths {query[^1]} ≠ {key[^1]}.");
            if (key[^2] != value[^2]) throw new ArgumentException($"Attention: key {key} and value {value}: {key[^2]} ≠ {value[^2]} sources.");
            var batch = Shape.Broadcast(query[..^2], Shape.Broadcast(key[..^2], value[..^2], Name), Name);
            if (inputs.Length > 3) DemandMask("Attention", inputs[3], inputs[0].DType, [.. batch, query[^2], key[^2]]);
            return [.. batch, query[^2], value[^1]];
        }

        /// <summary>Throws unless the mask covers or adds to scores of this type and shape.</summary>
        internal static void DemandMask(string who, Tensor mask, DType type, Shape scores)
        {
            if (mask.DType != DType.Bool && mask.DType != type)
            {
                throw new ArgumentException(
                    $"{who}: the mask is {mask.DType}{mask.Shape}: Bool is needed, true where a target attends (mask.To(DType.Bool)), or {type}, which is added to the scores (mask.To(DType.{type})).");
            }
            if (!Broadcasts(mask.Shape, scores)) throw new ArgumentException($"{who}: mask {mask.Shape} does not broadcast to the scores {scores}, [.., targets, sources].");
        }

        private static bool Broadcasts(Shape mask, Shape scores)
        {
            if (mask.Rank > scores.Rank) return false;
            for (var i = 1; i <= mask.Rank; i++)
                if (mask[^i] != 1 && mask[^i] != scores[^i]) return false;
            return true;
        }

        public override Tensor Compose(ReadOnlySpan<Tensor> inputs) => (Factors(inputs) is { } factors ? Weights(inputs) * factors : Weights(inputs)).MatMul(inputs[2]);

        public override Tensor?[] Gradient(Backward call)
        {
            var (query, key, value, dy) = (call.Inputs[0], call.Inputs[1], call.Inputs[2], call.Upstream);
            var (weights, factors) = (Weights(call.Inputs), Factors(call.Inputs));
            var gradients = new Tensor?[call.Inputs.Length];
            if (call.Needs(2)) gradients[2] = (factors is null ? weights : weights * factors).Transpose().MatMul(dy).SumTo(value.Shape);
            var biased = call.Inputs.Length > 3 && call.Needs(3);
            if (!call.Needs(0) && !call.Needs(1) && !biased) return gradients;
            var dweights = dy.MatMul(value.Transpose());
            var product = weights * (factors is null ? dweights : dweights * factors);
            var dscores = product - (weights * product.Sum(-1, keepDims: true));
            if (biased) gradients[3] = dscores.SumTo(call.Inputs[3].Shape);
            dscores *= Scale;
            if (call.Needs(0)) gradients[0] = dscores.MatMul(key).SumTo(query.Shape);
            if (call.Needs(1)) gradients[1] = dscores.Transpose().MatMul(query).SumTo(key.Shape);
            return gradients;
        }

        /// <summary>How much each target attends to each source: [.., targets, sources].</summary>
        internal Tensor Weights(ReadOnlySpan<Tensor> inputs)
        {
            var scores = inputs[0].MatMul(inputs[1].Transpose()) * Scale;
            if (inputs.Length <= 3 && !Causal) return scores.Softmax();
            var never = Tensor.Scalar(double.NegativeInfinity, scores.DType);
            if (inputs.Length > 3) scores = inputs[3].DType == DType.Bool ? Tensor.Where(inputs[3], scores, never) : scores + inputs[3];
            if (Causal) scores = Tensor.Where(Past(scores.Shape[^2], scores.Shape[^1]), scores, never);
            if (scores.Length == 0) return scores.Exp();
            var largest = scores.Max(-1, keepDims: true);
            var e = (scores - largest.MaskedFill(largest.EqualTo(double.NegativeInfinity), 0)).Exp();
            var sum = e.Sum(-1, keepDims: true);
            return e / sum.MaskedFill(sum.EqualTo(0), 1);
        }

        /// <summary>By what the weights are multiplied, [.., targets, sources]; null where none is dropped.</summary>
        private unsafe Tensor? Factors(ReadOnlySpan<Tensor> inputs)
        {
            if (Dropout.Probability == 0) return null;
            var (batch, targets, sources) = (Infer(inputs)[..^2], inputs[0].Shape[^2], inputs[1].Shape[^2]);
            var factors = Tensor.Empty([.. batch, targets, sources], inputs[0].DType);
            if (factors.DType == DType.Float64) Dropout.Fill(factors.Pointer<double>(), batch.Length, targets, sources);
            else Dropout.Fill(factors.Pointer<float>(), batch.Length, targets, sources);
            return factors;
        }

        private static Tensor Past(int targets, int sources) =>
            Tensor.Arange(sources, DType.Int64) <= (Tensor.Arange(targets, DType.Int64) + (sources - targets)).Unsqueeze(1);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>
        /// Scaled dot-product attention with this as the query: softmax(scale · query · keyᵀ) · value.
        /// query: [.., targets, width] → [.., targets, depth]. A target that may attend to nothing gets zeros.
        /// </summary>
        /// <param name="key">[.., sources, width]</param>
        /// <param name="value">[.., sources, depth]</param>
        /// <param name="mask">
        /// Broadcast to [.., targets, sources]: Bool, true where a target attends to a source; or of this tensor's type, added to the scores (−∞ hides, a trained bias gets its gradient, which
        /// takes the memory of the scores for as long as it is computed; all else takes none).
        /// </param>
        /// <param name="causal">Whether target i attends only to sources up to i + (sources − targets): none sees what follows it.</param>
        /// <param name="scale">By default 1/√width.</param>
        /// <param name="dropout">The share of weights that are 0, the others divided by 1 − dropout, whether in training or not; 0 ≤ dropout &lt; 1.</param>
        /// <param name="generator">Chooses which weights are dropped; none: <see cref="Generator.Default"/>.</param>
        /// <exception cref="ArgumentException">The shapes or types do not fit.</exception>
        public Tensor Attention(Tensor key, Tensor value, Tensor? mask = null, bool causal = false, double? scale = null, double dropout = 0, Generator? generator = null)
        {
            ArgumentNullException.ThrowIfNull(key);
            ArgumentNullException.ThrowIfNull(value);
            var op = new Attention(causal, scale ?? 1 / Math.Sqrt(Rank == 0 ? 1 : Math.Max(1, Shape[^1])))
            {
                Dropout = AttentionDropout.Draw(dropout, generator, Rank < 2 ? 1 : Shape[^2]),
            };
            return mask is null ? op.Apply(this, key, value) : op.Apply(this, key, value, mask);
        }

        /// <summary>
        /// The weights by which <see cref="Attention"/> sums the values, softmax(scale · query · keyᵀ), none of them dropped: [.., targets, sources], each row of sum 1, or 0 where nothing may be
        /// attended to. They have gradients like any other result.
        /// </summary>
        /// <param name="key">[.., sources, width]</param>
        /// <param name="mask">As in <see cref="Attention"/>.</param>
        /// <param name="causal">Whether target i attends only to sources up to i + (sources − targets).</param>
        /// <param name="scale">By default 1/√width.</param>
        /// <exception cref="ArgumentException">The shapes or types do not fit.</exception>
        public Tensor AttentionWeights(Tensor key, Tensor? mask = null, bool causal = false, double? scale = null)
        {
            ArgumentNullException.ThrowIfNull(key);
            var op = new Attention(causal, scale ?? 1 / Math.Sqrt(Rank == 0 ? 1 : Math.Max(1, Shape[^1])));
            Tensor[] inputs = mask is null ? [this, key, key] : [this, key, key, mask];
            op.Infer(inputs);
            return op.Weights(inputs);
        }
    }
}
