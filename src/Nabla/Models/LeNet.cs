using Nabla.Layers;

namespace Nabla.Models;

/// <summary>
/// LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition", §II.B) as it is trained today: ReLU instead of the
/// scaled tanh, maxima instead of trained means, every map of C3 sees all of S2, and logits instead of distances to prototypes.
/// x: [batch, channels, side, side] → logits [batch, classes]. 28 × 28 pixels are padded to the paper's 32 × 32.
/// </summary>
/// <param name="classes">How many there are.</param>
/// <param name="channels">Of the input: 1 for grey, 3 for colours.</param>
/// <param name="side">Height and width of the input, at least 12: ⌊side / 4⌋ − 2 are left after both convolutions and pools.</param>
public sealed partial class LeNet(int classes = 10, int channels = 1, int side = 28) : ILayer
{
    private readonly int side = side >= Least ? side
        : throw new ArgumentOutOfRangeException(nameof(side), side, $"LeNet: images of {side} × {side} leave nothing after two convolutions and pools. Enlarge them to {Least} × {Least} or more.");

    private const int Least = 12;

    /// <summary>Six maps of 5 × 5, which keep the size.</summary>
    public Conv2d C1 { get; } = new(channels, 6, kernel: 5, padding: 2);

    /// <summary>Sixteen maps of 5 × 5.</summary>
    public Conv2d C3 { get; } = new(6, 16, kernel: 5);

    /// <summary>In the paper a convolution over all that is left, which is the same.</summary>
    public Linear C5 { get; } = new(16 * Left(side) * Left(side), 120);

    /// <summary>84 features.</summary>
    public Linear F6 { get; } = new(120, 84);

    /// <summary>The logits.</summary>
    public Linear Output { get; } = new(84, classes);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">x is not [batch, channels, side, side].</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 4 || x.Shape[2] != side || x.Shape[3] != side)
            throw new ArgumentException($"LeNet: x {x.Shape}: [batch, {C1.Weight.Shape[1]}, {side}, {side}] is needed. Resize the images, or say their size: new LeNet(side: …).");
        // The largest of max(x, 0) is max(the largest x, 0), and a quarter of the work.
        var s2 = C1.Forward(x).MaxPool2d(2).Relu();                     // [batch, 6, 14, 14] of 28 × 28
        var s4 = C3.Forward(s2).MaxPool2d(2).Relu();                    // [batch, 16, 5, 5]
        var f6 = F6.Forward(C5.Forward(s4.Flatten(1)).Relu()).Relu();   // [batch, 84]
        return Output.Forward(f6);
    }

    private static int Left(int side) => Math.Max(1, ((side / 2) - 4) / 2);
}
