using System.Text.Json.Serialization;

namespace Nabla.Cli.Verify;

/// <summary>How all cases went.</summary>
internal sealed record VerifySummary(int Passed, int Failed, IReadOnlyList<VerifyResult> Cases);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(VerifySummary))]
internal sealed partial class VerifyJson : JsonSerializerContext;
