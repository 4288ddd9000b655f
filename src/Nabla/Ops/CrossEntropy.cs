using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>
    /// The cross entropy of each row: −Σ_c a_c · ln softmax(logits)_c with a = (1 − smoothing) · w_label · onehot(label) + smoothing / classes · w, and 0 where
    /// the label is the ignored one.  Inputs logits [.., classes], labels (Int64) [..] and, if wanted, class weights w [classes] → [..]
    /// </summary>
    internal sealed partial record CrossEntropy(double Smoothing, long? Ignored) : Op
    {
        public override Shape Infer(ReadOnlySpan<Tensor> inputs)
        {
            var (logits, labels) = (inputs[0], inputs[1]);
            if (logits.Rank < 1 || labels.Shape != logits.Shape[..^1])
                throw new ArgumentException($"CrossEntropy: logits {logits.Shape}, labels {labels.Shape}: one label per row of logits is needed, [.., classes] and [..]. Permute the classes to the last axis.");
            if (labels.DType != DType.Int64)
                throw new ArgumentException($"CrossEntropy: the labels are {labels.DType}{labels.Shape}, integers are needed: labels.To(DType.Int64).");
            if (inputs.Length > 2 && (inputs[2].Shape != logits.Shape[^1..] || inputs[2].DType != logits.DType))
                throw new ArgumentException($"CrossEntropy: class weights {inputs[2].DType}{inputs[2].Shape} do not fit logits {logits.DType}{logits.Shape}: one of the same type per class is needed.");
            Indices.Demand(Name, labels, logits.Shape[^1], Ignored, $"logits {logits.Shape} have {logits.Shape[^1]} classes. Name a label to ignore by the options' IgnoredLabel");
            return labels.Shape;
        }

        public override Tensor Compose(ReadOnlySpan<Tensor> inputs)
        {
            var (logits, labels) = (inputs[0], inputs[1]);
            var unlikely = -logits.LogSoftmax();
            var safe = Safe(labels);
            var loss = unlikely.Gather(-1, safe.Unsqueeze(-1)).Squeeze(-1);
            if (inputs.Length > 2) loss *= inputs[2].IndexSelect(0, safe);
            if (Smoothing != 0)
            {
                var even = (inputs.Length > 2 ? unlikely * inputs[2] : unlikely).Mean(-1);
                loss = (loss * (1 - Smoothing)) + (even * Smoothing);
            }
            return Ignored is { } ignored ? loss.MaskedFill(labels.EqualTo(ignored), 0) : loss;
        }

        public override Tensor?[]? Gradient(Backward call)
        {
            if (call.Wanted.Length > 2 && call.Needs(2)) return null;
            var (logits, labels, dy) = (call.Inputs[0], call.Inputs[1], call.Upstream.Unsqueeze(-1));
            var wanted = Wanted(call.Inputs);
            if (Ignored is { } ignored) dy = dy.MaskedFill(labels.EqualTo(ignored).Unsqueeze(-1), 0);
            return [((logits.Softmax() * wanted.Sum(-1, keepDims: true)) - wanted) * dy, .. new Tensor?[call.Inputs.Length - 1]];
        }

        /// <summary>a of the formula: [.., classes].</summary>
        private Tensor Wanted(Tensor[] inputs)
        {
            var (logits, labels) = (inputs[0], inputs[1]);
            var wanted = labels.OneHot(logits.Shape[^1], logits.DType);
            var weights = inputs.Length > 2 ? inputs[2] : null;
            if (weights is not null) wanted *= weights;
            return Smoothing == 0 ? wanted : (wanted * (1 - Smoothing)) + ((weights ?? Tensor.Scalar(1, logits.DType)) * (Smoothing / logits.Shape[^1]));
        }

        /// <summary>The labels with a class that exists for the ignored ones.</summary>
        internal Tensor Safe(Tensor labels) => Ignored is { } ignored ? labels.MaskedFill(labels.EqualTo(ignored), 0) : labels;
    }
}

namespace Nabla
{
    /// <summary>How <see cref="Tensor.CrossEntropy"/> weighs, smooths and reduces.</summary>
    public sealed record CrossEntropyOptions
    {
        /// <summary>Mean (weighted by the labels' class weights), sum, or one loss per row.</summary>
        public Reduction Reduction { get; init; } = Reduction.Mean;

        /// <summary>A weight per class, [classes]; null: 1 each.</summary>
        public Tensor? ClassWeights { get; init; }

        /// <summary>Rows with this label count for nothing, not even in the mean.</summary>
        public long? IgnoredLabel { get; init; }

        /// <summary>How much of the wanted probability is spread evenly over all classes, 0 ≤ smoothing ≤ 1 (Szegedy et al. 2015, §7).</summary>
        public double LabelSmoothing { get; init; }

        /// <summary>
        /// What the mean is divided by: the number of labels that are not ignored, or the sum of their class weights. It is the weight of a
        /// batch whose gradients are averaged with those of others: <c>trainer.CountOf = batch =&gt; options.CountOf(batch.Labels)</c>.
        /// </summary>
        /// <exception cref="IndexOutOfRangeException">A label has no class weight.</exception>
        public double CountOf(Tensor labels)
        {
            ArgumentNullException.ThrowIfNull(labels);
            if (ClassWeights is null && IgnoredLabel is null) return labels.Length;
            using var paused = Recorder.Pause();
            return Tensor.LabelWeights(labels, this, DType.Float64).Sum().Item();
        }
    }

    public sealed partial class Tensor
    {
        /// <summary>
        /// The cross entropy of these logits [.., classes] and the labels [..], integers: −ln softmax(logits)[label], by default the mean over all rows.
        /// The mean of no rows (all ignored) is 0.
        /// </summary>
        /// <exception cref="ArgumentException">The shapes do not fit.</exception>
        /// <exception cref="IndexOutOfRangeException">A label is no class.</exception>
        public Tensor CrossEntropy(Tensor labels, CrossEntropyOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(labels);
            options ??= new CrossEntropyOptions();
            if (options.LabelSmoothing is not (>= 0 and <= 1)) throw new ArgumentException($"CrossEntropy: label smoothing {options.LabelSmoothing}: 0 ≤ smoothing ≤ 1 is needed.");
            labels = labels.ToIndex();
            var op = new CrossEntropy(options.LabelSmoothing, options.IgnoredLabel);
            return Weighed(options.ClassWeights is { } weights ? op.Apply(this, labels, weights) : op.Apply(this, labels), labels, options);
        }

        /// <summary>The rows' losses reduced; a mean is weighted by the labels' class weights.</summary>
        internal static Tensor Weighed(Tensor losses, Tensor labels, CrossEntropyOptions options) =>
            options is { Reduction: Reduction.Mean } and not { ClassWeights: null, IgnoredLabel: null }
                ? losses.Sum() / Counted(labels, options, losses.DType)
                : losses.Reduced(options.Reduction);

        /// <summary>The sum of the weights of the labels that count, or 1 if none does.</summary>
        private static Tensor Counted(Tensor labels, CrossEntropyOptions options, DType dtype)
        {
            var total = LabelWeights(labels, options, dtype).Sum();
            return total.MaskedFill(total.EqualTo(0), 1);
        }

        /// <summary>What each label counts in the mean: its class weight or 1, and 0 if it is the ignored one.</summary>
        internal static Tensor LabelWeights(Tensor labels, CrossEntropyOptions options, DType dtype)
        {
            var op = new CrossEntropy(0, options.IgnoredLabel);
            labels = labels.ToIndex();
            var each = options.ClassWeights?.To(dtype).IndexSelect(0, op.Safe(labels)) ?? Ones(labels.Shape, dtype);
            return options.IgnoredLabel is { } ignored ? each.MaskedFill(labels.EqualTo(ignored), 0) : each;
        }
    }
}
