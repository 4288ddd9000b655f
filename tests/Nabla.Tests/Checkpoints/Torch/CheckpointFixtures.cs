namespace Nabla.Tests.Checkpoints.Torch;

/// <summary>The files of tests/fixtures/checkpoints, which its make.py and make_torch.py wrote.</summary>
static class CheckpointFixtures
{
    public static string Path(string name) => System.IO.Path.Combine(Sources.Root, "tests", "fixtures", "checkpoints", name);

    public static byte[] Read(string name) => File.ReadAllBytes(Path(name));
}
