using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

public class KeyMapTests
{
    [Theory]
    [InlineData("bert.encoder.layer.3.attention.self.query.weight", "layers.3.attention.query.weight")]
    [InlineData("bert.encoder.layer.11.output.LayerNorm.gamma", "layers.11.output.norm.weight")]
    [InlineData("bert.embeddings.LayerNorm.weight", "embeddings.norm.weight")]
    [InlineData("embeddings.LayerNormal.weight", "embeddings.LayerNormal.weight")]
    [InlineData("cls.bert", "cls")]
    public void Rules_apply_in_order_to_whole_segments(string name, string path)
    {
        var map = new KeyMap().Rename("bert", "").Rename("encoder.layer.*.attention.self", "layers.*.attention").Rename("encoder.layer", "layers")
            .Rename("LayerNorm.gamma", "LayerNorm.weight").Rename("LayerNorm", "norm");
        Assert.Equal(path, map.PathOf(name));
    }

    [Fact]
    public void Stars_stand_for_what_they_matched_in_their_order() =>
        Assert.Equal("x.b.y.a.a2", new KeyMap().Rename("*.of.*.in.*", "x.*.y.*.a2").PathOf("b.of.a.in.c"));

    [Fact]
    public void The_first_match_is_replaced() => Assert.Equal("b.a", new KeyMap().Rename("a", "b").PathOf("a.a"));

    [Fact]
    public void Ignored_names_have_no_path()
    {
        var map = new KeyMap().Ignore("position_ids").Ignore("*.num_batches_tracked");
        Assert.Null(map.PathOf("bert.embeddings.position_ids"));
        Assert.Null(map.PathOf("norm.num_batches_tracked"));
        Assert.Equal("num_batches_tracked", map.PathOf("num_batches_tracked"));
    }

    [Fact]
    public void Transposition_goes_by_the_name_in_the_file()
    {
        var map = new KeyMap().Rename("c_fc", "up").Transpose("c_fc.weight");
        Assert.True(map.IsTransposed("h.0.mlp.c_fc.weight"));
        Assert.False(map.IsTransposed("h.0.mlp.up.weight"));
    }

    [Theory]
    [InlineData("", "a"), InlineData("a..b", "a"), InlineData("a", "*"), InlineData("a", "b.")]
    public void Patterns_that_mean_nothing_are_refused(string from, string to) => Assert.Throws<ArgumentException>(() => new KeyMap().Rename(from, to));
}
