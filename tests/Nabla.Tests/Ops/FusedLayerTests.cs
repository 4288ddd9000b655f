using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Tests.Ops;

/// <summary>
/// The fused parts of a Transformer's layer against the ops that they are composed of. They set the number of threads, so they run alone.
/// </summary>
[CollectionDefinition(nameof(FusedLayerTests), DisableParallelization = true)]
[Collection(nameof(FusedLayerTests))]
public sealed class FusedLayerTests
{
    static Tensor Numbers(Shape shape, ulong seed) => Tensor.Normal(shape, generator: new Generator(seed));

    /// <summary>The result and the gradients of the inputs, as one.</summary>
    static float[] All(Func<Tensor[], Tensor> of, Tensor[] inputs)
    {
        var upstream = Numbers(of(inputs).Shape, 99);
        var (y, gradients) = Gradients.Pullback(() => of(inputs), upstream, inputs);
        return [.. y.ToArray<float>(), .. inputs.SelectMany(input => gradients[input].ToArray<float>())];
    }

    static Tensor[] Linear(int rows, int inputs, int outputs) =>
        [Numbers([rows, inputs], 1), Numbers([outputs, inputs], 2) * 0.3, Numbers([outputs], 3)];

    static Tensor[] Norm(int rows, int width) =>
        [Numbers([rows, width], 1), Numbers([rows, width], 2), Numbers([width], 3), Numbers([width], 4)];

    static Tensor LinearGelu(Tensor[] x) => x[0].LinearGelu(x[1], x[2]);

    static Tensor AddLayerNorm(Tensor[] x) => x[0].AddLayerNorm(x[1], x[2], x[3], 1e-6);

    static void AssertThreadsDoNotMatter(Func<float[]> compute)
    {
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            var alone = compute();
            foreach (var threads in new[] { 2, 3, 7 })
            {
                ThreadTeam.Threads = threads;
                Assert.Equal(alone, compute());
            }
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    public static TheoryData<int, int, int> Layers => new()
    {
        { 1, 1, 1 }, { 3, 5, 17 }, { 128, 8, 31 }, { 129, 16, 33 }, { 300, 7, 64 }, { 257, 3, 8200 },
    };

    [Theory, MemberData(nameof(Layers))]
    public void Linear_and_gelu_have_the_bits_of_the_two_ops(int rows, int inputs, int outputs)
    {
        var x = Linear(rows, inputs, outputs);
        Assert.Equal(All(x => x[0].Linear(x[1], x[2]).Gelu(), x), All(LinearGelu, x));
    }

    [Theory, MemberData(nameof(Layers))]
    public void Linear_and_gelu_without_a_tape_have_the_bits_of_the_recorded_op(int rows, int inputs, int outputs)
    {
        var x = Linear(rows, inputs, outputs);
        var (recorded, _) = Gradients.Pullback(() => LinearGelu(x), Tensor.Ones([rows, outputs]), x[0]);
        Assert.Equal(recorded.ToArray<float>(), LinearGelu(x).ToArray<float>());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 17)]
    [InlineData(40, 96)]
    [InlineData(333, 130)]
    public void Residual_and_norm_have_the_bits_of_the_two_ops(int rows, int width) =>
        Assert.Equal(All(x => (x[0] + x[1]).LayerNorm(x[2], x[3], 1e-6), Norm(rows, width)), All(AddLayerNorm, Norm(rows, width)));

    [Fact]
    public void Residual_and_norm_of_views_have_the_bits_of_copies()
    {
        var (wide, tall) = (Numbers([20, 70], 1), Numbers([33, 20], 2));
        Tensor[] views = [wide.Slice(1, 5, 38), tall.Transpose(), .. Norm(1, 33)[2..]];
        Assert.Equal(All(AddLayerNorm, [.. views.Select(x => x.Clone())]), All(AddLayerNorm, views));
    }

    [Fact]
    public void Both_inputs_of_residual_and_norm_share_one_gradient()
    {
        var x = Norm(300, 32);
        var (_, gradients) = Gradients.Pullback(() => AddLayerNorm(x), Numbers([300, 32], 5), x);
        Assert.Same(gradients[x[0]], gradients[x[1]]);
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        AssertThreadsDoNotMatter(() => All(LinearGelu, Linear(700, 24, 100)));
        AssertThreadsDoNotMatter(() => All(AddLayerNorm, Norm(700, 100)));
    }

    [Fact]
    public void The_backward_pass_gives_back_what_the_kernel_saved()
    {
        var x = Linear(300, 8, 64);
        var node = (Node?)null;
        Gradients.Pullback(() =>
        {
            var y = LinearGelu(x);
            node = (Node)y.Creator!;
            Assert.Equal([300, 64], Assert.Single(node.Saved).Shape.ToArray());
            return y;
        }, Numbers([300, 64], 5), x);
        Assert.Throws<ObjectDisposedException>(() => node!.Saved[0].ToArray<float>());
    }

    [Fact]
    public void Nothing_is_saved_where_nothing_is_recorded()
    {
        var weight = new Parameter([64, 8], (_, _) => Linear(1, 8, 64)[1]);
        weight.Freeze();
        Gradients.Of(() =>
        {
            var hidden = Linear(300, 8, 64)[0].LinearGelu(weight, Numbers([64], 3));
            Assert.Null(hidden.Creator);
            return hidden.Sum();
        });
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var x = Norm(4, 6);
        static void Refuses(string why, params Tensor[] x) =>
            Assert.Contains(why, Assert.Throws<ArgumentException>(() => AddLayerNorm(x)).Message, StringComparison.Ordinal);
        Refuses("[4, 6] and residual [3, 6]", x[0], x[1][..3], x[2], x[3]);
        Refuses("weight [5]", x[0], x[1], x[2][..5], x[3]);
        Refuses("Float64", x[0], x[1].To(DType.Float64), x[2], x[3]);
    }
}
