namespace Nabla.Data;

/// <summary>Seeds of the parts of a pipeline's work, each a function of the user's seed and the part's numbers alone.</summary>
internal static class Seeds
{
    /// <summary>The seed of one step, so that steps with the same seed draw different numbers.</summary>
    public static ulong OfStep(ulong seed, string step) => Generator.For(seed, step).Seed;

    /// <summary>The seed of the part with this number: of an epoch within a step, of an item within an epoch.</summary>
    public static ulong OfPart(ulong seed, long number)
    {
        var (a, b, _, _) = Generator.Block(seed, (ulong)number);
        return ((ulong)a << 32) | b;
    }
}
