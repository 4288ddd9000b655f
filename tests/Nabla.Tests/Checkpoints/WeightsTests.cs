using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

public sealed class WeightsTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    static float[] Values(Tensor x) => x.ToArray<float>();

    void Save(string name, params string[] tensors) =>
        Safetensors.Save(scratch[name], tensors.Select((tensor, i) => KeyValuePair.Create(tensor, Tensor.Full([2], i + 1))),
            new Dictionary<string, string> { ["format"] = "pt" });

    void Index(string json) => File.WriteAllText(scratch["model.safetensors.index.json"], json);

    CheckpointException Refusal(string? path = null) => Assert.Throws<CheckpointException>(() => Weights.Open(path ?? scratch.Folder));

    [Fact]
    public void A_folder_opens_the_first_file_of_weights_in_Hugging_Faces_order()
    {
        Save("first", "x");
        File.Copy(scratch["first"], scratch["shard"]);
        Index("""{"weight_map":{"x":"shard"}}""");
        using (var sharded = Weights.Open(scratch.Folder)) Assert.Equal(scratch["model.safetensors.index.json"], sharded.Path);
        Save("model.safetensors", "y");
        using var single = Weights.Open(scratch.Folder);
        Assert.Equal(scratch["model.safetensors"], single.Path);
        Assert.Equal("y", Assert.Single(single.Tensors).Name);
    }

    [Fact]
    public void A_folder_without_weights_is_refused_with_what_is_there()
    {
        Assert.Contains("only nothing. Name the file", Refusal().Message, StringComparison.Ordinal);
        File.WriteAllText(scratch["config.json"], "{}");
        File.WriteAllText(scratch["tf_model.h5"], "");
        var error = Refusal();
        Assert.Contains("none of model.safetensors, model.safetensors.index.json, pytorch_model.bin, pytorch_model.bin.index.json is there",
            error.Message, StringComparison.Ordinal);
        Assert.Contains("only 'config.json', 'tf_model.h5'.", error.Message, StringComparison.Ordinal);
        for (var i = 0; i < 30; i++) File.WriteAllText(scratch[$"file{i}"], "");
        Assert.Contains("and 12 more", Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_other_formats_are_refused_by_their_first_bytes()
    {
        File.WriteAllBytes(scratch["x"], [0x89, (byte)'H', (byte)'D', (byte)'F', 13, 10, 26, 10, 0, 0]);
        Assert.Contains("is an HDF5 file", Refusal(scratch["x"]).Message, StringComparison.Ordinal);
        File.WriteAllText(scratch["x"], "version https://git-lfs.github.com/spec/v1\n");
        Assert.Contains("is a pointer of Git LFS, not the file itself", Refusal(scratch["x"]).Message, StringComparison.Ordinal);
        File.WriteAllText(scratch["x"], "<!DOCTYPE html>");
        Assert.Contains("begins with 3C21444F43545950", Refusal(scratch["x"]).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be opened", Refusal(scratch["none"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_read_as_one_checkpoint()
    {
        Save("model-00001-of-00002.safetensors", "a", "b");
        Save("model-00002-of-00002.safetensors", "c");
        Index("""
            {"metadata": {"total_size": 24}, "weight_map": {
            "a": "model-00001-of-00002.safetensors", "c": "model-00002-of-00002.safetensors", "b": "model-00001-of-00002.safetensors"}}
            """);
        var weights = Weights.Open(scratch.Folder);
        Assert.Equal(["a", "b", "c"], weights.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([1f, 1f, 2f, 2f, 1f, 1f], new[] { "a", "b", "c" }.SelectMany(name => Values(weights[name])));
        Assert.Equal("pt", weights.Metadata["format"]);
        Assert.True(weights.Contains("c"));
        Assert.Equal([2], weights.Find("c")!.Shape);
        Assert.Null(weights.Find("d"));
        Assert.Contains("it holds 3, such as 'a', 'b', 'c'", Assert.Throws<CheckpointException>(() => weights["d"]).Message,
            StringComparison.Ordinal);
        weights.Dispose();
        Assert.Throws<ObjectDisposedException>(() => weights["a"]);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"one","b":"two","c":"three"}}""", null, "2 of its 3 shards are missing in")]
    [InlineData("""{"weight_map":{"a":"one","b":"one","c":"one"}}""", "c", "is not in its shard 'one', which holds 2 others")]
    [InlineData("""{"weight_map":{"a":"one"}}""", "b", "is in the shard 'one', but the index does not list it")]
    [InlineData("""{"weight_map":{"a":"one","b":null}}""", "b", "is in no shard: its weight_map entry is Null")]
    [InlineData("""{"weight_map":{"a":"one","b":"../one"}}""", "b", "its shard '../one' is not the plain name of a file")]
    [InlineData("""{"weight_map":{"a":"one","b":".."}}""", "b", "its shard '..' is not the plain name")]
    [InlineData("""{"weight_map":{"a":"one","b":"/etc/passwd"}}""", "b", "is not the plain name of a file")]
    [InlineData("""{"weight_map":{"a":"one","b":"sub\\one"}}""", "b", "is not the plain name of a file")]
    [InlineData("""{"weight_map":{"a":"one","b":"C:one"}}""", "b", "is not the plain name of a file")]
    [InlineData("""{"weight_map":{"a":"one","b":""}}""", "b", "is not the plain name of a file")]
    [InlineData("""{"weight_map":{"a":"one","a":"one","b":"one"}}""", "a", "its name occurs twice in weight_map")]
    [InlineData("""{"weight_map":["one"]}""", null, "has no weight_map")]
    [InlineData("""{"metadata":{}}""", null, "has no weight_map")]
    [InlineData("""["weight_map"]""", null, "has no weight_map")]
    [InlineData("""{"weight_map":""", null, "is not valid JSON")]
    [InlineData("""{"weight_map":{"\ud800":"one"}}""", null, "is not valid JSON")]
    public void A_wrong_index_is_refused_with_what_is_wrong(string json, string? tensor, string expected)
    {
        Save("one", "a", "b");
        Index(json);
        var error = Refusal();
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal((scratch["model.safetensors.index.json"], tensor), (error.File, error.Tensor));
    }

    [Fact]
    public void A_tensor_that_two_shards_hold_is_refused()
    {
        Save("one", "a", "b");
        Save("two", "b");
        Index("""{"weight_map":{"a":"one","b":"two"}}""");
        Assert.Contains("is in the shard 'one', but the index lists it in 'two'", Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_shard_is_named()
    {
        Save("one", "a");
        File.WriteAllBytes(scratch["two"], [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{']);
        Index("""{"weight_map":{"a":"one","b":"two"}}""");
        Assert.Equal(scratch["two"], Refusal().File);
    }
}
