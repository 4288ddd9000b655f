using System.Numerics;

namespace Nabla.Backends.Cpu;

/// <summary>Loops over sliding windows. The axes before those that the window slides over are planes, which are apart from each other and shared among the team.</summary>
internal static unsafe class WindowLoops
{
    /// <summary>windows += source of the same shape, where overlapping windows share memory and each share is added. The first axes are planes.</summary>
    public static void Add(string op, Tensor source, Tensor windows, int planeAxes) => NumberTypes.Run(op, source.DType, new AddWork(source, windows, planeAxes));

    private readonly struct AddWork(Tensor source, Tensor windows, int planeAxes) : INumberWork
    {
        public void Run<T, A>() where T : unmanaged, INumber<T> where A : unmanaged, INumber<A>
        {
            if (source.Length == 0) return;
            var (from, to) = (Planes(source, planeAxes), Planes(windows, planeAxes));
            var part = new AddPart<T>(from.Plane, to.Plane, from.Offsets, to.Offsets);
            ThreadTeam.Run(from.Offsets.Length, 1 + ((1 << 14) / from.Plane.Length), ref part);
        }
    }

    /// <summary>The first plane, and where each plane begins, in elements from it.</summary>
    private static (Tensor Plane, long[] Offsets) Planes(Tensor x, int axes)
    {
        var offsets = new long[x.Shape[..axes].Length];
        var collect = new Collect(offsets);
        Strided.Walk(x.Shape[..axes], [x.View(x.Shape[..axes], x.Strides[..axes], x.Offset)], ref collect);
        return (x.View(x.Shape[axes..], x.Strides[axes..], x.Offset), offsets);
    }

    private readonly struct Collect(long[] into) : IRun
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            for (var i = 0L; i < length; i++) into[at + i] = offsets[0] + (i * steps[0]);
        }
    }

    private readonly struct AddPart<T>(Tensor source, Tensor windows, long[] sources, long[] targets) : IRange where T : unmanaged, INumber<T>
    {
        public void Run(long start, long end)
        {
            for (var plane = start; plane < end; plane++)
            {
                var run = new AddRun<T>(source.Pointer<T>() + sources[plane], windows.Pointer<T>() + targets[plane]);
                Strided.Walk(windows.Shape, [source, windows], ref run);
            }
        }
    }

    private readonly struct AddRun<T>(T* source, T* target) : IRun where T : unmanaged, INumber<T>
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            T* from = source + offsets[0], to = target + offsets[1];
            if (steps[0] == 1 && steps[1] == 1) IndexLoops.AddTo(from, to, length);
            else for (var i = 0L; i < length; i++) to[i * steps[1]] += from[i * steps[0]];
        }
    }
}
