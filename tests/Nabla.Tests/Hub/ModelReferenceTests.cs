using Nabla.Hub;

namespace Nabla.Tests.Hub;

public sealed class ModelReferenceTests
{
    [Theory]
    [InlineData("google-bert/bert-base-uncased", "google-bert/bert-base-uncased", "main")]
    [InlineData("sentence-transformers/all-MiniLM-L6-v2@main", "sentence-transformers/all-MiniLM-L6-v2", "main")]
    [InlineData("acme/tiny_bert.v2@v1.0", "acme/tiny_bert.v2", "v1.0")]
    [InlineData("acme/tiny@refs/pr/1", "acme/tiny", "refs/pr/1")]
    [InlineData("gpt2@0123456789abcdef0123456789abcdef01234567", "gpt2", "0123456789abcdef0123456789abcdef01234567")]
    [InlineData("a/b", "a/b", "main")]
    public void A_name_and_a_revision_are_read(string text, string repository, string revision)
    {
        var model = ModelReference.Parse(text);
        Assert.Equal((repository, revision), (model.Repository, model.Revision));
        Assert.Equal(model, ModelReference.Parse(model.ToString()));
    }

    /// <summary>The rules of huggingface_hub's validate_repo_id, and revisions that would leave the folder of references.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("datasets/foo/bar")]
    [InlineData(".repo")]
    [InlineData("foo--bar")]
    [InlineData("foo..bar")]
    [InlineData("foo.git")]
    [InlineData("-a/b")]
    [InlineData("a/b-")]
    [InlineData("a/b c")]
    [InlineData("café/b")]
    [InlineData("a/b\n")]
    [InlineData("../b")]
    [InlineData("/a/b")]
    [InlineData("a\\b")]
    [InlineData("a/b@")]
    [InlineData("a/b@../main")]
    [InlineData("a/b@/etc/passwd")]
    [InlineData("a/b@x\0y")]
    [InlineData("a/b@x y")]
    [InlineData("a/b@x//y")]
    public void What_is_no_name_is_refused_with_an_example(string text)
    {
        Assert.False(ModelReference.TryParse(text, out _));
        var error = Assert.Throws<FormatException>(() => ModelReference.Parse(text));
        Assert.Contains("ORG/NAME@REVISION", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_has_at_most_96_characters()
    {
        Assert.True(ModelReference.TryParse("a/" + new string('b', 96), out _));
        Assert.False(ModelReference.TryParse("a/" + new string('b', 97), out _));
    }
}
