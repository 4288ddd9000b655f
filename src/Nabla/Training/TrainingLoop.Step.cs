using System.Globalization;
using Nabla.Data;

namespace Nabla.Training;

internal sealed partial class TrainingLoop<TBatch>
{
    /// <summary>What a step came to.</summary>
    private readonly record struct Taken(double Loss, double LearningRate, double Norm, long Examples);

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
        var (loss, gradients, examples) = Differentiate(group);
        var norm = gradients.Norm();
        if (!double.IsFinite(loss) || !double.IsFinite(norm)) throw Diverged(loss, learningRate, norm);
        if (trainer.ClipValue is { } value) gradients = gradients.ClipValue(value);
        if (trainer.ClipNorm is { } most) gradients = gradients.ClipNorm(most);
        trainer.Optimizer.Step(gradients);
        trainer.Average?.Update();
        return new(loss, learningRate, norm, examples);
    }

    /// <summary>Loss and gradients of all examples together.</summary>
    private (double Loss, Gradients Gradients, long Examples) Differentiate(List<TBatch> group)
    {
        var (sum, examples, total) = ((Gradients?)null, 0L, 0.0);
        foreach (var batch in group)
        {
            var (loss, gradients) = trainsAll ? Gradients.Of(() => trainer.Loss(batch)) : Gradients.Of(() => trainer.Loss(batch), parameters);
            var count = trainer.CountOf(batch);
            (total, examples) = (total + (loss.Item() * count), examples + count);
            if (group.Count == 1) return (loss.Item(), gradients, count);
            var weighted = gradients * count;
            sum = sum is null ? weighted : sum + weighted;
        }
        return (total / examples, sum! * (1.0 / examples), examples);
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
