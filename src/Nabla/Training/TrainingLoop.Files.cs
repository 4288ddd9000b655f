using System.Diagnostics;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;

namespace Nabla.Training;

internal sealed partial class TrainingLoop<TBatch>
{
    /// <summary>Takes the state of the run folder up, or makes sure that there is none.</summary>
    private void Begin(bool resume)
    {
        JsonObject? note = null;
        if (run is not null)
        {
            foreach (var folder in new[] { run.Folder, run.Checkpoints }) AtomicFile.RemoveLeftovers(folder);
            if (run.HasState && !resume)
                throw new IOException($"{run.Folder} holds a run already. Resume it, or choose another folder.");
            if (run.HasState) note = TrainingState.Load(run.State, trainer.Model, trainer.Optimizer, trainer.Average, trainer.Carried);
        }
        if (note is not null) Restore(note);
        Guard(() =>
        {
            foreach (var (name, callback) in NamedCallbacks()) callback.Load(note?["callbacks"]?[name]);
        });
    }

    private void Restore(JsonObject note)
    {
        at = TrainingPosition.From(note);
        (secondsBefore, stepBefore) = (at.Seconds, at.Step);
        for (var k = 0; k < Math.Min(at.Terms.Count, trainer.Terms.Count); k++) intervalTerms.Add(k, at.Terms[k].Sum, at.Terms[k].Count);
        Generator[] all = [generator, .. trainer.Generators];
        var saved = note["generators"]!.AsArray();
        if (saved.Count != all.Length)
            throw new CheckpointException(run!.State, null, $"was saved with {saved.Count - 1} generators, here are {all.Length - 1}. Name the same ones in Trainer.Generators.");
        for (var i = 0; i < all.Length; i++)
        {
            var seed = saved[i]![0]!.GetValue<ulong>();
            if (seed != all[i].Seed) throw new CheckpointException(run!.State, null, $"was saved with the seed {seed}, here it is {all[i].Seed}. Use the same seed, or begin a new run.");
            all[i].MoveTo(saved[i]![1]!.GetValue<ulong>());
        }
    }

    private void SaveState()
    {
        if (run is null) return;
        at.Seconds = Elapsed.TotalSeconds;
        var note = at.ToJson();
        Guard(() =>
        {
            note["generators"] = new JsonArray([.. new[] { generator }.Concat(trainer.Generators).Select(each => (JsonNode)new JsonArray(each.Seed, each.Position))]);
            // What the callbacks have written must be on the disk before the state that counts on it.
            note["callbacks"] = new JsonObject(NamedCallbacks().Select(named => KeyValuePair.Create(named.Name, named.Callback.Save())));
            TrainingState.Save(run.State, trainer.Model, trainer.Optimizer, trainer.Average, trainer.Carried, note);
        });
    }

    /// <summary>Judges and saves the model; true if early stopping has waited long enough. The time does not count as the steps'.</summary>
    private bool Evaluate()
    {
        var began = Stopwatch.GetTimestamp();
        var end = EvaluateNow();
        intervalStart += Stopwatch.GetTimestamp() - began;
        return end;
    }

    private bool EvaluateNow()
    {
        at.IsEvaluated = true;
        if (validation is null)
        {
            Guard(() => SaveModel(isLast: true));
            SaveState();
            return false;
        }
        var metrics = Judge();
        IReadOnlyDictionary<string, double>? average = null;
        if (trainer.Average is { Updates: > 0 } mean)
        {
            mean.Exchange();
            try
            {
                average = Judge();
            }
            finally
            {
                mean.Exchange();
            }
        }
        var value = ValueOf(average ?? metrics);
        var isBest = goal.IsBetter(value, at.Best is null ? null : ValueOf(at.Best.Chosen));
        var evaluation = new Evaluation(at.Step, EpochSoFar, metrics, average, isBest, Elapsed);
        (at.Last, at.Best) = (evaluation, isBest ? evaluation : at.Best);
        Count(value);
        trainer.Schedule?.Observe(value);
        Guard(() =>
        {
            Array.ForEach(callbacks, callback => callback.OnEvaluation(evaluation));
            SaveModel(isLast: true);
            if (isBest) SaveModel(isLast: false);
        });
        SaveState();
        return HasWaitedLongEnough;
    }

    private IReadOnlyDictionary<string, double> Judge()
    {
        using var mode = Mode.Evaluate();
        try
        {
            return trainer.Evaluator.Evaluate(validation!);
        }
        catch (IOException error)
        {
            throw Fault(TrainingFault.Data, $"the validation data could not be read: {error.Message}", "once it can be read", cause: error);
        }
    }

    private double ValueOf(IReadOnlyDictionary<string, double> metrics) => metrics.TryGetValue(goal.Metric, out var value) ? value
        : throw new ArgumentException($"Trainer: there is no metric '{goal.Metric}' to go by; the evaluator gives {string.Join(", ", metrics.Keys)}.");

    private void Count(double value)
    {
        if (goal.IsBetter(value, at.Counted, trainer.EarlyStopping?.MinimumGain ?? 0)) (at.Counted, at.Waited) = (double.IsFinite(value) ? value : null, 0);
        else at.Waited++;
    }

    /// <summary>The model alone, for use: the last one and its average, or the best.</summary>
    private void SaveModel(bool isLast)
    {
        if (run is null) return;
        var notes = new Dictionary<string, string> { ["step"] = $"{at.Step}", ["epoch"] = $"{at.Epoch}" };
        if (isLast) Checkpoint.Save(trainer.Model, run.Last, notes);
        var average = trainer.Average is { Updates: > 0 } mean ? mean : null;
        if (average is not null) Safetensors.Save(isLast ? run.Average : run.Best, average.Values, notes);
        else if (!isLast) Checkpoint.Save(trainer.Model, run.Best, notes);
    }

    /// <summary>Each by its type, and by its place among those of one type: a resumed training may have others beside it.</summary>
    private IEnumerable<(string Name, ITrainingCallback Callback)> NamedCallbacks() =>
        callbacks.GroupBy(callback => callback.GetType().Name).SelectMany(kind => kind.Select((callback, i) => ($"{kind.Key}.{i}", callback)));

    /// <summary>Where a file of the run cannot be written, says which step it was and what is whole.</summary>
    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Fault(TrainingFault.Disk, $"a file could not be written: {error.Message}", "once there is room", cause: error);
        }
    }
}
