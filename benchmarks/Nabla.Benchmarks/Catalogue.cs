using Nabla.Benchmarks.Workloads;

namespace Nabla.Benchmarks;

/// <summary>All workloads, in the order of the table.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<Workload> Workloads { get; } = [.. Products.All, .. Kernels.All, .. Recurrences.All, .. Images.All, .. Trainings.All.Select(training => training.Row), .. Translations.All, .. Inference.All, .. BertTrainings.All, .. BertInference.All, Embeddings.Row, .. WordPieces.All, EagerAdd.Row, ColdStart.Row];
}
