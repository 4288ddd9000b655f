using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public sealed class EntityMetricsTests
{
    /// <summary>
    /// Targets and predictions of sentences, drawn at random; the values below are those of seqeval's definitions, computed by a script of
    /// theirs.
    /// </summary>
    static readonly (string Targets, string Predictions)[] Sentences =
    [
        ("B-ORG I-ORG B-ORG I-PER I-ORG I-PER I-ORG I-ORG I-LOC", "B-ORG I-ORG B-PER I-PER I-ORG I-PER B-MISC I-ORG I-LOC"),
        ("I-ORG B-LOC B-PER B-ORG B-LOC", "I-ORG B-LOC O B-ORG B-LOC"),
        ("B-LOC O I-PER O B-LOC I-PER", "B-LOC I-ORG I-PER O B-LOC B-PER"),
        ("B-LOC I-ORG B-LOC B-PER B-ORG O", "B-LOC I-ORG B-LOC B-PER B-ORG O"),
        ("I-LOC I-ORG I-ORG B-ORG O", "I-LOC B-MISC I-ORG B-ORG O"),
        ("O B-ORG O I-ORG B-ORG I-PER", "O B-ORG O I-ORG B-MISC I-PER"),
        ("I-LOC B-LOC O I-PER B-LOC I-PER", "I-LOC B-LOC I-LOC O B-LOC I-LOC"),
        ("O B-PER O B-LOC B-ORG I-LOC I-LOC", "O B-PER O O B-ORG I-LOC I-LOC"),
    ];

    static EntityMetrics Of(params IEnumerable<(string Targets, string Predictions)> sentences)
    {
        var metrics = new EntityMetrics();
        foreach (var (targets, predictions) in sentences) metrics.Update(targets.Split(' '), predictions.Split(' '));
        return metrics;
    }

    [Fact]
    public void The_example_of_seqevals_documentation_agrees()
    {
        var metrics = Of(("O O O B-MISC I-MISC I-MISC O", "O O B-MISC I-MISC I-MISC I-MISC O"), ("B-PER I-PER O", "B-PER I-PER O"));
        Assert.Equal((0.5, 0.5, 0.5, 0.8), (metrics.Precision(), metrics.Recall(), metrics.F1(), metrics.Accuracy));
        Assert.Equal("""
                          precision    recall  f1-score   support

                    MISC       0.00      0.00      0.00         1
                     PER       1.00      1.00      1.00         1

               micro avg       0.50      0.50      0.50         2
               macro avg       0.50      0.50      0.50         2
            weighted avg       0.50      0.50      0.50         2
            """, metrics.Report().ToString());
    }

    [Fact]
    public void Values_are_those_of_seqeval()
    {
        var metrics = Of(Sentences);
        Assert.Equal(["LOC", "MISC", "ORG", "PER"], metrics.Types);
        Assert.Equal(37, metrics.Entities);
        Assert.Equal(0.78, metrics.Accuracy, 12);
        Check([0.7428571428571429, 0.7027027027027027, 0.7222222222222223], Average.Micro);
        Check([0.61492673992674, 0.5208791208791209, 0.5616557734204792], Average.Macro);
        Check([0.8155133155133154, 0.7027027027027027, 0.7521403756697875], Average.Weighted);
        double[][] types = [[0.8333333333333334, 0.7692307692307693, 0.8, 13], [0, 0, 0, 0],
            [0.7692307692307693, 0.7142857142857143, 0.7407407407407408, 14], [0.8571428571428571, 0.6, 0.7058823529411764, 10]];
        foreach (var (expected, row) in types.Zip(metrics.Report().Types))
        foreach (var (value, actual) in expected.Zip((double[])[row.Precision, row.Recall, row.F1, row.Support])) Assert.Equal(value,
            actual, 12);
        Assert.Equal((10, 3, 4), (metrics.Of("ORG").TruePositives, metrics.Of("ORG").FalsePositives, metrics.Of("ORG").FalseNegatives));

        void Check(double[] expected, Average average)
        {
            foreach (var (value, actual) in expected.Zip((double[])[metrics.Precision(average), metrics.Recall(average),
                metrics.F1(average)])) Assert.Equal(value, actual, 12);
        }
    }

    [Fact]
    public void Merged_parts_are_the_whole()
    {
        var (whole, merged) = (Of(Sentences), Of(Sentences[..3]));
        merged.Merge(Of(Sentences[3..]));
        Assert.Equal(whole.Report().ToString(6), merged.Report().ToString(6));
        Assert.Equal(whole.Accuracy, merged.Accuracy);
        merged.Reset();
        Assert.Equal((0, 0.0, 0.0), (merged.Entities, merged.F1(), merged.Accuracy));
    }

    /// <summary>As seqeval's <c>get_entities</c> finds them; its ends are the last word, ours the one behind.</summary>
    [Theory]
    [InlineData("B-PER I-PER O B-LOC", "PER 0-2, LOC 3-4")]
    [InlineData("B-A E-A I-A S-B E-B E-B I-B O I-A I-B B-B B-B E-A",
        "A 0-2, A 2-3, B 3-4, B 4-5, B 5-6, B 6-7, A 8-9, B 9-10, B 10-11, B 11-12, A 12-13")]
    [InlineData("B I E S O I", "_ 0-3, _ 3-4, _ 5-6")]
    [InlineData("E-X B-Y E-Y O B-X S-Y B-X E-X O S-Y I-X O B-X E-Y E-Y B-X I-X B-X S-Y E-Y O B-X I-X O E-Y O I-X O S-Y B-Y",
        "X 0-1, Y 1-3, X 4-5, Y 5-6, X 6-8, Y 9-10, X 10-11, X 12-13, Y 13-14, Y 14-15, X 15-17, X 17-18, Y 18-19, Y 19-20, X 21-23, Y "
            + "24-25, X 26-27, Y 28-29, Y 29-30")]
    [InlineData("I-LOC I-LOC B-LOC I-LOC", "LOC 0-2, LOC 2-4")]
    [InlineData("B-a-b I-a-b", "a-b 0-2")]
    [InlineData("O O", "")]
    public void Entities_begin_and_end_as_conlleval_says(string tags, string expected) =>
        Assert.Equal(expected, string.Join(", ", Entities.Of(tags.Split(' '))
            .Select(entity => $"{entity.Type} {entity.Start}-{entity.End}")));

    [Fact]
    public void Unfit_tags_and_lengths_are_named_and_count_for_nothing()
    {
        var metrics = new EntityMetrics();
        Assert.Contains("the tag \"PER\" of word 1 is neither O nor begins with B-",
            Assert.Throws<ArgumentException>(() => metrics.Update(["O", "PER"], ["O", "O"])).Message);
        Assert.Throws<ArgumentException>(() => metrics.Update(["B-PER", "O"], ["O", "L-X"]));
        Assert.Contains("2 targets and 1 predictions", Assert.Throws<ArgumentException>(() => metrics.Update(["O", "O"], ["O"])).Message);
        Assert.Contains("there is no entity of type \"PER\"", Assert.Throws<KeyNotFoundException>(() => metrics.Of("PER")).Message);
        Assert.Equal(0, metrics.Entities);
    }
}
