using System.Globalization;

namespace Nabla.Cli.Tasks.Sweeps;

/// <summary>A setting that a sweep varies: listed values, or a range to draw from.</summary>
/// <param name="Name">As the command line has it, without dashes.</param>
/// <param name="Values">The values; none for a range.</param>
/// <param name="Low">The lower end of a range.</param>
/// <param name="High">The upper end of a range.</param>
/// <param name="IsWhole">Whether values are whole numbers.</param>
sealed record SweepAxis(string Name, IReadOnlyList<string> Values, double Low = 0, double High = 0, bool IsWhole = false)
{
    /// <summary><c>lr=0.001,0.01</c> or <c>lr=1e-4..1e-1</c>.</summary>
    public static SweepAxis Parse(ITrainingTask task, string text)
    {
        if (text.Split('=', 2) is not [var name, { Length: > 0 } list])
            throw new UserException($"--vary {text}: a setting and its values are needed, such as lr=0.001,0.01.");
        var setting = Find(task.NewSettings(), name);
        if (list.Split("..") is [var low, var high])
        {
            var (from, to) = (Number(name, low), Number(name, high));
            return from < to ? new(name, [], from, to, setting.IsWhole) : throw new UserException($"--vary {text}: the range is empty.");
        }
        var values = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var value in values) Set(setting, name, value);
        return new(name, values);
    }

    /// <summary>Changes a setting.</summary>
    public static void Set(TaskSettings settings, string name, string value) => Set(Find(settings, name), name, value);

    /// <summary>A value at random: from a range evenly in its logarithm where it begins above 0.</summary>
    public string Draw(Generator random)
    {
        if (Values.Count > 0) return Values[random.NextInt(Values.Count)];
        var fraction = random.NextInt(1 << 24) / (double)(1 << 24);
        var value = Low > 0 ? Low * Math.Pow(High / Low, fraction) : Low + ((High - Low) * fraction);
        return IsWhole ? Math.Round(value).ToString(CultureInfo.InvariantCulture) : value.ToString("G3", CultureInfo.InvariantCulture);
    }

    static Setting Find(TaskSettings settings, string name)
    {
        var varied = settings.All.Where(setting => setting.IsSwept).ToDictionary(setting => setting.Option!.Name[2..]);
        return varied.TryGetValue(name, out var setting) ? setting
            : throw new UserException($"--vary {name}: this cannot be varied. It can be {string.Join(", ", varied.Keys)}.");
    }

    static void Set(Setting setting, string name, string value)
    {
        if (setting.Parse(value) is { } needed) throw new UserException($"--vary {name}: {value} is not {needed}.");
    }

    static double Number(string name, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && double.IsFinite(number)
            ? number : throw new UserException($"--vary {name}: {value} is not a number of 0 or more.");
}
