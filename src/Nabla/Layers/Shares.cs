namespace Nabla.Layers;

/// <summary>What layers and models demand of the shares that they drop.</summary>
internal static class Shares
{
    /// <summary>The share, if it is one.</summary>
    /// <param name="share">0 ≤ share &lt; 1</param>
    /// <param name="who">Whose it is.</param>
    /// <param name="what">What it is called there.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    public static double Demand(double share, string who, string what = "dropout") => share is >= 0 and < 1 ? share
        : throw new ArgumentOutOfRangeException(what, share, $"{who}: 0 ≤ {what} < 1 is needed.");
}
