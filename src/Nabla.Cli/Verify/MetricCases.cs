using System.Text.Json;
using Nabla.Metrics;

namespace Nabla.Cli.Verify;

/// <summary>Cases of metrics: each number under "values" is computed by its name; one whose name is not known fails the case.</summary>
internal static class MetricCases
{
    public static void Run(VerifyCase @case, Comparison comparison)
    {
        Func<string, double[]?> metric = @case.Op switch
        {
            "classification_metrics" => Classification(@case),
            "ranking_metrics" => Ranking(@case),
            "regression_metrics" => Regression(@case),
            "corpus_bleu" => Translation(@case),
            _ => throw new NotBuiltException(@case.Op),
        };
        var values = @case.Values ?? throw new VerifyException("the case has no \"values\"");
        foreach (var value in values.EnumerateObject())
            comparison.Add(value.Name, Numbers(value.Value), metric(value.Name) ?? throw new NotBuiltException($"{@case.Op} {value.Name}"));
    }

    /// <summary>A number, a list of numbers or a list of lists, one after another.</summary>
    private static double[] Numbers(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().SelectMany(Numbers)] : [value.GetDouble()];

    private static Func<string, double[]?> Classification(VerifyCase @case)
    {
        var matrix = new ConfusionMatrix(@case.Whole("classes", 2), @case.Number("zero_division", 0) == 1 ? Undefined.One : Undefined.Zero);
        matrix.Update(@case.Tensor("target"), @case.Tensor("prediction"));
        double[] Each(Func<int, double> metric) => [.. Enumerable.Range(0, matrix.Classes).Select(metric)];
        return name => name switch
        {
            "accuracy" => [matrix.Accuracy],
            "balanced_accuracy" => [matrix.BalancedAccuracy],
            "matthews" => [matrix.Matthews],
            "cohen_kappa" => [matrix.CohenKappa],
            "confusion" => [.. Enumerable.Range(0, matrix.Classes).SelectMany(target => Each(prediction => matrix[target, prediction]))],
            "precision" => Each(matrix.Precision),
            "recall" => Each(matrix.Recall),
            "f1" => Each(matrix.F1),
            _ when name.Split('_') is [var metric, var average] && Averages.TryGetValue(average, out var over) => metric switch
            {
                "precision" => [matrix.Precision(over)],
                "recall" => [matrix.Recall(over)],
                "f1" => [matrix.F1(over)],
                _ => null,
            },
            _ => null,
        };
    }

    private static readonly Dictionary<string, Average> Averages = new()
    {
        ["macro"] = Average.Macro, ["micro"] = Average.Micro, ["weighted"] = Average.Weighted,
    };

    private static Func<string, double[]?> Ranking(VerifyCase @case)
    {
        var scores = new BinaryScores();
        scores.Update(@case.Tensor("target"), @case.Tensor("score"));
        return name => name switch { "roc_auc" => [scores.RocAuc], "average_precision" => [scores.AveragePrecision], _ => null };
    }

    private static Func<string, double[]?> Translation(VerifyCase @case)
    {
        if (@case.Text("tokenize", "13a") is not "13a" and var tokens) throw new NotBuiltException($"corpus_bleu with tokenize {tokens}");
        var smoothing = @case.Text("smooth", "exp") switch { "exp" => BleuSmoothing.Exponential, "none" => BleuSmoothing.None, var other => throw new NotBuiltException($"corpus_bleu with smooth {other}") };
        var (hypotheses, references) = (@case.Texts("hypotheses"), @case.Texts("references"));
        if (hypotheses.Length != references.Length) throw new VerifyException($"there are {hypotheses.Length} hypotheses and {references.Length} references");
        var (bleu, chrf) = (new Bleu(smoothing: smoothing), new ChrF());
        foreach (var (hypothesis, reference) in hypotheses.Zip(references))
        {
            bleu.Update(MtevalTokens.Of(hypothesis), MtevalTokens.Of(reference));
            chrf.Update(hypothesis, reference);
        }
        return name => name switch
        {
            "bleu" => [bleu.Value],
            "precisions" => [.. bleu.Precisions],
            "brevity_penalty" => [bleu.BrevityPenalty],
            "chrf" => [chrf.Value],
            _ => null,
        };
    }

    private static Func<string, double[]?> Regression(VerifyCase @case)
    {
        var (target, prediction) = (@case.Tensor("target"), @case.Tensor("prediction"));
        var (metrics, ranks) = (new RegressionMetrics(), new SpearmanCorrelation());
        metrics.Update(target, prediction);
        ranks.Update(target, prediction);
        return name => name switch
        {
            "mse" => [metrics.MeanSquaredError],
            "rmse" => [metrics.RootMeanSquaredError],
            "mae" => [metrics.MeanAbsoluteError],
            "r2" => [metrics.RSquared],
            "pearson" => [metrics.Pearson],
            "spearman" => [ranks.Value],
            _ => null,
        };
    }
}
