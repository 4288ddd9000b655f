using System.Text.Json;
using Nabla.Checkpoints;
using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

/// <summary>Every number of metrics.json that scikit-learn and SciPy wrote, recomputed; of inputs that were rounded to float32 afterwards.</summary>
public sealed class ReferenceMetricsTests : IDisposable
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "reference");

    readonly JsonElement cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "metrics.json"))).RootElement;
    readonly Safetensors file = Safetensors.Open(Path.Combine(Folder, "metrics.safetensors"));

    public void Dispose() => file.Dispose();

    (Tensor Target, Tensor Other) Inputs(string name, string other) => (file[$"{name}/target"], file[$"{name}/{other}"]);

    /// <summary>Compares each value that the file gives and none that it leaves out.</summary>
    void Check(string name, Func<string, double[]> actual, int atLeast)
    {
        var values = cases.GetProperty(name).GetProperty("values").EnumerateObject().ToArray();
        Assert.True(values.Length >= atLeast);
        foreach (var value in values)
            Assert.Equal(Flat(value.Value), actual(value.Name), (a, b) => Math.Abs(a - b) < 1e-7);
    }

    static double[] Flat(JsonElement x) => x.ValueKind == JsonValueKind.Array ? [.. x.EnumerateArray().SelectMany(Flat)] : [x.GetDouble()];

    [Theory]
    [InlineData("binary", 16), InlineData("multiclass", 16), InlineData("imbalanced", 16), InlineData("missing_class", 15)]
    public void Classification_agrees_with_scikit_learn(string name, int values)
    {
        var (target, prediction) = Inputs(name, "prediction");
        var matrix = new ConfusionMatrix(cases.GetProperty(name).GetProperty("attributes").GetProperty("classes").GetInt32());
        matrix.Update(target, prediction);
        var classes = Enumerable.Range(0, matrix.Classes);
        Check(name, value => value switch
        {
            "accuracy" => [matrix.Accuracy],
            "confusion" => [.. classes.SelectMany(i => classes.Select(j => (double)matrix[i, j]))],
            "matthews" => [matrix.Matthews],
            "cohen_kappa" => [matrix.CohenKappa],
            "balanced_accuracy" => [matrix.BalancedAccuracy],
            "precision" => [.. classes.Select(matrix.Precision)],
            "recall" => [.. classes.Select(matrix.Recall)],
            "f1" => [.. classes.Select(matrix.F1)],
            _ => [Averaged(matrix, value)],
        }, values);
    }

    static double Averaged(ConfusionMatrix matrix, string value)
    {
        var average = Enum.Parse<Average>(value[(value.IndexOf('_', StringComparison.Ordinal) + 1)..], ignoreCase: true);
        return value[0] switch { 'p' => matrix.Precision(average), 'r' => matrix.Recall(average), _ => matrix.F1(average) };
    }

    [Fact]
    public void Binary_counts_agree_with_scikit_learn()
    {
        var (target, prediction) = Inputs("binary", "prediction");
        var counts = new BinaryCounts();
        counts.Update(target, prediction);
        Assert.Equal("TP 94, FP 15, TN 81, FN 10", counts.ToString());
        Check("binary", value => value switch
        {
            "accuracy" => [counts.Accuracy],
            "matthews" => [counts.Matthews],
            "cohen_kappa" => [counts.CohenKappa],
            "balanced_accuracy" => [counts.BalancedAccuracy],
            "precision" => [counts.NegativePredictiveValue, counts.Precision],
            "recall" => [counts.Specificity, counts.Recall],
            _ => Flat(cases.GetProperty("binary").GetProperty("values").GetProperty(value)),
        }, 16);
    }

    [Fact]
    public void Ranking_agrees_with_scikit_learn()
    {
        var (target, score) = Inputs("scores", "score");
        var scores = new BinaryScores();
        scores.Update(target, score);
        Assert.True(score.ToArray<float>().Distinct().Count() < score.Length, "the case is there for its ties");
        Check("scores", value => value switch { "roc_auc" => [scores.RocAuc], "average_precision" => [scores.AveragePrecision], _ => [] }, 2);
    }

    [Fact]
    public void Regression_agrees_with_scikit_learn_and_scipy()
    {
        var (target, prediction) = Inputs("regression", "prediction");
        var metrics = new RegressionMetrics();
        metrics.Update(target, prediction);
        var spearman = new SpearmanCorrelation();
        spearman.Update(target, prediction);
        Check("regression", value => value switch
        {
            "mse" => [metrics.MeanSquaredError],
            "mae" => [metrics.MeanAbsoluteError],
            "r2" => [metrics.RSquared],
            "pearson" => [metrics.Pearson],
            "spearman" => [spearman.Value],
            _ => [],
        }, 5);
    }

    [Fact]
    public void Translation_agrees_with_sacrebleu()
    {
        string[] Texts(string name) => [.. cases.GetProperty("bleu").GetProperty("attributes").GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];
        var (bleu, chrf) = (new Bleu(), new ChrF());
        foreach (var (hypothesis, reference) in Texts("hypotheses").Zip(Texts("references")))
        {
            bleu.Update(MtevalTokens.Of(hypothesis), MtevalTokens.Of(reference));
            chrf.Update(hypothesis, reference);
        }
        Check("bleu", value => value switch { "bleu" => [bleu.Value], "precisions" => [.. bleu.Precisions], "brevity_penalty" => [bleu.BrevityPenalty], "chrf" => [chrf.Value], _ => [] }, 4);
    }
}
