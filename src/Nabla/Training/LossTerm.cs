namespace Nabla.Training;

/// <summary>
/// One term of a loss that has several, such as the masked words and the next sentence of BERT: a mean over something of its own. Terms
/// are weighted apart where several batches make one step (<see cref="Trainer{TBatch}.Accumulate"/>), since the mean of each is over
/// another number, and they are reported apart.
/// </summary>
/// <param name="Name">Its name in metrics, such as <c>mlm</c>.</param>
/// <param name="CountOf">What the term's mean over a batch is divided by, 0 or more: the number of masked positions or of pairs. Where it
/// is 0 the term is left out.</param>
public sealed record LossTerm<TBatch>(string Name, Func<TBatch, double> CountOf)
{
    /// <summary>By what the term is multiplied in the loss. Finite; 1 unless set.</summary>
    public double Weight { get; init => field = double.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(nameof(Weight), value, "LossTerm: a finite weight is needed."); } = 1;

    /// <summary>What the mean over a batch is divided by, checked.</summary>
    internal double Count(TBatch batch)
    {
        var count = CountOf(batch);
        return count >= 0 && double.IsFinite(count) ? count
            : throw new ArgumentException($"Trainer: CountOf of the loss '{Name}' gives {count} for a batch; " +
                "a finite number, 0 or more, is needed.");
    }
}
