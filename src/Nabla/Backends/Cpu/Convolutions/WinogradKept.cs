using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// How a parameter served as filters, and the transformed filters from the second use on. Kept with the storage until the contents change: a step of training uses each direction once and keeps
/// nothing, inference transforms once.
/// </summary>
internal sealed class WinogradKept
{
    /// <summary>Beyond so many floats reading the transformed filters takes as long as transforming them.</summary>
    private const long MostFloats = 4 << 20;

    private readonly (long Offset, int Outputs, int Channels, bool Turned) use;
    private Tensor? packed;

    private WinogradKept((long Offset, int Outputs, int Channels, bool Turned) use) => this.use = use;

    /// <summary>The transformed filters if they are kept, or if this call uses them <paramref name="often"/>; else null.</summary>
    public static Tensor? Of<R, V>(in WinogradFilters filters, bool often) where R : struct, IProductRegister<V> where V : struct
    {
        var storage = filters.Weight.Storage;
        if (!storage.IsParameter || 36L * filters.Outputs * filters.Channels > MostFloats) return often ? WinogradFilterPacking<R, V>.Pack(filters) : null;
        var use = (filters.Weight.Offset, filters.Outputs, filters.Channels, filters.Turned);
        if (storage.Derived is WinogradKept kept && kept.use == use) return kept.packed ??= Keep<R, V>(filters);
        storage.Derived = new WinogradKept(use);
        return often ? WinogradFilterPacking<R, V>.Pack(filters) : null;
    }

    /// <summary>Packs where the walk back cannot see it, which frees what its steps have made.</summary>
    private static Tensor Keep<R, V>(in WinogradFilters filters) where R : struct, IProductRegister<V> where V : struct
    {
        var log = MemoryPool.Log(null);
        try
        {
            return WinogradFilterPacking<R, V>.Pack(filters);
        }
        finally
        {
            MemoryPool.Log(log);
        }
    }
}
