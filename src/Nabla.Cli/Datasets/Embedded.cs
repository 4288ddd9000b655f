namespace Nabla.Cli.Datasets;

/// <summary>The files of <c>data/</c>, which travel inside the program. Sources and licences: data/README.md.</summary>
static class Embedded
{
    /// <summary>Opens a file by its name, such as <c>cars.json</c>.</summary>
    public static Stream Open(string name) => typeof(Embedded).Assembly.GetManifestResourceStream($"data/{name}")
        ?? throw new InvalidOperationException($"The program was built without data/{name}.");
}
