using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Text;

/// <summary>An object of a tokenizer's file, read with errors that say where they are.</summary>
internal sealed class JsonPart(JsonObject json, string where)
{
    public JsonNode? this[string name] => json[name];

    /// <summary>The value of "type".</summary>
    public string Type => Needed("type");

    private IEnumerable<string> Names => json.Select(entry => entry.Key);

    /// <summary>Refuses whatever is not among these.</summary>
    public void Allow(params ReadOnlySpan<string> names)
    {
        foreach (var (name, value) in json)
            if (!names.Contains(name)) throw Fault($"\"{name}\" ({Shortened(value)}) is not known here");
    }

    public JsonPart? Part(string name) => json[name] switch
    {
        null => null,
        JsonObject part => new(part, $"\"{name}\""),
        var other => throw Fault($"\"{name}\" is {Shortened(other)}, not an object"),
    };

    public IEnumerable<JsonPart> Parts(string name) => List(name).Select((item, i) => new JsonPart(item as JsonObject ?? throw Fault($"{i} of \"{name}\" is {Shortened(item)}, not an object"), $"{i} of \"{name}\""));

    /// <summary>A list; an empty one where there is none.</summary>
    public IEnumerable<JsonNode?> List(string name) => json[name] switch
    {
        null => [],
        JsonArray list => list,
        var other => throw Fault($"\"{name}\" is {Shortened(other)}, not a list"),
    };

    /// <summary>The objects that an object has by names; none where it is not there.</summary>
    public IEnumerable<(string Name, JsonPart Part)> Named(string name) => Part(name) is { } parts ? parts.Names.Select(one => (one, parts.Part(one) ?? throw parts.Fault($"\"{one}\" is null, not an object"))) : [];

    /// <summary>The symbols of an object with their numbers.</summary>
    public IEnumerable<KeyValuePair<string, int>> Numbers(string name) => json[name] is JsonObject numbers
        ? numbers.Select(entry => KeyValuePair.Create(entry.Key, Whole(entry.Value, $"\"{name}\" of \"{entry.Key}\""))) : throw Fault($"\"{name}\" is not an object of symbols and their numbers");

    public string? Text(string name) => json[name] is { } value ? Text(value) : null;

    /// <summary>A text that must be there.</summary>
    public string Needed(string name) => Text(name) ?? throw Fault($"\"{name}\" is missing");

    /// <summary>A text of one character that must be there.</summary>
    public string Character(string name) => Needed(name) is var text && text.EnumerateRunes().Count() == 1 ? text : throw Fault($"\"{name}\" is \"{text}\", not one character");

    public string Text(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var found) ? found : throw Fault($"{Shortened(value)} is not a text");

    public bool Flag(string name, bool otherwise) => json[name] switch
    {
        null => otherwise,
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
        var other => throw Fault($"\"{name}\" is {Shortened(other)}, neither true nor false"),
    };

    public int Whole(string name) => Whole(json[name], $"\"{name}\"");

    /// <summary>A whole number, or another where there is none.</summary>
    public int Whole(string name, int otherwise) => json[name] is null ? otherwise : Whole(name);

    public FormatException Fault(string fault) => new($"{where}: {fault}");

    public FormatException Unknown(string kind, string type, string known) => new($"{where}: a {kind} \"{type}\" is not known here; there are {known}");

    public int Whole(JsonNode? value, string what) => value is JsonValue number && number.GetValueKind() == JsonValueKind.Number && number.TryGetValue<int>(out var whole) ? whole
        : throw Fault($"{what} is {Shortened(value)}, not a whole number");

    private static string Shortened(JsonNode? value) => value?.ToJsonString() is not { } text ? "null" : text.Length <= 40 ? text : text[..40] + "…";
}
