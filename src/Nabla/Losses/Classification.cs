using Nabla.Backends;
using Nabla.Ops;

namespace Nabla.Losses
{
    /// <summary>
    /// −t · ln p − (1 − t) · ln(1 − p), the logarithms held above −100 and p(1 − p) above 1e-12, as in PyTorch, so that a certain mistake costs 100 and not
    /// ∞.
    /// </summary>
    internal readonly struct BinaryCrossEntropy : IBinaryFormula
    {
        public V Of<V>(V p, V t) where V : struct, ILane<V> => -((t * Yes(p)) + ((V.One - t) * No(p)));
        public V SlopeA<V>(V p, V t, V y) where V : struct, ILane<V> => (p - t) / V.Max(p * (V.One - p), V.Constant(1e-12));
        public V SlopeB<V>(V p, V t, V y) where V : struct, ILane<V> => No(p) - Yes(p);
        private static V Yes<V>(V p) where V : struct, ILane<V> => V.Max(V.Log(p), V.Constant(-100));
        private static V No<V>(V p) where V : struct, ILane<V> => V.Max(V.Log1p(-p), V.Constant(-100));
    }

    /// <summary>−t · ln σ(x) − (1 − t) · ln(1 − σ(x)) = ln(1 + eˣ) − x · t, in which nothing overflows.</summary>
    internal readonly struct BinaryCrossEntropyWithLogits : IBinaryFormula
    {
        public V Of<V>(V x, V t) where V : struct, ILane<V> => V.Max(x, V.Zero) - (x * t) + V.Log1p(V.Exp(-V.Abs(x)));
        public V SlopeA<V>(V x, V t, V y) where V : struct, ILane<V> => default(Sigmoid).In(x) - t;
        public V SlopeB<V>(V x, V t, V y) where V : struct, ILane<V> => -x;
    }

    /// <summary>max(0, 1 − t · y)</summary>
    internal readonly struct Hinge : IBinaryFormula
    {
        public V Of<V>(V y, V t) where V : struct, ILane<V> => V.Max(V.One - (t * y), V.Zero);
        public V SlopeA<V>(V y, V t, V loss) where V : struct, ILane<V> => V.Select(V.LessThan(V.Zero, loss), -t, V.Zero);
        public V SlopeB<V>(V y, V t, V loss) where V : struct, ILane<V> => V.Select(V.LessThan(V.Zero, loss), -y, V.Zero);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>
        /// −t · ln p − (1 − t) · ln(1 − p) of probabilities; the shapes are equal. From logits, <see cref="BinaryCrossEntropyWithLogits"/> is exact where
        /// this one, having lost the digits of a p near 1, is not.
        /// </summary>
        /// <param name="target">t, from 0 for no to 1 for yes, of the probabilities' type.</param>
        /// <param name="reduction">What becomes of the elements' losses.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public Tensor BinaryCrossEntropy(Tensor target, Reduction reduction = Reduction.Mean) =>
            BinaryElementwise<Losses.BinaryCrossEntropy>.Of(this, Fitting(target, "BinaryCrossEntropy")).Reduced(reduction);

        /// <summary>−w · t · ln σ(x) − (1 − t) · ln(1 − σ(x)) of logits x; the shapes are equal.</summary>
        /// <param name="target">t, from 0 for no to 1 for yes, of the logits' type.</param>
        /// <param name="positiveWeight">w, which broadcasts to the logits: how much more a yes counts than a no; null: 1.</param>
        /// <param name="reduction">What becomes of the elements' losses.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public Tensor BinaryCrossEntropyWithLogits(Tensor target, Tensor? positiveWeight = null, Reduction reduction = Reduction.Mean)
        {
            var t = Fitting(target, "BinaryCrossEntropyWithLogits");
            return (positiveWeight is null ? BinaryElementwise<Losses.BinaryCrossEntropyWithLogits>.Of(this, t)
                : ((1 - t) * Softplus()) - (positiveWeight * t * LogSigmoid())).Reduced(reduction);
        }

        /// <summary>
        /// −ln p[label] of log-probabilities [.., classes], such as <see cref="LogSoftmax"/> gives, and labels [..], integers. Class weights, the ignored
        /// label and the reduction are those of <see cref="CrossEntropy"/>.
        /// </summary>
        /// <exception cref="ArgumentException">The shapes do not fit, or labels are to be smoothed.</exception>
        /// <exception cref="IndexOutOfRangeException">A label is no class.</exception>
        public Tensor NegativeLogLikelihood(Tensor labels, CrossEntropyOptions? options = null)
        {
            options ??= new CrossEntropyOptions();
            if (options.LabelSmoothing != 0) throw new ArgumentException("NegativeLogLikelihood smooths no labels; CrossEntropy of the logits does.");
            ArgumentNullException.ThrowIfNull(labels);
            if (Rank < 1 || labels.Shape != Shape[..^1])
                throw new ArgumentException($"NegativeLogLikelihood: log-probabilities {Shape}, labels {labels.Shape}: one label per row is needed, [.., classes] and [..]. Permute the classes to the last axis.");
            var (rule, index) = (new Ops.CrossEntropy(0, options.IgnoredLabel), labels.ToIndex());
            var safe = rule.Safe(index);
            var losses = -Gather(-1, safe.Unsqueeze(-1)).Squeeze(-1);
            if (options.ClassWeights is { } weights) losses *= weights.IndexSelect(0, safe);
            if (options.IgnoredLabel is { } ignored) losses = losses.MaskedFill(index.EqualTo(ignored), 0);
            return Weighed(losses, index, options);
        }

        /// <summary>
        /// The Kullback–Leibler divergence of the prediction from the target, Σ t · (ln t − ln p), element by element before reduction (0 where t is 0). This
        /// tensor is ln p; the shapes are equal. <see cref="Reduction.BatchMean"/>, the default, is the mean divergence per example.
        /// </summary>
        /// <param name="target">The probabilities t, or their logarithms.</param>
        /// <param name="logTarget">Whether the target is ln t.</param>
        /// <param name="reduction">What becomes of the elements' losses.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public Tensor KLDivergence(Tensor target, bool logTarget = false, Reduction reduction = Reduction.BatchMean)
        {
            Fitting(target, "KLDivergence");
            if (logTarget) return (target.Exp() * (target - this)).Reduced(reduction);
            var some = target > 0;
            var logarithm = Where(some, target, Scalar(1, target.DType)).Log();
            return Where(some, target * (logarithm - this), Scalar(0, DType)).Reduced(reduction);
        }

        /// <summary>max(0, 1 − t · y), the support vector machine's; the shapes are equal.</summary>
        /// <param name="target">t: 1 for yes, −1 for no.</param>
        /// <param name="reduction">What becomes of the elements' losses.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public Tensor HingeLoss(Tensor target, Reduction reduction = Reduction.Mean) =>
            BinaryElementwise<Losses.Hinge>.Of(this, Fitting(target, "HingeLoss")).Reduced(reduction);
    }
}
