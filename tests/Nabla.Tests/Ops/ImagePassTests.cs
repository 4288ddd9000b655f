using Nabla.Backends.Cpu;
using Nabla.Tests.Autograd;

namespace Nabla.Tests.Ops;

/// <summary>What must hold for every kernel of convolutions and pools, whichever a shape leads to. They set the number of threads of the whole process, so they run alone.</summary>
[Collection(nameof(DeterminismTests))]
public class ImagePassTests
{
    sealed record Pass(string Name, Func<Tensor[], Tensor> Of, params int[][] Inputs);

    public static TheoryData<string> Convolved => [.. Convolutions.Select(pass => pass.Name)];

    public static TheoryData<string> Names => [.. All.Select(pass => pass.Name)];

    static Pass Named(string name) => All.Single(pass => pass.Name == name);

    static IEnumerable<Pass> All =>
    [
        .. Convolutions,
        new("max pool, halving", x => x[0].MaxPool2d(2), [3, 7, 13, 18]),
        new("max pool, overlapping", x => x[0].MaxPool2d(3, 2, 1), [3, 7, 13, 35]),
        new("max pool, uneven", x => x[0].MaxPool2d((2, 3), (1, 2), (0, 1)), [3, 7, 9, 11]),
        new("average pool", x => x[0].AvgPool2d(2), [3, 7, 13, 38]),
        new("average pool, overlapping", x => x[0].AvgPool2d(3, 2, 1, countPadding: false), [3, 7, 13, 18]),
        new("average pool, wide steps", x => x[0].AvgPool2d((2, 3), (3, 4), (1, 0)), [2, 3, 8, 150]),
        new("average pool, every place", x => x[0].AvgPool2d(3, 1, 1), [2, 3, 5, 33]),
        new("max pool, wide steps", x => x[0].MaxPool2d((3, 4), (2, 3), (1, 2)), [2, 3, 8, 150]),
        new("max pool, every place", x => x[0].MaxPool2d(3, 1, 1), [2, 3, 5, 33]),
        new("adaptive pool", x => x[0].AdaptiveAvgPool2d((3, 5)), [3, 7, 11, 13]),
        new("global pool", x => x[0].AdaptiveAvgPool2d(1), [5, 67, 7, 7]),
    ];

    /// <summary>Named by the kernel that takes them where registers are wide.</summary>
    static IEnumerable<Pass> Convolutions =>
    [
        new("Winograd", x => x[0].Conv2d(x[1], x[2], padding: 1), [4, 35, 14, 17], [37, 35, 3, 3], [37]),
        new("Winograd, one image without padding", x => x[0].Conv2d(x[1]), [1, 64, 9, 10], [48, 64, 3, 3]),
        new("places in the lanes", x => x[0].Conv2d(x[1], x[2], padding: 2), [5, 1, 12, 21], [6, 1, 5, 5], [6]),
        new("places in the lanes, stride 2", x => x[0].Conv2d(x[1], stride: 2, padding: (1, 0)), [3, 3, 11, 40], [5, 3, 3, 4]),
        new("channels in the lanes", x => x[0].Conv2d(x[1], x[2], stride: 2, padding: 1), [3, 19, 13, 12], [40, 19, 3, 3], [40]),
        new("channels in the lanes, wide", x => x[0].Conv2d(x[1], x[2], stride: (1, 2), padding: (0, 1)), [1, 5, 2, 1150], [33, 5, 1, 3], [33]),
        new("channels in the lanes, wide, one register", x => x[0].Conv2d(x[1], stride: (1, 2), padding: (0, 1)), [1, 5, 2, 1150], [32, 5, 1, 3]),
        new("dilated", x => x[0].Conv2d(x[1], padding: 2, dilation: 2), [3, 16, 12, 9], [32, 16, 3, 3]),
        new("grouped", x => x[0].Conv2d(x[1], x[2], padding: 1, groups: 3), [3, 12, 10, 9], [54, 4, 3, 3], [54]),
        new("depthwise", x => x[0].Conv2d(x[1], x[2], padding: 1, groups: 13), [3, 13, 10, 19], [13, 1, 3, 3], [13]),
        new("depthwise, stride 2", x => x[0].Conv2d(x[1], stride: 2, padding: 2, groups: 8), [3, 8, 11, 14], [8, 1, 5, 5]),
        new("one pixel", x => x[0].Conv2d(x[1], x[2]), [3, 40, 7, 9], [36, 40, 1, 1], [36]),
        new("one pixel, stride 2", x => x[0].Conv2d(x[1], stride: 2), [3, 24, 9, 8], [32, 24, 1, 1]),
        new("over one axis", x => x[0].Conv1d(x[1], x[2], padding: 2), [3, 9, 45], [33, 9, 5], [33]),
        new("transposed", x => x[0].ConvTranspose2d(x[1], x[2], stride: 2, padding: 1), [3, 20, 7, 6], [20, 18, 4, 4], [18]),
        new("transposed, stride 1", x => x[0].ConvTranspose2d(x[1], x[2], padding: 1), [3, 32, 9, 10], [32, 32, 3, 3], [32]),
        new("transposed, in groups", x => x[0].ConvTranspose2d(x[1], stride: 3, outputPadding: 1, groups: 2), [2, 6, 5, 4], [6, 2, 3, 3]),
    ];

    static Tensor[] Inputs(Pass pass) => [.. pass.Inputs.Select((dims, i) => Tensor.Normal(Shape.Create(dims), generator: new Generator(7 + (ulong)i)))];

    /// <summary>The result and every gradient for an upstream gradient of normal numbers.</summary>
    static Tensor[] Results(Pass pass, Tensor[] inputs, Tensor? upstream = null)
    {
        upstream ??= Tensor.Normal(pass.Of(inputs).Shape, generator: new Generator(6)).To(inputs[0].DType);
        var (y, gradients) = Gradients.Pullback(() => pass.Of(inputs), upstream, inputs);
        return [y, .. inputs.Select(input => gradients[input])];
    }

    [Theory, MemberData(nameof(Names))]
    public void Images_give_the_same_bits_for_any_number_of_threads(string name)
    {
        var pass = Named(name);
        var before = ThreadTeam.Threads;
        try
        {
            var bits = new List<int[]>();
            for (var threads = 1; threads <= 3; threads++)
            {
                ThreadTeam.Threads = threads;
                bits.Add([.. Results(pass, Inputs(pass)).SelectMany(result => result.ToArray<float>()).Select(BitConverter.SingleToInt32Bits)]);
            }
            Assert.Equal(bits[0], bits[1]);
            Assert.Equal(bits[0], bits[2]);
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    /// <summary>Float64 has no kernels: there the composition says which windows hold the number, and what becomes of it.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Infinity_and_NaN_reach_only_the_windows_that_hold_them(string name)
    {
        var pass = Named(name);
        foreach (var (value, share) in ((float, double)[])[(float.PositiveInfinity, 0), (float.NaN, 0.37), (float.NegativeInfinity, 0.5), (float.NaN, 1)])
        {
            var inputs = Inputs(pass);
            inputs[0] = With(value, inputs[0], share);
            AssertAsComposed(pass, inputs, Tensor.Normal(pass.Of(inputs).Shape, generator: new Generator(6)));

            inputs = Inputs(pass);
            AssertAsComposed(pass, inputs, With(value, Tensor.Normal(pass.Of(inputs).Shape, generator: new Generator(6)), share));
        }
    }

    [Theory, MemberData(nameof(Convolved))]
    public void Numbers_near_the_end_of_the_range_are_computed(string name)
    {
        var pass = Named(name);
        var inputs = Inputs(pass);
        AssertAsComposed(pass, [inputs[0] * 3e37, .. inputs[1..].Select(x => x * 0.01)], Tensor.Normal(pass.Of(inputs).Shape, generator: new Generator(6)) * 0.01);
    }

    static Tensor With(float value, Tensor x, double share)
    {
        var values = x.ToArray<float>();
        values[(int)(share * (values.Length - 1))] = value;
        return Tensor.From(values, x.Shape);
    }

    static void AssertAsComposed(Pass pass, Tensor[] inputs, Tensor upstream)
    {
        var composed = Results(pass, [.. inputs.Select(input => input.To(DType.Float64))], upstream.To(DType.Float64));
        foreach (var ((expected, actual), i) in composed.Zip(Results(pass, inputs, upstream)).Select((pair, i) => (pair, i)))
        {
            var (wanted, got) = (expected.ToArray<double>(), actual.ToArray<float>());
            var scale = wanted.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
            for (var at = 0; at < wanted.Length; at++)
            {
                var fits = double.IsFinite(wanted[at]) ? Math.Abs(wanted[at] - got[at]) <= 1e-5 * scale : ((float)wanted[at]).Equals(got[at]);
                Assert.True(fits, $"{pass.Name}: element {at} of {(i == 0 ? "y" : $"gradient {i - 1}")} {expected.Shape} is {got[at]}, composed {wanted[at]}");
            }
        }
    }
}
