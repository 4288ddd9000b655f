using Nabla.Backends.Cpu;

namespace Nabla.Optimizers;

public abstract partial class Optimizer
{
    /// <summary>
    /// Everything that the next step depends on besides the parameters, by name, to be saved (<c>Safetensors.Save(path, optimizer.State)</c>) and given to
    /// <see cref="Load"/>: <c>step</c>, <c>learning_rate</c> and, of each parameter that has taken part, <c>PATH.step</c> and <c>PATH.SLOT</c> of the
    /// parameter's shape. Copies.
    /// </summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State
    {
        get
        {
            yield return new("step", Tensor.From([StepCount], Shape.Scalar));
            yield return new("learning_rate", Tensor.Scalar(rate, DType.Float64));
            foreach (var (name, value) in Schedule?.State ?? []) yield return new($"schedule.{name}", value);
            foreach (var tracked in parameters.Where(tracked => tracked.Steps > 0))
            {
                yield return new($"{tracked.Name}.step", Tensor.From([tracked.Steps], Shape.Scalar));
                for (var slot = 0; slot < Slots.Count; slot++) yield return new($"{tracked.Name}.{Slots[slot]}", SlotOf(tracked, slot).Clone());
            }
        }
    }

    /// <summary>Goes on from a saved <see cref="State"/>. Parameters that are not in it begin anew. Nothing is changed unless all of it fits.</summary>
    /// <exception cref="ArgumentException">Names are missing or unexpected, or a shape does not fit; all of them are listed.</exception>
    public void Load(IEnumerable<KeyValuePair<string, Tensor>> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        var left = saved.ToDictionary(entry => entry.Key, entry => entry.Value);
        var faults = new List<string>();
        var (step, learningRate) = (Take("step", Shape.Scalar), Take("learning_rate", Shape.Scalar));
        var schedule = (Schedule?.State ?? []).Select(entry => (entry.Name, Value: Take($"schedule.{entry.Name}", entry.Value.Shape))).ToArray();
        var own = parameters.Select(tracked => left.ContainsKey($"{tracked.Name}.step")
            ? (Tensor?[])[Take($"{tracked.Name}.step", Shape.Scalar), .. Slots.Select(slot => Take($"{tracked.Name}.{slot}", tracked.Parameter.Shape))]
            : null).ToArray();
        faults.AddRange(left.Keys.Select(name => $"{name} is not expected"));
        if (faults.Count > 0) throw new ArgumentException($"{Name}.Load: the state is not of this optimizer over these parameters:\n  {string.Join("\n  ", faults)}");
        (StepCount, rate) = ((long)step!.Item(), Demand.NotNegative(learningRate!.Item(), nameof(LearningRate)));
        Schedule?.Load(schedule!);
        for (var i = 0; i < own.Length; i++) Restore(parameters[i], own[i]);

        Tensor? Take(string name, Shape shape)
        {
            if (!left.Remove(name, out var value)) faults.Add($"{name} {shape} is missing");
            else if (value.Shape != shape) faults.Add($"{name} has shape {value.Shape}, {shape} is needed");
            return value;
        }
    }

    private void Restore(Tracked tracked, Tensor?[]? own)
    {
        tracked.Steps = own is null ? 0 : (long)own[0]!.Item();
        EnsureState();
        for (var slot = 0; slot < Slots.Count; slot++)
        {
            var target = SlotOf(tracked, slot);
            if (own is null) CopyLoops.Clear(target);
            else CopyLoops.Copy(own[slot + 1]!.To(target.DType), target);
        }
    }

    /// <summary>[slots, elements of all parameters], in their type: each parameter's begin at a multiple of 16.</summary>
    private Tensor? EnsureState()
    {
        var dtype = OneType();
        if (Slots.Count == 0) return null;
        var last = parameters[^1];
        return state = state?.To(dtype)
            ?? Tensor.Zeros([Slots.Count, checked((int)((last.Start + ManyTensors.Padded(last.Parameter.Shape.Length)) / ManyTensors.Line)), ManyTensors.Line], dtype);
    }

    private DType OneType()
    {
        var first = parameters[0];
        return Array.Find(parameters, tracked => tracked.Parameter.DType != first.Parameter.DType) is not { } other ? first.Parameter.DType
            : throw new InvalidOperationException($"{Name}: parameter {first.Name} is {first.Parameter.DType}, {other.Name} is {other.Parameter.DType}. " +
                "Move the whole model to one type, model.To(DType.Float32), or give the parameters of each type an optimizer of their own.");
    }

    private Tensor SlotOf(Tracked tracked, int slot)
    {
        var shape = tracked.Parameter.Shape;
        return state!.View(shape, shape.RowMajorStrides(), (slot * (state.Length / Slots.Count)) + tracked.Start);
    }
}
