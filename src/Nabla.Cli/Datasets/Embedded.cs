using Nabla.Checkpoints;

namespace Nabla.Cli.Datasets;

/// <summary>The files of <c>data/</c>, which travel inside the program. Sources and licences: data/README.md.</summary>
static class Embedded
{
    /// <summary>Opens a file by its name, such as <c>cars.json</c>.</summary>
    public static Stream Open(string name) => typeof(Embedded).Assembly.GetManifestResourceStream($"data/{name}")
        ?? throw new InvalidOperationException($"The program was built without data/{name}.");

    /// <summary>Gives a model the weights of a checkpoint.</summary>
    public static void Load(IModule model, string name)
    {
        var file = Path.GetTempFileName();
        try
        {
            using (var from = Open(name))
            using (var to = File.Create(file))
                from.CopyTo(to);
            Checkpoint.Load(model, file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
