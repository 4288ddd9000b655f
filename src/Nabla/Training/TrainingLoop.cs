using System.Diagnostics;
using System.Text.Json.Nodes;
using Nabla.Data;

namespace Nabla.Training;

/// <summary>One stretch of a training: from its beginning or a saved state to its end, a fault or a request to stop.</summary>
internal sealed partial class TrainingLoop<TBatch>
{
    private readonly Trainer<TBatch> trainer;
    private readonly Pipeline<TBatch> train;
    private readonly Pipeline<TBatch>? validation;
    private readonly RunFolder? run;
    private readonly ITrainingCallback[] callbacks;
    private readonly Generator generator;
    private readonly Goal goal;
    private readonly Parameter[] modelParameters;
    private readonly long started = Stopwatch.GetTimestamp();
    private TrainingPosition at = new();
    private double secondsBefore;
    private long stepBefore, intervalStart;
    private double rate, intervalExamples;
    private TermSums<TBatch> intervalTerms;

    public TrainingLoop(Trainer<TBatch> trainer, Pipeline<TBatch> train, Pipeline<TBatch>? validation, RunFolder? run, ITrainingCallback[] callbacks)
    {
        (this.trainer, this.train, this.validation, this.run, this.callbacks) = (trainer, train, validation, run, callbacks);
        (generator, goal) = (new Generator(trainer.Seed), trainer.Goal ?? trainer.Evaluator.Goal);
        modelParameters = [.. trainer.Model.Parameters().Select(member => member.Parameter)];
        (intervalStart, intervalTerms) = (started, new(trainer.Terms));
    }

    public TrainingResult Run(bool resume, CancellationToken cancellation)
    {
        using var scope = generator.AsDefault();
        Begin(resume);
        var end = TakeSteps(cancellation);
        if (end == TrainingEnd.Stopped)
        {
            Guard(() => SaveModel(isLast: true));
            SaveState();
        }
        else if (!at.IsEvaluated) Evaluate();
        var result = new TrainingResult(end, at.Step, at.Epoch, Elapsed, at.Last, at.Best);
        foreach (var callback in callbacks) callback.OnEnd(result);
        return result;
    }

    private TimeSpan Elapsed => TimeSpan.FromSeconds(secondsBefore) + Stopwatch.GetElapsedTime(started);

    /// <summary>The epoch of the last step, from 1.</summary>
    private int EpochSoFar => at.EpochSteps > 0 ? at.Epoch + 1 : at.Epoch;

    private bool IsDone => at.Epoch >= trainer.Epochs || at.Step >= trainer.Steps;

    private bool HasWaitedLongEnough => trainer.EarlyStopping is { } stopping && at.Waited >= stopping.Patience;

    private long? StepsInAll
    {
        get
        {
            var perEpoch = at.StepsPerEpoch ?? (train.Count is { } batches ? (batches + trainer.Accumulate - 1) / trainer.Accumulate : null);
            var byEpochs = perEpoch * trainer.Epochs;
            return trainer.Steps is { } steps && !(byEpochs < steps) ? steps : byEpochs;
        }
    }

    /// <summary>Epoch by epoch until all are done, the evaluations no longer improve or it is asked to stop.</summary>
    private TrainingEnd TakeSteps(CancellationToken cancellation)
    {
        while (!IsDone)
        {
            if (HasWaitedLongEnough) return TrainingEnd.EarlyStopping;
            if (Epoch(cancellation) is { } end) return end;
        }
        return HasWaitedLongEnough ? TrainingEnd.EarlyStopping : TrainingEnd.Complete;
    }

    /// <summary>The rest of an epoch; null if it came to its end.</summary>
    private TrainingEnd? Epoch(CancellationToken cancellation)
    {
        using var cursor = OpenData();
        while (true)
        {
            if (cancellation.IsCancellationRequested) return TrainingEnd.Stopped;
            if (at.Step >= trainer.Steps) return TrainingEnd.Complete;
            if (Read(cursor) is not { Count: > 0 } group) break;
            var step = Take(group);
            at.Data = run is null ? null : cursor.State;
            (at.Step, at.EpochSteps, at.IsEvaluated) = (at.Step + 1, at.EpochSteps + 1, false);
            Tell(step);
            if (at.Step % trainer.EvaluateEvery == 0 && Evaluate()) return TrainingEnd.EarlyStopping;
            if (at.Step % trainer.SaveEvery == 0) SaveState();
        }
        return EndEpoch();
    }

    private TrainingEnd? EndEpoch()
    {
        if (at.EpochSteps == 0) throw new TrainingException(TrainingFault.Data, at.Step + 1, $"Epoch {at.Epoch + 1} has no batches: the data is empty. Check where it comes from and what was filtered out.");
        (at.Epoch, at.StepsPerEpoch, at.EpochSteps, at.Data) = (at.Epoch + 1, at.EpochSteps, 0, null);
        return trainer.EvaluateEvery is null && Evaluate() ? TrainingEnd.EarlyStopping : null;
    }

    private void Tell(Taken step)
    {
        at.Interval = (at.Interval.Steps + 1, at.Interval.Examples + step.Examples, at.Interval.Loss + (step.Loss * step.Examples), at.Interval.Norm + step.Norm);
        intervalExamples += step.Examples;
        for (var k = 0; k < step.Terms.Count; k++) intervalTerms.Add(k, step.Terms[k].Sum, step.Terms[k].Count);
        at.Terms = intervalTerms.Values;
        TrainingInterval? interval = null;
        if (at.Step % trainer.LogEvery == 0)
        {
            var (steps, examples, loss, norm) = at.Interval;
            var mean = trainer.Terms.Count == 1 ? loss / examples : intervalTerms.Loss;
            interval = new(steps, mean, norm / steps) { Terms = intervalTerms.Means };
            rate = intervalExamples / Math.Max(1e-9, Stopwatch.GetElapsedTime(intervalStart).TotalSeconds);
            (at.Interval, at.Terms, intervalTerms) = (default, [], new(trainer.Terms));
            (intervalStart, intervalExamples) = (Stopwatch.GetTimestamp(), 0);
        }
        var report = new TrainingStep(at.Step, at.Epoch + 1, step.Loss, step.LearningRate, step.Norm, Progress()) { Interval = interval };
        Guard(() => Array.ForEach(callbacks, callback => callback.OnStep(report)));
    }

    private TrainingProgress Progress()
    {
        var inAll = StepsInAll;
        var each = Stopwatch.GetElapsedTime(started) / (at.Step - stepBefore);
        return new(at.Step, inAll, Elapsed, rate, inAll is { } steps ? each * Math.Max(0, steps - at.Step) : null);
    }
}
