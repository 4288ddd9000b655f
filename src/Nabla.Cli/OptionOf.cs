using System.CommandLine;
using System.Numerics;

namespace Nabla.Cli;

/// <summary>Options by what their values may be, and those that several trainings have alike.</summary>
static class OptionOf
{
    /// <summary>What to learn from.</summary>
    public static Option<string?> Data(string help, string description) => new("--data", "-d") { Description = description, HelpName = help };

    /// <summary>One of the models that can be trained.</summary>
    public static Option<string?> Model(string description, params string[] names)
    {
        var option = Choice("--model", description, names);
        option.Aliases.Add("-m");
        return option;
    }

    public static Option<string?> Name(string name, string help, string description) => new(name) { Description = description, HelpName = help };

    /// <summary>One of some names.</summary>
    public static Option<string?> Choice(string name, string description, params string[] names)
    {
        var option = Name(name, "NAME", description);
        option.AcceptOnlyFromAmong(names);
        return option;
    }

    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    public static Option<int?> Count(string name, string help, string description) => Count<int>(name, help, description);

    public static Option<T?> Count<T>(string name, string help, string description) where T : struct, INumber<T> => Number<T>(name, help, description, value => value > T.Zero, "a whole number above 0");

    public static Option<double?> Positive(string name, string help, string description) => Number<double>(name, help, description, value => value > 0 && double.IsFinite(value), "a number above 0");

    public static Option<double?> Amount(string name, string help, string description) => Number<double>(name, help, description, value => value >= 0 && double.IsFinite(value), "a number of 0 or more");

    public static Option<double?> Share(string name, string help, string description) => Number<double>(name, help, description, value => value is >= 0 and < 1, "a number from 0 to below 1");

    /// <summary>A number that a condition must hold for.</summary>
    public static Option<T?> Number<T>(string name, string help, string description, Func<T, bool> holds, string needed) where T : struct
    {
        var option = new Option<T?>(name) { Description = description, HelpName = help };
        OptionRules.Demand(option, value => value is not { } number || holds(number), needed);
        return option;
    }

    public static Option<ulong?> Seed(string chooses = "the first values, the order and whatever else is random") => new("--seed") { Description = $"Chooses {chooses} (1).", HelpName = "N" };

    public static Option<ulong?> SplitSeed() => new("--split-seed") { Description = "Chooses what is held out (as --seed), such as for runs of several seeds that are judged by the same.", HelpName = "N" };

    public static Option<double?> Clip(string? usual = null) => Positive("--clip", "NORM", $"Scales gradients down whose norm is above this{(usual is null ? "" : $" ({usual})")}.");

    public static Option<double?> Average() => Share("--average", "DECAY", "Keeps a moving average of the parameters, such as 0.999, and judges that.");

    public static Option<int?> Patience() => Count("--patience", "N", "Stops after N epochs without improvement.");

    public static Option<int?> SaveEvery(int usual = 100) => Count("--save-every", "STEPS", $"Steps between two saved states: the most that a crash loses ({usual}).");

    public static Option<bool> TensorBoard() => Flag("--tensorboard", "Write the curves for TensorBoard too.");
}
