using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Nabla.Cli.Tasks;

/// <summary>
/// A setting of a training, declared once: its option on the command line, its name in configuration.json, its default, and whether
/// <c>--resume</c> and <c>nabla sweep</c> may change it.
/// </summary>
/// <param name="jsonName">Its name in configuration.json.</param>
abstract class Setting(string jsonName)
{
    public string JsonName => jsonName;

    /// <summary>Its option; null: the training determines the value, such as the number of examples.</summary>
    public abstract Option? Option { get; }

    /// <summary>Whether a resumed run may have another value.</summary>
    public bool ChangesOnResume { get; private protected set; }

    /// <summary>Whether <c>nabla sweep</c> may vary it.</summary>
    public bool IsSwept { get; private protected set; }

    /// <summary>Whether it may have no value.</summary>
    public bool IsOptional { get; private protected set; }

    /// <summary>Whether the value was asked for, and not chosen.</summary>
    public bool IsGiven { get; private protected set; }

    public abstract bool HasValue { get; }

    /// <summary>Whether values are whole numbers.</summary>
    public abstract bool IsWhole { get; }

    /// <summary>Takes the option's value, if it was given.</summary>
    public abstract void Read(ParseResult parse);

    /// <summary>Takes the value of a text. Returns what is needed instead, such as "a number above 0"; null: all is well.</summary>
    public abstract string? Parse(string text);

    /// <summary>Takes the value from configuration.json.</summary>
    /// <exception cref="JsonException">It has another type.</exception>
    public abstract void ReadJson(JsonNode value);

    /// <summary>The value for configuration.json.</summary>
    public abstract JsonNode ToJson();

    /// <summary>Takes the value of the same setting of another training.</summary>
    public abstract void CopyFrom(Setting other);
}

/// <summary>The value of a text. Returns what is needed instead, such as "a number above 0"; null: all is well.</summary>
delegate string? ValueParser<T>(string text, out T value);

/// <summary>A setting of one type.</summary>
/// <param name="flag">Its option, such as <c>--lr</c>; null: the training determines the value.</param>
/// <param name="jsonName">Its name in configuration.json.</param>
/// <param name="parser">Reads its values; null: it has no option, or one without a value.</param>
sealed class Setting<T>(string? flag, string jsonName, ValueParser<T>? parser = null) : Setting(jsonName), IFormattable where T : notnull
{
    string? help, description;
    string[] aliases = [], names = [];
    (bool Exists, T Value) usual, current;

    public override Option? Option => field ??= flag is null ? null : NewOption(flag);

    public override bool HasValue => current.Exists || usual.Exists;

    public override bool IsWhole => typeof(T) == typeof(int) || typeof(T) == typeof(long) || typeof(T) == typeof(ulong);

    /// <summary>The value that was given or chosen, or else the default.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Value => current.Exists ? current.Value : usual.Exists ? usual.Value
        : throw new InvalidOperationException($"{JsonName} has no value.");

    /// <summary>What <c>--help</c> says.</summary>
    /// <param name="valueName">What the value is called: N, NAME; null for a flag.</param>
    /// <param name="text">Without a full stop. The default is added.</param>
    public Setting<T> Help(string? valueName, string text)
    {
        (help, description) = (valueName, text);
        return this;
    }

    /// <summary>A shorter name of the option, or an earlier one.</summary>
    public Setting<T> Alias(string name)
    {
        aliases = [.. aliases, name];
        return this;
    }

    /// <summary>The only values that there are.</summary>
    public Setting<T> OneOf(params string[] values)
    {
        names = values;
        return this;
    }

    /// <summary>The value where none is given. Where it depends on other settings, <see cref="Choose"/> it.</summary>
    public Setting<T> Default(T value)
    {
        usual = (true, value);
        return this;
    }

    /// <summary>It may have no value.</summary>
    public Setting<T> Optional()
    {
        IsOptional = true;
        return this;
    }

    /// <summary>A resumed run may have another value.</summary>
    public Setting<T> OnResume()
    {
        ChangesOnResume = true;
        return this;
    }

    /// <summary><c>nabla sweep</c> may vary it.</summary>
    public Setting<T> InSweep()
    {
        IsSwept = true;
        return this;
    }

    /// <summary>Sets the value, as if it had been given.</summary>
    public void Set(T value) => (current, IsGiven) = ((true, value), true);

    /// <summary>Sets the value unless one was given.</summary>
    public void Choose(T value)
    {
        if (!IsGiven) current = (true, value);
    }

    public override void Read(ParseResult parse)
    {
        if (Option is Option<T> option && parse.GetResult(option) is { Implicit: false }) Set(parse.GetValue(option)!);
    }

    public override string? Parse(string text)
    {
        if (names.Length > 0 && !names.Contains(text)) return $"one of {string.Join(", ", names)}";
        if (parser!(text, out var value) is { } needed) return needed;
        Set(value);
        return null;
    }

    public override void ReadJson(JsonNode value) =>
        current = (true, value.Deserialize(Type) ?? throw new JsonException("There is no value."));

    public override JsonNode ToJson() => JsonSerializer.SerializeToNode(Value, Type)!;

    public override void CopyFrom(Setting other) => (current, IsGiven) = (((Setting<T>)other).current, other.IsGiven);

    public static implicit operator T(Setting<T> setting) => setting.Value;

    public string ToString(string? format, IFormatProvider? provider) =>
        Value is IFormattable value ? value.ToString(format, provider) : Value.ToString()!;

    public override string ToString() => ToString(null, System.Globalization.CultureInfo.InvariantCulture);

    static JsonTypeInfo<T> Type => (JsonTypeInfo<T>)SettingJson.Default.GetTypeInfo(typeof(T))!;

    Option<T> NewOption(string name)
    {
        var said = usual.Exists && usual.Value is not false ? Invariant($" ({Shown(usual.Value)})") : "";
        var option = new Option<T>(name, aliases) { Description = $"{description}{said}.", HelpName = help };
        if (parser is not null) option.CustomParser = Parsed;
        if (names.Length > 0) option.AcceptOnlyFromAmong(names);
        return option;
    }

    T? Parsed(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (parser!(text, out var value) is { } needed) argument.AddError($"{flag} {text}: {needed} is needed.");
        return value;
    }

    static string Shown(T value) => value is IFormattable number ? number.ToString("#,0.########",
        System.Globalization.CultureInfo.InvariantCulture) : value.ToString()!;
}

static class OptionalSettings
{
    /// <summary>The value; null: there is none.</summary>
    public static T? OrNull<T>(this Setting<T> setting) where T : struct => setting.HasValue ? setting.Value : null;

    /// <summary>The value; null: there is none.</summary>
    public static string? OrNull(this Setting<string> setting) => setting.HasValue ? setting.Value : null;
}

/// <summary>The types of settings.</summary>
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(ulong))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(double[]))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(long[]))]
sealed partial class SettingJson : JsonSerializerContext;
