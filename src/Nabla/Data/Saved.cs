using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>What a cursor's saved position holds, read with errors that say which step of the pipeline it does not fit.</summary>
internal static class Saved
{
    public const string At = "at", Epoch = "epoch", Of = "of", Count = "count", Window = "window";

    public static long Number(JsonNode state, string step, string name) =>
        Value(state, step, name) is JsonValue value && value.GetValueKind() == JsonValueKind.Number && Whole(value) is { } number && number >= 0 ? number
        : throw Misfit(step, $"\"{name}\" is not a whole number of 0 or more");

    public static int Small(JsonNode state, string step, string name) => Number(state, step, name) is var number && number <= int.MaxValue ? (int)number
        : throw Misfit(step, $"\"{name}\" is {number}, more than {int.MaxValue}");

    /// <summary>The position of the step before, which is handed on to it.</summary>
    public static JsonNode Node(JsonNode state, string step, string name) => Value(state, step, name)!;

    /// <summary>Throws unless there are as many items as when the position was saved.</summary>
    public static void SameCount(JsonNode state, string step, long count)
    {
        if (Number(state, step, Count) is var saved && saved != count)
            throw Misfit(step, $"it was saved over {saved} items, here are {count}");
    }

    public static ArgumentException Misfit(string step, string fault) =>
        new($"{step}: this position was not saved by this pipeline: {fault}. Open the pipeline it was saved by, or begin anew with Open(epoch).");

    private static JsonNode? Value(JsonNode state, string step, string name) => state is JsonObject saved && saved.TryGetPropertyValue(name, out var value) && value is not null ? value
        : throw Misfit(step, $"\"{name}\" is missing");

    /// <summary>A number that was just made holds a long or an int, one that was read from a file holds text.</summary>
    private static long? Whole(JsonValue value) => value.TryGetValue<long>(out var number) ? number : value.TryGetValue<int>(out var small) ? small : null;
}
