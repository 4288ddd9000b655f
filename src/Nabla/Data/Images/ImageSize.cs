namespace Nabla.Data;

/// <summary>The measures of an image, whose values lie channel by channel, row by row: [channels, height, width].</summary>
/// <param name="Channels">1 for grey, 3 for red, green, blue.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels of a row.</param>
public readonly record struct ImageSize(int Channels, int Height, int Width)
{
    /// <summary>Pixels of a channel.</summary>
    public int Area => Height * Width;

    /// <summary>Values of an image.</summary>
    public int Length => Channels * Height * Width;

    /// <summary>The shape of its tensor.</summary>
    public Shape Shape => [Channels, Height, Width];

    /// <summary>As a shape: <c>[3, 32, 32]</c>.</summary>
    public override string ToString() => $"[{Channels}, {Height}, {Width}]";

    /// <summary>The measures that a shape of three dimensions says.</summary>
    /// <exception cref="ArgumentException">The shape has another number of dimensions.</exception>
    public static ImageSize Of(Shape shape) => shape.Rank == 3 ? new(shape[0], shape[1], shape[2])
        : throw new ArgumentException($"An image is [channels, height, width]; {shape} is not. Reshape it: a grey image is [1, height, width].");

    /// <summary>Throws unless all measures are positive and an image fits an array.</summary>
    internal ImageSize Demanded(string step)
    {
        if (Channels < 1 || Height < 1 || Width < 1 || (long)Channels * Height * Width > Array.MaxLength)
            throw new ArgumentException($"{step}: an image of {this}: channels, height and width of 1 or more are needed, at most {Array.MaxLength} values in all.");
        return this;
    }
}
