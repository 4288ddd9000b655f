using System.Globalization;
using Nabla.Data;

namespace Nabla.Training;

internal sealed partial class TrainingLoop<TBatch>
{
    /// <summary>What a step came to; of several terms, Σ mean · count and Σ count of each.</summary>
    private readonly record struct Taken(
        double Loss, double LearningRate, double Norm, double Examples, IReadOnlyList<(double Sum, double Count)> Terms);

    private Cursor<TBatch> OpenData()
    {
        try
        {
            return at.Data is { } data ? train.Open(data) : train.Open(at.Epoch);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw Unreadable(error, saved: false);
        }
    }

    /// <summary>The batches of one step: fewer at the end of an epoch, none behind it.</summary>
    private List<TBatch> Read(Cursor<TBatch> cursor)
    {
        var group = new List<TBatch>(trainer.Accumulate);
        try
        {
            while (group.Count < trainer.Accumulate && cursor.MoveNext()) group.Add(cursor.Current);
            return group;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The state is that of the end of the step before: nothing of this one has happened yet.
            SaveState();
            throw Unreadable(error, saved: run is not null);
        }
    }

    /// <summary>One step of the optimizer over a group of batches.</summary>
    private Taken Take(List<TBatch> group)
    {
        var learningRate = trainer.Optimizer.LearningRate;
        var (means, gradients) = Differentiate(group);
        var loss = means.IsEmpty ? 0 : means.Loss;
        var norm = gradients.Norm();
        if (!double.IsFinite(loss) || !double.IsFinite(norm)) throw Diverged(loss, learningRate, norm);
        if (trainer.ClipValue is { } value) gradients = gradients.ClipValue(value);
        if (trainer.ClipNorm is { } most) gradients = gradients.ClipNorm(most);
        trainer.Optimizer.Step(gradients);
        trainer.Average?.Update();
        return new(loss, learningRate, norm, group.Sum(trainer.CountOf), means.Values);
    }

    /// <summary>Losses and gradients of all batches together.</summary>
    private (TermSums<TBatch> Losses, Gradients Gradients) Differentiate(List<TBatch> group)
    {
        var (weights, sources) = (new StepWeights<TBatch>(trainer.Terms, group), Sources());
        var (sums, all) = (new TermSums<TBatch>(trainer.Terms), (Gradients?)null);
        for (var b = 0; b < group.Count; b++)
        {
            var (number, batch) = (b, group[b]);
            (Tensor, BatchLosses) Loss()
            {
                var losses = trainer.Compute(batch);
                return (weights.Loss(number, losses.Means), losses);
            }
            var (_, losses, gradients) = sources is null ? Gradients.Of(Loss) : Gradients.Of(Loss, sources);
            weights.AddTo(sums, number, losses.Means);
            if (losses.TellOutput is { } tell) Guard(() => Array.ForEach(callbacks, tell));
            all = all is null ? gradients : all + gradients;
        }
        return (sums, all!);
    }

    /// <summary>What is differentiated by: null where the optimizer trains all of the model that is not frozen.</summary>
    private HashSet<Parameter>? Sources()
    {
        var trained = trainer.Optimizer.Parameters.ToHashSet();
        if (trained.Count == 0)
            throw new InvalidOperationException(
                "Trainer: all parameters of the optimizer are frozen: there is nothing to train. Unfreeze some of them.");
        return Array.TrueForAll(modelParameters, parameter => parameter.IsFrozen || trained.Contains(parameter)) ? null : trained;
    }

    private TrainingException Diverged(double loss, double learningRate, double norm) => Fault(TrainingFault.Diverged, string.Create(CultureInfo.InvariantCulture,
        $"the loss is {loss}{(double.IsFinite(loss) ? $", but the norm of its gradients is {norm}" : "")}, at a learning rate of {learningRate:G6}. The step was not taken."),
        string.Create(CultureInfo.InvariantCulture, $"with a lower learning rate ({learningRate / 3:G2}) or clipped gradients (a norm of at most 1)"));

    private TrainingException Unreadable(Exception error, bool saved) => Fault(TrainingFault.Data, $"the data could not be read: {error.Message}",
        "once it can be read, or begin a new run without it", saved ? at.Step : null, error);

    private TrainingException Fault(TrainingFault fault, string problem, string how, long? saved = null, Exception? cause = null)
    {
        saved ??= run is { HasState: true } ? TrainingState.StepOf(run.State) : null;
        var remedy = saved is null ? $"No state has been saved yet: begin again {how}." : $"The state after step {saved} is whole, in {run!.State}: go on from there {how}.";
        var (step, where) = fault == TrainingFault.Disk ? (at.Step, $"After step {at.Step} (epoch {EpochSoFar})") : (at.Step + 1, $"Step {at.Step + 1} (epoch {at.Epoch + 1})");
        return new(fault, step, $"{where}: {problem} {remedy}", cause) { SavedStep = saved };
    }
}
