using System.Text.Json;
using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints.Torch;

/// <summary>Pickles that want more than tensors, in both forms of a file.</summary>
public sealed class HostilePickleTests : IDisposable
{
    /// <summary>The legacy form's first three pickles.</summary>
    static readonly byte[] LegacyStart = CheckpointFixtures.Read("torch/legacy.bin")[..137];

    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    public static TheoryData<string> Hostile
    {
        get
        {
            using var json = Json();
            return [.. json.RootElement.EnumerateObject().Select(entry => entry.Name)];
        }
    }

    static JsonDocument Json() => JsonDocument.Parse(CheckpointFixtures.Read("hostile.json"));

    CheckpointException Refused(byte[] file)
    {
        File.WriteAllBytes(scratch["pytorch_model.bin"], file);
        var error = Assert.Throws<CheckpointException>(() => Weights.Open(scratch.Folder));
        Assert.Equal(scratch["pytorch_model.bin"], error.File);
        Assert.DoesNotContain('\u001b', error.Message);
        return error;
    }

    static byte[] Zip(byte[] pickle) => PlainZip.Write(("archive/data.pkl", pickle), ("archive/version", "3\n"u8.ToArray()));

    [Theory, MemberData(nameof(Hostile))]
    public void A_pickle_that_wants_more_than_tensors_is_refused_by_name(string name)
    {
        using var json = Json();
        var entry = json.RootElement.GetProperty(name);
        var pickle = Convert.FromHexString(entry.GetProperty("pickle").GetString()!);
        var expected = entry.GetProperty("error").GetString()!;
        Assert.Contains(expected, Refused(Zip(pickle)).Message, StringComparison.Ordinal);
        // The byte at which the pickle ends is not the end of a file of the legacy form.
        var legacy = Refused([.. LegacyStart, .. pickle]).Message;
        if (!expected.Contains("more bytes", StringComparison.Ordinal) && !expected.Contains("frame", StringComparison.Ordinal))
            Assert.Contains(expected, legacy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickle_that_runs_code_is_refused_where_the_magic_number_is_due() =>
        Assert.Contains("wants os.system", Refused(PlainPickle.Of(PlainPickle.Global("os", "system"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("100001 marks", "has more than 100000 marks"), InlineData("100001 values", "has more than 100000 values on its stack")]
    [InlineData("a memo of 1048577", "remembers more than 1048576 values"), InlineData("a list of 4194305", "has more than 4194304 values")]
    public void Bounds_hold(string what, string expected)
    {
        byte[] Repeated(int times, byte[] part) => [.. Enumerable.Repeat(part, times).SelectMany(bytes => bytes)];
        var pickle = what switch
        {
            "100001 marks" => PlainPickle.Of(Repeated(100_001, [(byte)'('])),
            "100001 values" => PlainPickle.Of(Repeated(100_001, [(byte)']'])),
            "a memo of 1048577" => PlainPickle.Of(
                "N"u8.ToArray(), [.. Enumerable.Range(0, (1 << 20) + 1).SelectMany(i => (byte[])[(byte)'r', .. BitConverter.GetBytes(i)])]),
            _ => PlainPickle.Of("]"u8.ToArray(), Repeated(1 << 22, "Na"u8.ToArray())),
        };
        Assert.Contains(expected, Refused(Zip(pickle)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_that_contain_themselves_or_are_nested_too_deep_are_refused()
    {
        // l = []; l.append(l); {"x": l}
        Assert.Contains("contain themselves",
            Refused(Zip(PlainPickle.Of(PlainPickle.Dict(("x", [(byte)']', (byte)'q', 0, (byte)'h', 0, (byte)'a']))))).Message,
            StringComparison.Ordinal);
        var deep = Enumerable.Range(0, 40).Aggregate(PlainPickle.Dict(), (inner, _) => PlainPickle.Dict(("x", inner)));
        Assert.Contains("nested more than 32 deep", Refused(Zip(PlainPickle.Of(deep))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_lists_that_would_be_a_billion_values_are_refused()
    {
        // Each list holds the one before ten times.
        byte[] Level(int i) => i == 0 ? [(byte)']'] : PlainPickle.List([.. Enumerable.Repeat((byte[])[(byte)'h', (byte)(i - 1)], 10)]);
        var items = Enumerable.Range(0, 20).Select(i => ($"level{i}", (byte[])[.. Level(i), (byte)'q', (byte)i]));
        Assert.Contains("hold more than 1048576 values", Refused(Zip(PlainPickle.Of(PlainPickle.Dict([.. items])))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Long_names_that_are_repeated_are_refused()
    {
        var key = new string('x', 1_000_000);
        // Each of the lists has a name of a million characters.
        var list = PlainPickle.List([.. Enumerable.Range(0, 1000).Select(_ => PlainPickle.List())]);
        Assert.Contains("100000000 characters of names", Refused(Zip(PlainPickle.Of(PlainPickle.Dict((key, list))))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_dict_of_tensors_is_refused()
    {
        Assert.Contains("holds no dict of tensors", Refused(Zip(PlainPickle.Of("N"u8.ToArray()))).Message, StringComparison.Ordinal);
        var x = PlainPickle.Tensor(PlainPickle.Storage("FloatStorage", "0", 0), 0, [0], [1]);
        var twice = PlainPickle.Of(PlainPickle.Dict(("a.b", x), ("a", PlainPickle.Dict(("b", x)))));
        var error = Refused(PlainZip.Write(("a/data.pkl", twice), ("a/data/0", [])));
        Assert.Equal("a.b", error.Tensor);
        Assert.Contains("its name occurs twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_OrderedDict_as_Python_2_saved_it_is_read()
    {
        var pair = PlainPickle.List(
            [(byte)'U', 1, (byte)'x'], PlainPickle.Tensor(PlainPickle.Storage("FloatStorage", "0", 2), 0, [2], [1]));
        var pickle = PlainPickle.Of(
            PlainPickle.Global("collections", "OrderedDict"), PlainPickle.Tuple(PlainPickle.List(pair)), [(byte)'R']);
        File.WriteAllBytes(scratch["x"], PlainZip.Write(("a/data.pkl", pickle), ("a/data/0", [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])));
        using var weights = Weights.Open(scratch["x"]);
        Assert.Equal([1f, 2f], weights["x"].ToArray<float>());
    }
}
