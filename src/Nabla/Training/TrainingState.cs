using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Optimizers;

namespace Nabla.Training;

/// <summary>
/// Everything that the rest of a training depends on, as one safetensors file that is replaced as a whole: <c>model.PATH</c>, <c>optimizer.NAME</c>,
/// <c>average.PATH</c> and <c>carried.PATH</c>, and one note, a JSON object, with the numbers of <see cref="TrainingPosition"/>.
/// </summary>
internal static class TrainingState
{
    private const string Note = "training", ModelPrefix = "model.", OptimizerPrefix = "optimizer.", AveragePrefix = "average.", CarriedPrefix = "carried.";

    public static void Save(string path, IModule model, Optimizer optimizer, MovingAverage? average, IModule? carried, JsonObject note)
    {
        var members = Members.Of(model);
        note["averageUpdates"] = average?.Updates ?? 0;
        Safetensors.Save(path,
        [
            .. members.Parameters.Select(member => KeyValuePair.Create(ModelPrefix + member.Path, member.Parameter.Value)),
            .. members.Buffers.Select(member => KeyValuePair.Create(ModelPrefix + member.Path, member.Buffer.Value)),
            .. optimizer.State.Select(entry => KeyValuePair.Create(OptimizerPrefix + entry.Key, entry.Value)),
            .. (average?.Values ?? []).Select(entry => KeyValuePair.Create(AveragePrefix + entry.Key, entry.Value)),
            .. (carried?.Buffers() ?? []).Select(member => KeyValuePair.Create(CarriedPrefix + member.Path, member.Buffer.Value)),
        ], new Dictionary<string, string> { [Note] = note.ToJsonString() });
    }

    /// <summary>Sets model, optimizer, average and what is carried; returns the note. Nothing is changed unless the model and the optimizer fit.</summary>
    public static JsonObject Load(string path, IModule model, Optimizer optimizer, MovingAverage? average, IModule? carried)
    {
        using var file = Safetensors.Open(path);
        var note = NoteOf(file);
        var members = Members.Of(model);
        Check(file, members);
        var goesOn = carried?.Buffers() ?? [];
        foreach (var (where, buffer) in goesOn)
            if (file.Tensors.FirstOrDefault(tensor => tensor.Name == CarriedPrefix + where)?.Shape is var saved && saved != buffer.Value.Shape)
                throw new CheckpointException(path, null, $"does not hold what the training carries on: {where} {buffer.Value.Shape}: {(saved is null ? "not saved" : $"saved as {saved}")}. Resume with the model and the batch that it was saved with, or begin a new run.");
        var updates = note["averageUpdates"]!.GetValue<long>();
        if (average is not null && updates == 0 && note["step"]!.GetValue<long>() > 0)
            throw new CheckpointException(path, null, "was saved without a moving average. Resume without one, or begin a new run.");
        try
        {
            optimizer.Load(file.Tensors.Where(tensor => tensor.Name.StartsWith(OptimizerPrefix, StringComparison.Ordinal))
                .Select(tensor => KeyValuePair.Create(tensor.Name[OptimizerPrefix.Length..], file[tensor.Name])));
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException(path, null, $"is of another optimizer. {error.Message}\nResume with the optimizer that it was saved with, or begin a new run.", error);
        }
        foreach (var (where, parameter) in members.Parameters) parameter.Set(file[ModelPrefix + where]);
        foreach (var (where, buffer) in members.Buffers) buffer.Set(file[ModelPrefix + where]);
        foreach (var (where, buffer) in goesOn)
        {
            var saved = file[CarriedPrefix + where];
            buffer.To(saved.DType);
            buffer.Set(saved);
        }
        average?.Load(where => file[AveragePrefix + where], updates);
        return note;
    }

    /// <summary>The step after which a state was saved; null if there is none that can be read.</summary>
    public static long? StepOf(string path)
    {
        try
        {
            using var file = Safetensors.Open(path);
            return NoteOf(file)["step"]!.GetValue<long>();
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    private static JsonObject NoteOf(Safetensors file)
    {
        try
        {
            if (file.Metadata.TryGetValue(Note, out var text) && JsonNode.Parse(text) is JsonObject note)
            {
                return note["format"] is JsonValue format && format.TryGetValue<int>(out var version) && version == TrainingPosition.Format ? note
                    : throw new CheckpointException(file.Path, null, $"was saved in another form ({note["format"]}) than this version's ({TrainingPosition.Format}). Resume with the version that saved it.");
            }
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw new CheckpointException(file.Path, null, "is no state of a training: it has no readable note about one. Name the state that a training saved.");
    }

    private static void Check(Safetensors file, Members members)
    {
        var saved = file.Tensors.ToDictionary(tensor => tensor.Name, tensor => (tensor.DType, tensor.Shape), StringComparer.Ordinal);
        var needed = members.Parameters.Select(member => (member.Path, member.Parameter.DType, member.Parameter.Shape))
            .Concat(members.Buffers.Select(member => (member.Path, member.Buffer.Value.DType, member.Buffer.Value.Shape))).ToArray();
        var faults = needed.Where(member => !saved.TryGetValue(ModelPrefix + member.Path, out var found) || found != (member.DType, member.Shape))
            .Select(member => string.Create(CultureInfo.InvariantCulture,
                $"{member.Path} {member.DType}{member.Shape}: {(saved.TryGetValue(ModelPrefix + member.Path, out var found) ? $"saved as {found.DType}{found.Shape}" : "not saved")}")).ToList();
        var known = needed.Select(member => ModelPrefix + member.Path).ToHashSet(StringComparer.Ordinal);
        faults.AddRange(saved.Keys.Where(name => name.StartsWith(ModelPrefix, StringComparison.Ordinal) && !known.Contains(name)).Select(name => $"{name[ModelPrefix.Length..]}: not in the model"));
        if (faults.Count > 0)
            throw new CheckpointException(file.Path, null, $"is of another model:\n  {string.Join("\n  ", faults.Take(10))}\nResume with the model that it was saved with, or begin a new run.");
    }
}
