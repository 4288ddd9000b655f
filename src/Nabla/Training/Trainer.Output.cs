using Nabla.Optimizers;

namespace Nabla.Training;

/// <summary>
/// A <see cref="Trainer{TBatch}"/> whose loss closure also returns the model's output, so that metrics of training come from the same
/// forward pass: <c>new Trainer&lt;LabelledBatch, Tensor&gt;(model, optimizer, batch =&gt; { var y = model.Forward(batch.Inputs); return
/// (y.CrossEntropy(batch.Labels), y); })</c>. Each of the <see cref="Trainer{TBatch}.Callbacks"/> that is an
/// <see cref="ITrainingCallback{TBatch, TOutput}"/> sees it.
/// </summary>
/// <typeparam name="TBatch">What the loss is of.</typeparam>
/// <typeparam name="TOutput">What the closure returns beside the loss, such as the logits.</typeparam>
public sealed class Trainer<TBatch, TOutput> : Trainer<TBatch>
{
    /// <summary>A trainer with the usual settings.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="optimizer">What changes its parameters, or some of them.</param>
    /// <param name="loss">The mean loss of a batch, one number, and the output.</param>
    public Trainer(IModule model, Optimizer optimizer, Func<TBatch, (Tensor Loss, TOutput Output)> loss)
        : base(model, optimizer, Single(loss), null)
    {
    }

    /// <summary>A trainer for a loss of several terms, each a mean over something else.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="optimizer">What changes its parameters, or some of them.</param>
    /// <param name="losses">The means of a batch, in the order of the terms, one number each, and the output.</param>
    /// <param name="terms">The terms: their names, and what each mean is over.</param>
    /// <exception cref="ArgumentException">There are no terms, or two have one name, or one is called loss.</exception>
    public Trainer(IModule model, Optimizer optimizer,
        Func<TBatch, (IReadOnlyList<Tensor> Losses, TOutput Output)> losses, IReadOnlyList<LossTerm<TBatch>> terms)
        : base(model, optimizer, Several(losses), Checked(terms))
    {
    }

    private static Func<TBatch, BatchLosses> Single(Func<TBatch, (Tensor Loss, TOutput Output)> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return batch =>
        {
            var (mean, output) = loss(batch);
            return new([mean], Tell(batch, output));
        };
    }

    private static Func<TBatch, BatchLosses> Several(Func<TBatch, (IReadOnlyList<Tensor> Losses, TOutput Output)> losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        return batch =>
        {
            var (means, output) = losses(batch);
            return new(means, Tell(batch, output));
        };
    }

    private static Action<ITrainingCallback> Tell(TBatch batch, TOutput output) => callback =>
    {
        if (callback is ITrainingCallback<TBatch, TOutput> observer) observer.OnOutput(batch, output);
    };
}
