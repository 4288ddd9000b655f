namespace Nabla.Metrics;

/// <summary>
/// Means and centred second moments of pairs, one by one and merged (Welford 1962; Chan, Golub and LeVeque 1979). All are taken about the first pair, so that
/// a large common offset costs no digits.
/// </summary>
internal struct Comoments
{
    private double originX, originY, meanX, meanY, xy;

    public long Count { get; private set; }

    /// <summary>Σ (x − x̄)².</summary>
    public double XX { get; private set; }

    /// <summary>Σ (y − ȳ)².</summary>
    public double YY { get; private set; }

    public void Add(double x, double y)
    {
        if (Count++ == 0) (originX, originY) = (x, y);
        var (dx, dy) = (x - originX - meanX, y - originY - meanY);
        (meanX, meanY) = (meanX + (dx / Count), meanY + (dy / Count));
        var (restX, restY) = (x - originX - meanX, y - originY - meanY);
        (XX, YY, xy) = (XX + (dx * restX), YY + (dy * restY), xy + (dx * restY));
    }

    public void Merge(in Comoments other)
    {
        if (Count == 0) this = other;
        else if (other.Count > 0)
        {
            var (dx, dy, total) = (other.originX - originX + other.meanX - meanX, other.originY - originY + other.meanY - meanY, Count + other.Count);
            var share = (double)other.Count / total;
            (XX, YY, xy) = (XX + other.XX + (dx * dx * share * Count), YY + other.YY + (dy * dy * share * Count), xy + other.xy + (dx * dy * share * Count));
            (meanX, meanY, Count) = (meanX + (dx * share), meanY + (dy * share), total);
        }
    }

    /// <summary>Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² · Σ (y − ȳ)²), within −1 … 1.</summary>
    public readonly double Correlation(Undefined undefined)
    {
        var product = XX * YY;
        var scale = double.IsNormal(product) ? Math.Sqrt(product) : Math.Sqrt(XX) * Math.Sqrt(YY);
        return Math.Clamp(Ratio.Of(xy, scale, undefined), -1, 1);
    }
}
