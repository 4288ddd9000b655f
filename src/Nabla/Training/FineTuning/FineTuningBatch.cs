using Nabla.Data;
using Nabla.Models;

namespace Nabla.Training;

/// <summary>A batch of texts with their targets for <see cref="FineTuning"/>.</summary>
public sealed class FineTuningBatch : ICountedBatch
{
    private FineTuningBatch(IReadOnlyList<EncodedExample> examples) =>
        (Examples, Input) = (examples, BertInput.From([.. examples.Select(example => example.Text)]));

    /// <summary>A batch of examples of one kind of target.</summary>
    /// <exception cref="ArgumentException">There is no example, a text has no token or is padded, or targets differ in kind.</exception>
    public static FineTuningBatch From(IReadOnlyList<EncodedExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Count == 0) throw new ArgumentException("FineTuningBatch: there is no example.", nameof(examples));
        var batch = new FineTuningBatch(examples);
        if (examples.All(example => example.Labels.Count == 0)) return batch;
        for (var i = 0; i < examples.Count; i++)
        {
            if (examples[i].Labels.Count == examples[0].Labels.Count || examples[i].Labels.Count == examples[i].Text.Count) continue;
            throw new ArgumentException($"FineTuningBatch: example {i} has {examples[i].Labels.Count} labels and " +
                $"{examples[i].Text.Count} tokens: one label, two positions, or a label for each token are needed.", nameof(examples));
        }
        return batch;
    }

    /// <summary>The examples.</summary>
    public IReadOnlyList<EncodedExample> Examples { get; }

    /// <summary>The token ids.</summary>
    public BertInput Input { get; }

    /// <summary>All labels one after another, Int64 [labels]: [batch] of a classification, [tokens] of tags.</summary>
    public Tensor Labels => field ??= Tensor.From(Examples.SelectMany(example => example.Labels).ToArray());

    /// <summary>The numbers of a regression, Float32 [batch].</summary>
    public Tensor Numbers => field ??= Tensor.From(Examples.Select(example => (float)example.Number).ToArray());

    /// <summary>Examples, or tokens that have a tag.</summary>
    public double LossCount => Examples.Any(example => example.Labels.Contains(EncodedExample.Ignored))
        ? Examples.Sum(example => example.Labels.LongCount(label => label != EncodedExample.Ignored)) : Examples.Count;

    /// <summary>The elements of a column of the labels where there are several for each example, Int64 [batch].</summary>
    internal Tensor Column(int column) => Tensor.From(Examples.Select(example => example.Labels[column]).ToArray());
}
