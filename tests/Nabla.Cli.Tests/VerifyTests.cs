using System.Text.Json;
using Nabla.Checkpoints;
using Nabla.Cli.Verify;

namespace Nabla.Cli.Tests;

public class VerifyTests
{
    [Theory]
    [InlineData("ops")]
    [InlineData("optimizers")]
    public void Every_case_that_is_built_agrees_with_the_reference(string group) =>
        Assert.All(Verifier.Run(Cli.Reference, group).Where(result => result.Built), result => Assert.True(result.Passed, $"{result.Case}: {result.Message}"));

    [Fact]
    public async Task It_ends_with_the_counts_and_fails_when_a_case_does()
    {
        using var folder = new Folder();
        Save(folder, ("good/x", Tensor.From(-1f, 2f)), ("good/out", Tensor.From(0f, 2f)), ("bad/x", Tensor.From(-1f, 2f)), ("bad/out", Tensor.From(0f, 2.001f)));
        folder.Write("ops.json", """
            {
              "good": { "op": "relu", "inputs": ["x"], "outputs": ["out"] },
              "bad": { "op": "relu", "attributes": {}, "inputs": ["x"], "outputs": ["out"], "parameters": [] },
              "unknown": { "op": "levitate", "attributes": {}, "inputs": ["x"], "outputs": ["out"] },
              "absent": { "op": "relu", "inputs": ["x"], "outputs": ["out"] },
              "hollow": 7
            }
            """);
        var outcome = await Cli.Run("verify", folder.Path);
        Assert.Equal(ExitCodes.CheckFailed, outcome.Code);
        Assert.EndsWith("1 passed, 4 failed", outcome.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("FAILED ops/bad: out is off by 5.0e-4", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED ops/absent: there is no tensor \"absent/", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED ops/hollow:", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("ops: levitate is not built yet (unknown)", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_passes_when_every_case_does()
    {
        using var folder = new Folder();
        Save(folder, ("good/x", Tensor.From(-1f, 2f)), ("good/out", Tensor.From(0f, 2f)));
        folder.Write("ops.json", """{ "good": { "op": "relu", "inputs": ["x"], "outputs": ["out"] } }""");
        var outcome = await Cli.Run("verify", folder.Path, "--group", "ops", "--device", "cpu");
        Assert.Equal(0, outcome.Code);
        Assert.EndsWith("1 passed, 0 failed", outcome.Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_cannot_be_read_fails_alone()
    {
        using var folder = new Folder();
        Save(folder, ("good/x", Tensor.From(-1f, 2f)), ("good/out", Tensor.From(0f, 2f)));
        folder.Write("ops.json", """{ "good": { "op": "relu", "inputs": ["x"], "outputs": ["out"] } }""");
        folder.Write("metrics.json", "{ this is not JSON");
        folder.Write("layers.json", "{}");
        File.WriteAllBytes(folder["layers.safetensors"], [255, 255, 255, 255, 255, 255, 255, 255]);
        var outcome = await Cli.Run("verify", folder.Path);
        Assert.Equal(ExitCodes.CheckFailed, outcome.Code);
        Assert.EndsWith("1 passed, 2 failed", outcome.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("metrics.json cannot be read", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_JSON_has_every_case()
    {
        using var json = JsonDocument.Parse((await Cli.Run("verify", Cli.Reference, "--group", "ops", "--json")).Output);
        var root = json.RootElement;
        Assert.Equal(120, root.GetProperty("cases").GetArrayLength());
        Assert.Equal(120, root.GetProperty("passed").GetInt32() + root.GetProperty("failed").GetInt32());
    }

    [Fact]
    public async Task A_group_that_the_folder_lacks_is_wrong_usage()
    {
        using var folder = new Folder();
        folder.Write("ops.json", "{}");
        var outcome = await Cli.Run("verify", folder.Path, "--group", "bert");
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Contains("no bert.json. It holds: ops", outcome.Error, StringComparison.Ordinal);
    }

    static void Save(Folder folder, params (string Name, Tensor Value)[] tensors) =>
        Safetensors.Save(folder["ops.safetensors"], tensors.Select(tensor => KeyValuePair.Create(tensor.Name, tensor.Value)));
}
