using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>Writes what the gathering kernels leave, [places, lanes], to where it belongs, [lanes, places].</summary>
internal static unsafe class TransposedBlock<R, V> where R : struct, IProductRegister<V> where V : struct
{
    /// <summary>target[lane · step + place] = source[place · stride + lane], for lanes and places from 0 on.</summary>
    public static void Write(float* source, nint stride, int places, int lanes, float* target, nint step)
    {
        var whole = stackalloc float[R.Count * R.Count];
        for (var lane = 0; lane < lanes; lane += R.Count)
        {
            for (var place = 0; place < places; place += R.Count)
            {
                float* from = source + (place * stride) + lane, to = target + (lane * step) + place;
                var (high, wide) = (Math.Min(R.Count, places - place), Math.Min(R.Count, lanes - lane));
                if (high == R.Count && wide == R.Count)
                {
                    R.Transpose(from, stride, high, to, step);
                    continue;
                }
                R.Transpose(from, stride, high, whole, R.Count);
                for (var i = 0; i < wide; i++, to += step)
                {
                    if (high == R.Count) R.Store(to, R.Load(whole + (i * R.Count)));
                    else R.StorePart(to, R.Load(whole + (i * R.Count)), high);
                }
            }
        }
    }
}
