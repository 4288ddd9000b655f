namespace Nabla.Cli.Verify;

internal static partial class OpCases
{
    private static readonly Dictionary<string, Func<Inputs, Tensor>> Losses = new(StringComparer.Ordinal)
    {
        ["cross_entropy"] = CrossEntropy,
        ["binary_cross_entropy_with_logits"] = BinaryCrossEntropy,
        ["mse"] = i => i.Get("prediction").MeanSquaredError(i.Get("target"), ReductionOf(i)),
        ["l1"] = i => i.Get("prediction").MeanAbsoluteError(i.Get("target"), ReductionOf(i)),
        ["huber"] = i => i.Get("prediction").HuberLoss(i.Get("target"), i.Case.Number("delta", 1), ReductionOf(i)),
        ["kl_divergence"] = i => i.Get("log_prediction").KLDivergence(i.Get("target"), i.Case.Flag("log_target"), ReductionOf(i)),
        ["cosine_similarity"] = i => i.Get("a").CosineSimilarity(i.Get("b"), i.Case.Whole("axis", 1), i.Case.Number("epsilon", 1e-8)),
    };

    private static Tensor CrossEntropy(Inputs i)
    {
        var (logits, target) = (i.Get("logits"), i.Get("target"));
        if (target.DType.IsFloat) throw new NotBuiltException("cross_entropy with probabilities as the target");
        // PyTorch has the classes second, Nabla last.
        if (logits.Rank > 2) logits = logits.Permute([0, .. Enumerable.Range(2, logits.Rank - 2), 1]);
        return logits.CrossEntropy(target, new CrossEntropyOptions
        {
            Reduction = ReductionOf(i), ClassWeights = i.Optional("weight"), IgnoredLabel = i.Case.Whole("ignore_index", -100), LabelSmoothing = i.Case.Number("label_smoothing", 0),
        });
    }

    private static Tensor BinaryCrossEntropy(Inputs i)
    {
        var (logits, target, positive) = (i.Get("logits"), i.Get("target"), i.Optional("pos_weight"));
        if (i.Optional("weight") is not { } weight) return logits.BinaryCrossEntropyWithLogits(target, positive, ReductionOf(i));
        var each = logits.BinaryCrossEntropyWithLogits(target, positive, Reduction.None) * weight;
        return ReductionOf(i) switch { Reduction.None => each, Reduction.Sum => each.Sum(), _ => each.Mean() };
    }

    private static Reduction ReductionOf(Inputs i) => i.Case.Text("reduction", "mean") switch
    {
        "mean" => Reduction.Mean,
        "sum" => Reduction.Sum,
        "none" => Reduction.None,
        "batchmean" => Reduction.BatchMean,
        var other => throw new VerifyException($"there is no reduction \"{other}\": mean, sum, none and batchmean are"),
    };
}
