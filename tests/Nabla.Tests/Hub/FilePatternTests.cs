using Nabla.Hub;

namespace Nabla.Tests.Hub;

public sealed class FilePatternTests
{
    /// <summary>What fnmatch.fnmatchcase of Python 3.11 answers; the last two are huggingface_hub's own rule for folders.</summary>
    [Theory]
    [InlineData("*.safetensors", "model.safetensors", true)]
    [InlineData("*.safetensors", "2_Dense/model.safetensors", true)]
    [InlineData("*.safetensors", "model.safetensors.index.json", false)]
    [InlineData("config.json", "1_Pooling/config.json", false)]
    [InlineData("*_Pooling/config.json", "1_Pooling/config.json", true)]
    [InlineData("model-?????-of-*", "model-00001-of-00002.safetensors", true)]
    [InlineData("model-?????-of-*", "model-0001-of-00002.safetensors", false)]
    [InlineData("[abc].txt", "b.txt", true)]
    [InlineData("[!abc].txt", "b.txt", false)]
    [InlineData("[!abc].txt", "d.txt", true)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[a-c]x", "-x", false)]
    [InlineData("[ac-]x", "-x", true)]
    [InlineData("[]]x", "]x", true)]
    [InlineData("[x", "[x", true)]
    [InlineData("[", "[", true)]
    [InlineData("[]", "[]", true)]
    [InlineData("[!]", "[!]", true)]
    [InlineData("[!]]", "a", true)]
    [InlineData("*a*b*c", "xaybzc", true)]
    [InlineData("*a*b*c", "xaybz", false)]
    [InlineData("*", "", true)]
    [InlineData("", "a", false)]
    [InlineData("A.txt", "a.txt", false)]
    [InlineData("a.b", "axb", false)]
    [InlineData("onnx/", "onnx/model.onnx", true)]
    [InlineData("onnx/", "xonnx/model.onnx", false)]
    public void Patterns_match_as_in_Python(string pattern, string name, bool matches) =>
        Assert.Equal(matches, FilePattern.Matches(pattern, name));

    [Fact]
    public void Many_stars_take_no_exponential_time() =>
        Assert.False(FilePattern.Matches(string.Concat(Enumerable.Repeat("*a", 60)) + "b", new string('a', 20_000)));
}
