using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Nabla.Cli;

/// <summary>What options demand of their values, and how it is said where a value does not do.</summary>
static class OptionRules
{
    /// <summary>Refuses values that a condition does not hold for.</summary>
    public static void Demand<T>(Option<T> option, Func<T, bool> holds, string needed) => option.Validators.Add(result =>
    {
        // What is no number at all the parser refuses.
        if (result.Errors.Any() || result.Tokens is not [var given] || NumberNeeded(option, given.Value) is not null) return;
        if (result.GetValueOrDefault<T>() is { } value && !holds(value)) result.AddError($"{option.Name} {given.Value}: {needed} is needed.");
    });

    /// <summary>An error of the command line in one line.</summary>
    public static string Said(this ParseError error)
    {
        var result = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        if (result?.Tokens is [var given] && NumberNeeded(result.Option, given.Value) is { } needed) return $"{result.Option.Name} {given.Value}: {needed} is needed.";
        var line = string.Join(' ', error.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return result is null || line.Contains(result.Option.Name, StringComparison.Ordinal) ? line : $"{result.Option.Name}: {line}";
    }

    /// <summary>What an option of numbers needs where a text is none that it can take; null: it is, or the option takes no numbers.</summary>
    static string? NumberNeeded(Option option, string text) => NumberNeeded(Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType, text);

    /// <summary>What a text lacks to be a number of a type; null: nothing, or the type is of no numbers.</summary>
    public static string? NumberNeeded(Type type, string text)
    {
        if (type == typeof(int)) return int.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : Whole(text);
        if (type == typeof(long)) return long.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : Whole(text);
        if (type == typeof(ulong)) return ulong.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : "a whole number from 0 to 2⁶⁴ − 1";
        if (type == typeof(double)) return double.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : "a number";
        return null;
    }

    /// <summary>How numbers of a type are written.</summary>
    public static NumberStyles Styles(Type type) => type == typeof(double) ? NumberStyles.Float : NumberStyles.Integer;

    static string Whole(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsInteger(number) ? "a smaller whole number" : "a whole number";
}
