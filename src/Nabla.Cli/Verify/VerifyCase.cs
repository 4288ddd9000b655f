using System.Text.Json;
using Nabla.Checkpoints;

namespace Nabla.Cli.Verify;

/// <summary>One case of a group: an op, its attributes, and tensors named <c>case/tensor</c> in the group's safetensors file.</summary>
internal sealed class VerifyCase(string name, JsonElement json, Safetensors? tensors)
{
    public string Name => name;

    /// <summary>The op's name as the file gives it.</summary>
    public string Op => Required("op").GetString() ?? throw new VerifyException("\"op\" is not a string");

    private JsonElement Required(string key) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var value) ? value
        : throw new VerifyException($"the case has no \"{key}\"");

    /// <summary>Whether the case holds this tensor.</summary>
    public bool Has(string tensor) => tensors?.Contains($"{name}/{tensor}") ?? false;

    /// <summary>A tensor of the case.</summary>
    public Tensor Tensor(string tensor) => Has(tensor) ? tensors![$"{name}/{tensor}"] : throw new VerifyException($"there is no tensor \"{name}/{tensor}\"");

    /// <summary>A tensor of 0 and 1 as a condition.</summary>
    public Tensor Mask(string tensor) => Tensor(tensor).To(DType.Bool);

    /// <summary>The tensor, or null where the case has none.</summary>
    public Tensor? Optional(string tensor) => Has(tensor) ? Tensor(tensor) : null;

    /// <summary>The names under "inputs".</summary>
    public IEnumerable<string> Inputs => Strings("inputs");

    /// <summary>The names under "outputs".</summary>
    public IEnumerable<string> Outputs => Strings("outputs");

    private IEnumerable<string> Strings(string key) =>
        Required(key) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(item => item.GetString() ?? "") : throw new VerifyException($"\"{key}\" is not a list");

    /// <summary>The plain numbers under "values"; null where there are none.</summary>
    public JsonElement? Values => json.TryGetProperty("values", out var values) ? values : null;

    /// <summary>An attribute, if the case names it and it is not null.</summary>
    public JsonElement? Attribute(string key) =>
        json.TryGetProperty("attributes", out var attributes) && attributes.ValueKind == JsonValueKind.Object && attributes.TryGetProperty(key, out var value) &&
        value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A number among the attributes, or what PyTorch takes where none is named.</summary>
    public double Number(string key, double otherwise) => Attribute(key) is { } value
        ? value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw new VerifyException($"attribute \"{key}\" is not a number")
        : otherwise;

    /// <summary>A whole number among the attributes.</summary>
    public int Whole(string key, int otherwise) => checked((int)Number(key, otherwise));

    /// <summary>A truth value among the attributes.</summary>
    public bool Flag(string key, bool otherwise = false) => Attribute(key) is { } value
        ? value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw new VerifyException($"attribute \"{key}\" is neither true nor false")
        : otherwise;

    /// <summary>A text among the attributes.</summary>
    public string Text(string key, string otherwise) => Attribute(key)?.GetString() ?? otherwise;

    /// <summary>A list of texts among the attributes.</summary>
    public string[] Texts(string key) => Attribute(key) is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
        ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : throw new VerifyException($"attribute \"{key}\" is not a list of texts");

    /// <summary>Whole numbers among the attributes; a single number counts as a list of <paramref name="count"/> equal ones.</summary>
    public int[] Wholes(string key, int otherwise, int count) => Attribute(key) switch
    {
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(item => item.GetInt32())],
        { } one => [.. Enumerable.Repeat(one.GetInt32(), count)],
        null => [.. Enumerable.Repeat(otherwise, count)],
    };
}

/// <summary>A case that cannot be run as it stands; the message says why.</summary>
internal sealed class VerifyException(string message) : Exception(message);

/// <summary>A case whose op Nabla does not have.</summary>
internal sealed class NotBuiltException(string op) : Exception($"{op} is not built yet");
