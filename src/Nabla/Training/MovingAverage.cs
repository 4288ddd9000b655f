namespace Nabla.Training;

/// <summary>
/// The exponential moving average of a model's parameters and running statistics, which often does better than its last values (Polyak, Juditsky 1992):
/// a ← d · a + (1 − d) · p after each step, where d = min(decay, (1 + t) / (10 + t)) at the t-th step, so that the beginning is soon forgotten.
/// </summary>
/// <param name="model">Whose parameters are averaged.</param>
/// <param name="decay">What is kept at each step, 0 ≤ decay &lt; 1; 1 / (1 − decay) is about how many steps it looks back.</param>
public sealed class MovingAverage(IModule model, double decay = 0.999)
{
    private readonly IModule model = model ?? throw new ArgumentNullException(nameof(model));
    private readonly double decay = decay is >= 0 and < 1 ? decay
        : throw new ArgumentOutOfRangeException(nameof(decay), decay, "MovingAverage: 0 ≤ decay < 1 is needed.");
    private (string Path, Parameter Parameter)[]? parameters;
    private (string Path, ModuleBuffer Buffer)[] buffers = [];
    private Tensor[] parameterValues = [], bufferValues = [];

    /// <summary>How many values have gone into it.</summary>
    public long Updates { get; private set; }

    /// <summary>Takes in the model's present values.</summary>
    public void Update()
    {
        var isFirst = parameters is null;
        if (isFirst) Begin();
        var keep = Math.Min(decay, (1.0 + ++Updates) / (10 + Updates));
        if (isFirst) return;
        for (var i = 0; i < parameterValues.Length; i++) parameterValues[i] = Mean(parameterValues[i], parameters![i].Parameter.Value, keep);
        for (var i = 0; i < bufferValues.Length; i++) bufferValues[i] = Mean(bufferValues[i], buffers[i].Buffer.Value, keep);
    }

    /// <summary>Gives the model the average and keeps the model's values; called again, it gives them back, bit for bit.</summary>
    public void Exchange()
    {
        for (var i = 0; i < parameterValues.Length; i++)
        {
            var own = parameters![i].Parameter.Value.Clone();
            parameters[i].Parameter.Set(parameterValues[i]);
            parameterValues[i] = own;
        }
        for (var i = 0; i < bufferValues.Length; i++)
        {
            var own = buffers[i].Buffer.Value;
            buffers[i].Buffer.Set(bufferValues[i].To(own.DType));
            bufferValues[i] = own;
        }
    }

    /// <summary>The average of each parameter and buffer by its path; nothing before the first update.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Values =>
    [
        .. parameterValues.Select((value, i) => KeyValuePair.Create(parameters![i].Path, value)),
        .. bufferValues.Select((value, i) => KeyValuePair.Create(buffers[i].Path, value)),
    ];

    /// <summary>Goes on from saved values, by path.</summary>
    internal void Load(Func<string, Tensor> saved, long updates)
    {
        Updates = updates;
        if (updates == 0) return;
        Begin();
        for (var i = 0; i < parameterValues.Length; i++) parameterValues[i] = saved(parameters![i].Path);
        for (var i = 0; i < bufferValues.Length; i++) bufferValues[i] = saved(buffers[i].Path);
    }

    private void Begin()
    {
        var members = Members.Of(model);
        (parameters, buffers) = ([.. members.Parameters], [.. members.Buffers]);
        parameterValues = [.. parameters.Select(member => member.Parameter.Value.Clone())];
        bufferValues = [.. buffers.Select(member => member.Buffer.Value.Clone())];
    }

    /// <summary>What counts in whole numbers has no average: its last value stands.</summary>
    private static Tensor Mean(Tensor average, Tensor value, double keep) => value.DType.IsFloat ? (average.To(value.DType) * keep) + (value * (1 - keep)) : value.Clone();
}
