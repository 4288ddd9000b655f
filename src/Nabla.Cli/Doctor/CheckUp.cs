using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Nabla.Cli.Doctor;

/// <summary>What this machine offers Nabla.</summary>
sealed record CheckUp(
    string Nabla, string DotNet, string System, string Processor, string Architecture, int Cores, int Threads, string Vectors, IReadOnlyList<string> InstructionSets,
    long MemoryBytes, long PoolBudgetBytes, IReadOnlyList<LibraryCheck> GpuLibraries)
{
    public static CheckUp Make() => new(
        typeof(Tensor).Assembly.GetName().Version!.ToString(3), Environment.Version.ToString(), RuntimeInformation.OSDescription, Hardware.ProcessorName(),
        RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount, global::Nabla.Processor.Threads, Hardware.Vectors(), Hardware.InstructionSets(),
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Memory.Budget,
        [.. GpuLibrary.All.Select(library => new LibraryCheck(library.Name, library.Find(), library.Purpose, library.Remedy))]);
}

/// <summary>A GPU library, found or not.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Path">Its file; null where it is missing.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Remedy">How to get it.</param>
sealed record LibraryCheck(string Name, string? Path, string Purpose, string Remedy);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CheckUp))]
sealed partial class CheckUpJson : JsonSerializerContext;
