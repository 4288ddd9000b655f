using System.Globalization;

namespace Nabla.Cli.Training;

/// <summary>A setting that a sweep varies: listed values, or a range to draw from.</summary>
/// <param name="Name">As the command line has it, without dashes.</param>
/// <param name="Values">The values; none for a range.</param>
/// <param name="Low">The range's lower end.</param>
/// <param name="High">Its upper end.</param>
sealed record SweepAxis(string Name, IReadOnlyList<string> Values, double Low = 0, double High = 0)
{
    static readonly Dictionary<string, Func<ImageRequest, string, ImageRequest>> Known = new()
    {
        ["lr"] = (request, value) => request with { LearningRate = Positive("lr", value) },
        ["batch"] = (request, value) => request with { Batch = Whole("batch", value) },
        ["epochs"] = (request, value) => request with { Epochs = Whole("epochs", value) },
        ["accumulate"] = (request, value) => request with { Accumulate = Whole("accumulate", value) },
        ["size"] = (request, value) => request with { Size = Whole("size", value) },
        ["seed"] = (request, value) => request with { Seed = (ulong)Whole("seed", value) },
        ["weight-decay"] = (request, value) => request with { WeightDecay = Number("weight-decay", value) },
        ["label-smoothing"] = (request, value) => request with { LabelSmoothing = Number("label-smoothing", value) },
        ["clip"] = (request, value) => request with { ClipNorm = Positive("clip", value) },
        ["average"] = (request, value) => request with { Average = Number("average", value) },
        ["model"] = (request, value) => request with { Model = value },
        ["optimizer"] = (request, value) => request with { Optimizer = Among("optimizer", value, ImageModels.Optimizers) },
        ["schedule"] = (request, value) => request with { Schedule = Among("schedule", value, ImageModels.Schedules) },
        // Commas part values, so the names of one list are joined by +.
        ["augment"] = (request, value) => request with { Augment = Augmentations.Parse(value.Replace('+', ',')) },
    };

    static readonly string[] WholeNumbers = ["batch", "epochs", "accumulate", "size", "seed"];

    /// <summary><c>lr=0.001,0.01</c> or <c>lr=1e-4..1e-1</c>.</summary>
    public static SweepAxis Parse(string text)
    {
        var parts = text.Split('=', 2);
        if (parts.Length != 2 || parts[1].Length == 0) throw new UserException($"--vary {text}: a setting and its values are needed, such as lr=0.001,0.01.");
        if (!Known.ContainsKey(parts[0])) throw new UserException($"--vary {parts[0]}: this cannot be varied. It can be {string.Join(", ", Known.Keys)}.");
        if (parts[1].Split("..") is [var low, var high])
        {
            var (from, to) = (Number(parts[0], low), Number(parts[0], high));
            return from < to ? new(parts[0], [], from, to) : throw new UserException($"--vary {text}: the range is empty.");
        }
        var values = parts[1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var value in values) Set(new ImageRequest(), parts[0], value);
        return new(parts[0], values);
    }

    /// <summary>The request with a setting changed.</summary>
    public static ImageRequest Set(ImageRequest request, string name, string value) => Known[name](request, value);

    /// <summary>A value at random: from a range evenly in its logarithm where it begins above 0.</summary>
    public string Draw(Generator random)
    {
        if (Values.Count > 0) return Values[random.NextInt(Values.Count)];
        var share = random.NextInt(1 << 24) / (double)(1 << 24);
        var value = Low > 0 ? Low * Math.Pow(High / Low, share) : Low + ((High - Low) * share);
        return WholeNumbers.Contains(Name) ? Math.Round(value).ToString(CultureInfo.InvariantCulture) : value.ToString("G3", CultureInfo.InvariantCulture);
    }

    static int Whole(string name, string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new UserException($"--vary {name}: {value} is not a whole number above 0.");

    static double Number(string name, string value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && double.IsFinite(number) ? number
        : throw new UserException($"--vary {name}: {value} is not a number of 0 or more.");

    static double Positive(string name, string value) => Number(name, value) is > 0 and var number ? number : throw new UserException($"--vary {name}: {value} is not above 0.");

    static string Among(string name, string value, string[] known) => known.Contains(value) ? value : throw new UserException($"--vary {name}: there is no {value}; there are {string.Join(", ", known)}.");
}
