using CsCheck;
using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

public sealed class KeyMapInverseTests
{
    static readonly KeyMap Bert = new KeyMap()
        .Rename("bert.encoder.layer.*.attention.self", "encoder.*.attention")
        .Rename("bert.encoder.layer.*.attention.output.dense", "encoder.*.attention.output")
        .Rename("bert.encoder.layer.*.intermediate.dense", "encoder.*.fc1")
        .Rename("LayerNorm.gamma", "norm.weight").Rename("LayerNorm.beta", "norm.bias").Rename("bert", "").Ignore("position_ids");

    [Theory]
    [InlineData("encoder.7.attention.query.weight", "bert.encoder.layer.7.attention.self.query.weight")]
    [InlineData("encoder.0.attention.output.bias", "bert.encoder.layer.0.attention.output.dense.bias")]
    [InlineData("embeddings.norm.weight", "embeddings.LayerNorm.gamma")]
    [InlineData("pooler.dense.weight", "pooler.dense.weight")]
    public void A_path_has_the_name_that_the_map_turns_into_it(string path, string name)
    {
        Assert.Equal(name, Bert.NameOf(path));
        Assert.Equal(path, Bert.PathOf(name));
    }

    [Fact]
    public void A_path_that_no_name_leads_to_has_none()
    {
        Assert.Null(new KeyMap().Rename("a", "b").NameOf("a.weight"));
        Assert.Null(new KeyMap().Ignore("weight").NameOf("a.weight"));
        Assert.Equal("layer.3", new KeyMap().Rename("layer.*.x", "layer").NameOf("layer.3"));
    }

    [Fact]
    public void A_choice_that_leads_nowhere_is_taken_back() =>
        // b could come from a by the last rule, but nothing becomes a: it has to be a b of the file.
        Assert.Equal("b", new KeyMap().Rename("a", "c").Rename("a", "b").NameOf("b"));

    [Fact]
    public void Every_name_found_leads_back_to_its_path()
    {
        var segment = Gen.Int[0, 3].Select(i => "abc*"[i].ToString());
        var pattern = segment.Array[1, 3].Select(parts => string.Join('.', parts));
        var name = Gen.Int[0, 2].Select(i => "abc"[i].ToString()).Array[1, 5].Select(parts => string.Join('.', parts));
        var found = 0;
        Gen.Select(Gen.Select(pattern, pattern).Array[0, 5], name).Sample((rules, start) =>
        {
            var map = rules.Where(rule => rule.Item2.Count('*'.Equals) <= rule.Item1.Count('*'.Equals))
                .Aggregate(new KeyMap(), (map, rule) => map.Rename(rule.Item1, rule.Item2));
            if (map.NameOf(start) is not { } origin) return;
            Interlocked.Increment(ref found);
            Assert.Equal(start, map.PathOf(origin));
        }, iter: 5000);
        Assert.True(found > 1000);
    }

    [Fact]
    public void Every_path_of_a_name_has_a_name_where_no_rule_drops_segments()
    {
        var segment = Gen.Int[0, 3].Select(i => "abc*"[i].ToString());
        var name = Gen.Int[0, 2].Select(i => "abc"[i].ToString()).Array[1, 5].Select(parts => string.Join('.', parts));
        Gen.Select(Gen.Select(segment.Array[1, 3], segment.Array[1, 3]).Array[0, 4], name).Sample((rules, start) =>
        {
            var map = rules.Where(rule => rule.Item2.Count("*".Equals) == rule.Item1.Count("*".Equals))
                .Aggregate(new KeyMap(), (map, rule) => map.Rename(string.Join('.', rule.Item1), string.Join('.', rule.Item2)));
            Assert.NotNull(map.NameOf(map.PathOf(start)!));
        }, iter: 5000);
    }
}
