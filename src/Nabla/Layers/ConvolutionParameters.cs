using Nabla.Initializers;

namespace Nabla.Layers;

/// <summary>What the convolutions' parameters have in common.</summary>
internal static class ConvolutionParameters
{
    /// <summary>The shape [first, second / groups, kernel ..] of a weight.</summary>
    /// <exception cref="ArgumentException">A length is not positive, or the groups do not divide the channels and the outputs.</exception>
    public static Shape Weight(string layer, int first, int second, int groups, params ReadOnlySpan<int> kernel)
    {
        if (first < 1 || second < 1 || kernel.ContainsAnyInRange(int.MinValue, 0))
            throw new ArgumentException($"{layer}: {first} and {second} channels with a kernel [{string.Join(", ", kernel.ToArray())}]: each must be at least 1.");
        if (groups < 1 || first % groups != 0 || second % groups != 0)
            throw new ArgumentException($"{layer}: {first} and {second} channels do not both divide into {groups} groups. Choose a number of groups that divides both.");
        return [first, second / groups, .. kernel];
    }

    /// <summary>What PyTorch gives a convolution's weight and bias at first: evenly over ±1/√fan-in, all axes of the weight but its first.</summary>
    public static Initializer Uniform(Shape weight) => Initialize.Uniform(fanIn: checked((int)weight[1..].Length));
}
