using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// Whether a result in the transformed domain came out infinite or not a number. There it says little: an infinity in a window makes NaN of the whole tile, and sums of large numbers pass
/// the range before their differences return to it. So every such element is taken from the direct convolution, which costs nothing where all is finite.
/// </summary>
internal sealed unsafe class WinogradDoubt
{
    /// <summary>Whether any result is not finite.</summary>
    public bool Is { get; private set; }

    /// <summary>Looks through results [places, register], of which the first <paramref name="lanes"/> of a register count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Look<R, V>(float* results, nint places, int lanes) where R : struct, IProductRegister<V> where V : struct
    {
        // 0 times a number is 0, 0 times anything else is NaN.
        V zero = R.Create(0), a = zero, b = zero, c = zero, d = zero;
        for (; places >= 4; places -= 4, results += 4 * R.Count)
        {
            a = R.MultiplyAdd(R.Load(results), zero, a);
            b = R.MultiplyAdd(R.Load(results + R.Count), zero, b);
            c = R.MultiplyAdd(R.Load(results + (2 * R.Count)), zero, c);
            d = R.MultiplyAdd(R.Load(results + (3 * R.Count)), zero, d);
        }
        for (; places > 0; places--, results += R.Count) a = R.MultiplyAdd(R.Load(results), zero, a);
        Note<R, V>(R.Add(R.Add(a, b), R.Add(c, d)), lanes);
    }

    /// <summary>Takes note of lanes that hold zeros times results.</summary>
    public void Note<R, V>(V zeros, int lanes) where R : struct, IProductRegister<V> where V : struct
    {
        var values = stackalloc float[R.Count];
        R.Store(values, zeros);
        for (var i = 0; i < lanes; i++)
            if (float.IsNaN(values[i])) Is = true;
    }

    /// <summary>Replaces what is not finite in <paramref name="result"/> by what was computed directly.</summary>
    public static void Settle(Tensor result, Tensor direct)
    {
        float* to = result.Pointer<float>(), from = direct.Pointer<float>();
        for (var i = 0L; i < result.Length; i++)
            if (!float.IsFinite(to[i])) to[i] = from[i];
        GC.KeepAlive(result);
        GC.KeepAlive(direct);
    }
}
