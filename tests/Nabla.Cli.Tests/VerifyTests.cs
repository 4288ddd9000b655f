using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Cli.Verify;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Cli.Tests;

public class VerifyTests
{
    [Theory]
    [InlineData("ops")]
    [InlineData("optimizers")]
    [InlineData("metrics")]
    public void Every_case_that_is_built_agrees_with_the_reference(string group) =>
        Assert.All(Verifier.Run(Cli.Reference, group).Where(result => result.Built), result => Assert.True(result.Passed, $"{result.Case}: {result.Message}"));

    [Theory]
    [InlineData("ops", 120, new string[0])]
    [InlineData("optimizers", 19, new string[0])]
    [InlineData("metrics", 7, new string[0])]
    public void A_group_passes_whole_but_for_what_is_not_built(string group, int cases, string[] notBuilt)
    {
        var results = Verifier.Run(Cli.Reference, group).ToArray();
        Assert.Equal(cases, results.Length);
        Assert.Equal(notBuilt, results.Where(result => !result.Passed).Select(result => result.Case));
        Assert.All(results, result => Assert.Equal(notBuilt.Contains(result.Case), !result.Built));
    }

    [Fact]
    public void A_metric_of_an_unknown_name_or_another_value_fails_its_case()
    {
        using var folder = new Folder();
        Safetensors.Save(folder["metrics.safetensors"], new Dictionary<string, Tensor>
        {
            ["a/target"] = Tensor.From(0L, 1L, 1L),
            ["a/prediction"] = Tensor.From(0L, 1L, 0L),
            ["b/target"] = Tensor.From(0L, 1L, 1L),
            ["b/prediction"] = Tensor.From(0L, 1L, 0L),
        });
        folder.Write("metrics.json", """
            {
              "a": { "op": "classification_metrics", "attributes": { "classes": 2 }, "inputs": ["target", "prediction"], "values": { "accuracy": 0.75, "recall": [1, 0.5] } },
              "b": { "op": "classification_metrics", "attributes": { "classes": 2 }, "inputs": ["target", "prediction"], "values": { "recall": [1, 0.5], "charm": 1 } }
            }
            """);
        var results = Verifier.Run(folder.Path, "metrics").ToArray();
        Assert.All(results, result => Assert.False(result.Passed));
        Assert.Contains("accuracy is off by", results[0].Message, StringComparison.Ordinal);
        Assert.Contains("charm", results[1].Message, StringComparison.Ordinal);
    }

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
    public async Task Word_pieces_are_those_of_Hugging_Face()
    {
        var outcome = await Cli.Run("verify", Cli.Reference, "--group", "wordpiece");
        Assert.Equal(0, outcome.Code);
        Assert.EndsWith("38 passed, 0 failed", outcome.Output.TrimEnd(), StringComparison.Ordinal);
    }

    /// <summary>Texts of a model, encoded by hand: the second has a wrong id, the third wrong offsets, the fourth another embedding.</summary>
    [Fact]
    public async Task Values_of_a_model_fail_where_ids_offsets_or_numbers_differ()
    {
        using var folder = new Folder();
        folder.Write("minilm_embed.json", """
            {"max_length": 4, "pair_max_length": 6, "pairs": [["fox", "the fox fox"]],
             "texts": [{"text": "😀 the", "offsets": [[0, 0], [0, 1], [2, 5], [0, 0]]}, {"text": "fox", "offsets": [[0, 0], [0, 3], [0, 0]]},
              {"text": "the", "offsets": [[0, 0], [0, 2], [0, 0]]}, {"text": "fox", "offsets": [[0, 0], [0, 3], [0, 0]]}]}
            """);
        BertConfiguration configuration = new()
        {
            VocabularySize = 6, HiddenSize = 4, HiddenLayers = 6, AttentionHeads = 2, IntermediateSize = 8, MaxPositions = 8, InitializerRange = 0.5,
        };
        var tokenizer = new BertTokenizer(["[UNK]", "[CLS]", "[SEP]", "the", "fox", "[PAD]"]);
        var model = new SentenceEmbedder(tokenizer, new Bert(configuration with { PaddingId = 5 }), new() { Normalizes = true }).Initialize(1);
        model.Save(folder["model"]);
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (i, ids) in new long[][] { [1, 0, 3, 2], [1, 3, 2], [1, 3, 2], [1, 4, 2] }.Index())
        {
            var input = new BertInput(new(Tensor.From(ids), ids.Length));
            var trace = model.Bert.Trace(input);
            tensors[$"{i}/input_ids"] = Tensor.From(ids);
            foreach (var layer in new[] { 0, 3, 6 })
            {
                tensors[$"{i}/hidden_{layer}_first"] = trace.HiddenStates[layer].Values[0];
                tensors[$"{i}/hidden_{layer}_last"] = trace.HiddenStates[layer].Values[ids.Length - 1];
            }
            tensors[$"{i}/attention_0_first_row"] = trace.Attentions[0][0][.., 0];
            tensors[$"{i}/pooler_output"] = model.Bert.Pool(model.Bert.Forward(input))[0];
            tensors[$"{i}/embedding"] = i == 3 ? -model.Forward(input)[0] : model.Forward(input)[0];
        }
        (tensors["pair0/input_ids"], tensors["pair0/token_type_ids"]) = (Tensor.From(1L, 4, 2, 3, 4, 2), Tensor.From(0L, 0, 0, 1, 1, 1));
        var pair = new BertInput(new(tensors["pair0/input_ids"], 6), tensors["pair0/token_type_ids"]);
        tensors["pair0/last_hidden_first"] = model.Bert.Forward(pair).Values[0];
        Safetensors.Save(folder["minilm_embed.safetensors"], tensors);
        var outcome = await Cli.Run("verify", folder.Path, "--model", folder["model"]);
        Assert.Equal(ExitCodes.CheckFailed, outcome.Code);
        Assert.EndsWith("2 passed, 3 failed", outcome.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("FAILED minilm/text 1: ids is off", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED minilm/text 2: offsets is off", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED minilm/text 3: embedding is off", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("--model FOLDER", (await Cli.Run("verify", folder.Path)).Output, StringComparison.Ordinal);
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

    /// <summary>Attributes as PyTorch reads them, the results by hand.</summary>
    public static TheoryData<string, string, float[][], int[][], float[], int[]> ByHand => new()
    {
        { "sum", "{}", [[1, 2, 3, 4]], [[2, 2]], [10], [] },
        { "mean", """{ "axis": [0, 1], "keep_dims": true }""", [[1, 2, 3, 4]], [[2, 2]], [2.5f], [1, 1] },
        { "amax", """{ "axis": null }""", [[1, 2, 3, 4]], [[2, 2]], [4], [] },
        { "var", "{}", [[1, 2, 3, 4]], [[2, 2]], [5 / 3f], [] },
        { "pow", """{ "exponent": 3 }""", [[1, 2]], [[2]], [1, 8], [2] },
        { "slice", """{ "axis": 0, "start": -2 }""", [[1, 2, 3]], [[3]], [2, 3], [2] },
        { "max_pool2d", """{ "kernel": [1, 2] }""", [[1, 2, 4, 3]], [[1, 2, 2]], [2, 4], [1, 2, 1] },
    };

    [Theory]
    [MemberData(nameof(ByHand))]
    public void Attributes_mean_what_they_mean_to_PyTorch(string op, string attributes, float[][] inputs, int[][] shapes, float[] expected, int[] shape) =>
        AssertPasses(op, attributes, ["x"], [Tensor.From(inputs[0], Shape.Create(shapes[0]))], Tensor.From(expected, Shape.Create(shape)));

    [Fact]
    public void Inputs_may_be_laid_out_as_in_PyTorch()
    {
        var half = (float)Math.Log(2);
        AssertPasses("cross_entropy", """{ "reduction": "none" }""", ["logits", "target"], [Tensor.Zeros([1, 2, 3]), Tensor.From([0L, 1, 0], [1, 3])], Tensor.Full([1, 3], half));
        AssertPasses("binary_cross_entropy_with_logits", "{}", ["logits", "target", "weight"], [Tensor.Zeros([2]), Tensor.From(1f, 0f), Tensor.From(1f, 3f)], Tensor.Scalar(2 * half));
        AssertPasses("scaled_dot_product_attention", """{ "is_causal": true }""", ["query", "key", "value"],
            [Tensor.Zeros([2, 1]), Tensor.Zeros([3, 1]), Tensor.From([1f, 3, 9], [3, 1])], Tensor.From([1f, 2], [2, 1]));
        // An even kernel has one zero more at the end; there is no batch axis.
        AssertPasses("conv1d", """{ "padding": "same", "stride": [1] }""", ["x", "weight"], [Tensor.From([1f, 2, 3], [1, 3]), Tensor.Ones([1, 1, 2])], Tensor.From([3f, 5, 3], [1, 3]));
        AssertPasses("pow", "{}", ["x", "exponent"], [Tensor.From(2f, 3f), Tensor.From(3f, 2f)], Tensor.From(8f, 9f));
    }

    static void AssertPasses(string op, string attributes, string[] names, Tensor[] inputs, Tensor expected)
    {
        using var folder = new Folder();
        Save(folder, [.. names.Zip(inputs, (name, value) => ($"case/{name}", value)), ("case/result", expected)]);
        folder.Write("ops.json", $$"""{ "case": { "op": "{{op}}", "attributes": {{attributes}}, "inputs": {{JsonSerializer.Serialize(names)}}, "outputs": ["result"] } }""");
        var result = Assert.Single(Verifier.Run(folder.Path, "ops"));
        Assert.True(result.Passed, result.Message);
    }

    [Fact]
    public void What_is_not_built_is_not_guessed()
    {
        using var folder = new Folder();
        Save(folder, ("pool/x", Tensor.Zeros([1, 3, 3])), ("pool/out", Tensor.Zeros([1, 2, 2])), ("soft/logits", Tensor.Zeros([1, 2])), ("soft/target", Tensor.Zeros([1, 2])), ("soft/out", Tensor.Scalar(0)));
        folder.Write("ops.json", """
            {
              "pool": { "op": "max_pool2d", "attributes": { "kernel": 2, "ceil_mode": true }, "inputs": ["x"], "outputs": ["out"] },
              "soft": { "op": "cross_entropy", "inputs": ["logits", "target"], "outputs": ["out"] }
            }
            """);
        Assert.All(Verifier.Run(folder.Path, "ops"), result => Assert.False(result.Built, result.Message));
    }

    [Fact]
    public void Whatever_stands_in_an_attribute_a_case_ends_with_a_result()
    {
        using var folder = new Folder();
        File.Copy(Path.Combine(Cli.Reference, "ops.safetensors"), folder["ops.safetensors"]);
        var cases = JsonNode.Parse(File.ReadAllText(Path.Combine(Cli.Reference, "ops.json")))!.AsObject();
        foreach (var hostile in new[] { "null", "-7", "0", "1e300", "\"x\"", "[]", "[1, [2]]", "[0, 0, 0]", "true", "{}" })
        {
            var mutated = cases.DeepClone().AsObject();
            foreach (var (_, one) in mutated)
                foreach (var attribute in one!["attributes"]!.AsObject().Select(pair => pair.Key).ToList()) one["attributes"]![attribute] = JsonNode.Parse(hostile);
            folder.Write("ops.json", mutated.ToJsonString());
            Assert.Equal(120, Verifier.Run(folder.Path, "ops").Count());
        }
    }

    [Fact]
    public async Task A_name_cannot_break_out_of_its_line()
    {
        using var folder = new Folder();
        folder.Write("ops.json", """{ "a\n9 passed, 0 failed\u001b[31m": { "op": "relu", "inputs": ["x"], "outputs": ["out"] } }""");
        var outcome = await Cli.Run("verify", folder.Path);
        Assert.DoesNotContain('\e', outcome.Output);
        Assert.DoesNotContain("9 passed, 0 failed", outcome.Output.Split('\n').Select(line => line.Trim()));
    }

    static void Save(Folder folder, params (string Name, Tensor Value)[] tensors) =>
        Safetensors.Save(folder["ops.safetensors"], tensors.Select(tensor => KeyValuePair.Create(tensor.Name, tensor.Value)));
}
