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

    /// <summary>dx[place of the first maximum of each window] += dy, from x [planes, height, width] and dy [planes, places, places], all contiguous.</summary>
    public static void MaxPoolGradient(PoolSize size, float* x, float* dy, float* dx, long planes)
    {
        var part = new MaxPart(size, x, dy, dx);
        ThreadTeam.Run(planes, 1 + ((1 << 14) / ((long)size.Height * size.Width)), ref part);
    }

    private readonly struct MaxPart(PoolSize size, float* x, float* dy, float* dx) : IRange
    {
        public void Run(long start, long end)
        {
            var (image, places) = ((long)size.Height * size.Width, (long)size.Rows * size.Columns);
            for (var plane = start; plane < end; plane++)
            {
                System.Runtime.InteropServices.NativeMemory.Clear(dx + (plane * image), (nuint)(image * sizeof(float)));
                var from = dy + (plane * places);
                for (var row = 0; row < size.Rows; row++)
                for (var column = 0; column < size.Columns; column++)
                    dx[(plane * image) + Place(x + (plane * image), row, column)] += *from++;
            }
        }

        /// <summary>Where in the image the first maximum of a window stands; a NaN counts as the largest.</summary>
        private long Place(float* image, int row, int column)
        {
            int top = (row * size.StrideY) - size.PaddingY, left = (column * size.StrideX) - size.PaddingX;
            int first = Math.Max(left, 0), bottom = Math.Min(top + size.KernelY, size.Height), right = Math.Min(left + size.KernelX, size.Width);
            var best = ((long)Math.Max(top, 0) * size.Width) + first;
            for (var y = Math.Max(top, 0); y < bottom; y++)
            for (var x = first; x < right; x++)
            {
                var at = ((long)y * size.Width) + x;
                if (!(image[at] <= image[best]) && !float.IsNaN(image[best])) best = at;
            }
            return best;
        }
    }
}

/// <summary>The measures of a pool over images: of the image, of the window, and of the result.</summary>
internal readonly record struct PoolSize(int Height, int Width, int KernelY, int KernelX, int StrideY, int StrideX, int PaddingY, int PaddingX, int Rows, int Columns);
