using System.Collections;
using System.Globalization;
using System.Numerics;

namespace Nabla.Cli.Tasks;

/// <summary>The settings of a training, in the order of their declaration, which is that of <c>--help</c> and of
/// configuration.json.</summary>
sealed class SettingList : IEnumerable<Setting>
{
    readonly List<Setting> settings = [];

    /// <summary>A value that the training determines, such as the number of examples.</summary>
    public Setting<T> Fact<T>(string jsonName) where T : notnull => Add(new Setting<T>(null, jsonName));

    /// <summary>The training data.</summary>
    public Setting<string> Data(string valueName, string kinds) =>
        Text("--data", "data").Alias("-d").Help(valueName, $"The training data: {kinds}").OnResume();

    public Setting<string> Text(string flag, string jsonName) => Add(new Setting<string>(flag, jsonName, ParseText));

    /// <summary>One of some names.</summary>
    public Setting<string> Choice(string flag, string jsonName, params string[] names) => Text(flag, jsonName).OneOf(names);

    public Setting<bool> Flag(string flag, string jsonName) => Add(new Setting<bool>(flag, jsonName)).Default(false);

    public Setting<int> Count(string flag, string jsonName) => Count<int>(flag, jsonName);

    public Setting<T> Count<T>(string flag, string jsonName) where T : struct, INumber<T> =>
        Number<T>(flag, jsonName, value => value > T.Zero, "a whole number above 0");

    public Setting<double> Positive(string flag, string jsonName) =>
        Number<double>(flag, jsonName, value => value > 0 && double.IsFinite(value), "a number above 0");

    public Setting<double> NonNegative(string flag, string jsonName) =>
        Number<double>(flag, jsonName, value => value >= 0 && double.IsFinite(value), "a number of 0 or more");

    /// <summary>A fraction or probability below 1.</summary>
    public Setting<double> Fraction(string flag, string jsonName) =>
        Number<double>(flag, jsonName, value => value is >= 0 and < 1, "a number from 0 to below 1");

    public Setting<ulong> Seed(string flag, string jsonName) => Number<ulong>(flag, jsonName, _ => true, "a whole number");

    public Setting<double> ClipNorm() =>
        Positive("--clip", "clipNorm").Help("NORM", "Scales the gradients down when their norm is above this").OnResume().InSweep();

    public Setting<ulong> SplitSeed() =>
        Seed("--split-seed", "splitSeed").Help("N",
            "Seed of the split (as --seed), such as for runs of several seeds that are compared on the same test part").Optional();

    /// <summary>A number that satisfies a condition.</summary>
    public Setting<T> Number<T>(string flag, string jsonName, Func<T, bool> holds, string needed) where T : struct, INumber<T>
    {
        string? Parse(string text, out T value) => !T.TryParse(text, OptionRules.Styles(typeof(T)), CultureInfo.InvariantCulture, out value)
            ? OptionRules.NumberNeeded(typeof(T), text) ?? needed : holds(value) ? null : needed;
        return Add(new Setting<T>(flag, jsonName, Parse));
    }

    /// <summary>A list of names.</summary>
    public Setting<string[]> Names(string flag, string jsonName, ValueParser<string[]> parser) =>
        Add(new Setting<string[]>(flag, jsonName, parser));

    public IEnumerator<Setting> GetEnumerator() => settings.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    Setting<T> Add<T>(Setting<T> setting) where T : notnull
    {
        settings.Add(setting);
        return setting;
    }

    static string? ParseText(string text, out string value)
    {
        value = text;
        return null;
    }
}
