using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu;

/// <summary>Reads and writes at places that a tensor of Int64 names. An index out of range is an <see cref="IndexOutOfRangeException"/> before anything is touched there.</summary>
internal static unsafe class IndexLoops
{
    /// <summary>target[.., i, ..] := source[.., index[.., i, ..], ..]; target has the index's shape.</summary>
    public static void Gather(string op, Tensor source, int axis, Tensor index, Tensor target)
    {
        switch (source.DType.Size)
        {
            case 4: Gather<int>(op, source, axis, index, target); break;
            case 8: Gather<long>(op, source, axis, index, target); break;
            default: Gather<byte>(op, source, axis, index, target); break;
        }
    }

    private static void Gather<T>(string op, Tensor source, int axis, Tensor index, Tensor target) where T : unmanaged
    {
        var window = Window(source, axis, index.Shape);
        var run = new GatherRun<T>(new Place(op, index, source.Shape, axis), index.Pointer<long>(), (T*)source.Address, source.Stride(axis), (T*)target.Address);
        Strided.Walk(index.Shape, [index, window], ref run);
    }

    /// <summary>target[.., index[.., i, ..], ..] += source[.., i, ..]; in the order of the elements, so that the sum is the same every time.</summary>
    public static void ScatterAdd(string op, Tensor source, int axis, Tensor index, Tensor target) =>
        NumberTypes.Run(op, source.DType, new ScatterAddWork(op, source, axis, index, target));

    private readonly struct ScatterAddWork(string op, Tensor source, int axis, Tensor index, Tensor target) : INumberWork
    {
        public void Run<T, A>() where T : unmanaged, INumber<T> where A : unmanaged, INumber<A> => ScatterAdd<T>(op, source, axis, index, target);
    }

    private static void ScatterAdd<T>(string op, Tensor source, int axis, Tensor index, Tensor target) where T : unmanaged, INumber<T>
    {
        var window = Window(target, axis, index.Shape);
        var run = new ScatterRun<T>(new Place(op, index, target.Shape, axis), index.Pointer<long>(), source.Pointer<T>(), target.Pointer<T>(), target.Stride(axis));
        Strided.Walk(index.Shape, [index, window, source], ref run);
    }

    /// <summary>The tensor held at place 0 of an axis, so that an index can be added to the walk.</summary>
    private static Tensor Window(Tensor x, int axis, Shape shape)
    {
        var strides = x.Strides.ToArray();
        strides[axis] = 0;
        return x.View(shape, strides, x.Offset);
    }

    /// <summary>Whole slices: target[outer, i, inner] := source[outer, index[i], inner], all contiguous, index of any shape.</summary>
    public static void Select(string op, Tensor source, int axis, Tensor index, Tensor target)
    {
        var (outer, dim, inner) = (source.Shape[..axis].Length, (long)source.Shape[axis], source.Shape[(axis + 1)..].Length * source.DType.Size);
        var slices = new SelectSlices(new Place(op, index, source.Shape, axis), source.Address, dim, inner, index.Pointer<long>(), index.Length, target.Address);
        ThreadTeam.Run(outer * index.Length, Math.Max(1, SelectGrain / Math.Max(1, inner)), ref slices);
    }

    /// <summary>Fewer bytes than this are copied faster by one thread than shared out.</summary>
    private const long SelectGrain = 256 << 10;

    private readonly struct SelectSlices(Place places, byte* source, long dim, long inner, long* at, long count, byte* target) : IRange
    {
        public void Run(long start, long end)
        {
            for (var slice = start; slice < end; slice++)
            {
                var (outer, i) = Math.DivRem(slice, count);
                if ((ulong)at[i] >= (ulong)dim) places.Throw(i);
                var from = source + (((outer * dim) + at[i]) * inner);
                CopySlice(from, target + (slice * inner), inner, i + 1 < count ? from + ((at[i + 1] - at[i]) * inner) : from);
            }
        }
    }

    /// <summary>
    /// In registers: the runtime's own copy would leave managed code for every slice over 2 KB. Meanwhile the next slice is fetched, which the hardware
    /// cannot foresee; wherever it points, a fetch touches nothing.
    /// </summary>
    private static void CopySlice(byte* from, byte* to, long bytes, byte* next)
    {
        var i = 0L;
        for (; i <= bytes - (2 * Vector512<byte>.Count); i += 2 * Vector512<byte>.Count)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(next + i);
                Sse.Prefetch0(next + i + Vector512<byte>.Count);
            }
            var (low, high) = (Vector512.Load(from + i), Vector512.Load(from + i + Vector512<byte>.Count));
            low.Store(to + i);
            high.Store(to + i + Vector512<byte>.Count);
        }
        System.Buffer.MemoryCopy(from + i, to + i, bytes - i, bytes - i);
    }

    /// <summary>target[outer, index[i], inner] += source[outer, i, inner], all contiguous, index of any shape.</summary>
    public static void SelectAdd(string op, Tensor source, int axis, Tensor index, Tensor target) =>
        NumberTypes.Run(op, source.DType, new SelectAddWork(op, source, axis, index, target));

    private readonly struct SelectAddWork(string op, Tensor source, int axis, Tensor index, Tensor target) : INumberWork
    {
        public void Run<T, A>() where T : unmanaged, INumber<T> where A : unmanaged, INumber<A> => SelectAdd<T>(op, source, axis, index, target);
    }

    private static void SelectAdd<T>(string op, Tensor source, int axis, Tensor index, Tensor target) where T : unmanaged, INumber<T>
    {
        var places = new Place(op, index, target.Shape, axis);
        var (outer, dim, inner) = (target.Shape[..axis].Length, (long)target.Shape[axis], target.Shape[(axis + 1)..].Length);
        T* from = source.Pointer<T>(), to = target.Pointer<T>();
        var at = index.Pointer<long>();
        for (var o = 0L; o < outer; o++, to += dim * inner)
        for (var i = 0L; i < index.Length; i++, from += inner)
        {
            if ((ulong)at[i] >= (ulong)dim) places.Throw(i);
            AddTo(from, to + (at[i] * inner), inner);
        }
    }

    /// <summary>target += source</summary>
    public static void AddTo<T>(T* source, T* target, long length) where T : unmanaged, INumber<T>
    {
        var j = 0L;
        if (Vector<T>.IsSupported)
            for (; j <= length - Vector<T>.Count; j += Vector<T>.Count)
                (*(Vector<T>*)(target + j) + *(Vector<T>*)(source + j)).Store(target + j);
        for (; j < length; j++) target[j] += source[j];
    }

    /// <summary>What an error says of an index: where it stands and what it must be below.</summary>
    private readonly struct Place(string op, Tensor index, Shape shape, int axis)
    {
        public int Limit => shape[axis];

        public void Throw(long at) => throw OutOfRange(op, index, at, $"0 ≤ index < {shape[axis]} for axis {axis} of {shape} is needed");
    }

    /// <summary>The error for the index at a place in row-major order.</summary>
    public static Exception OutOfRange(string op, Tensor index, long at, string needed)
    {
        var (position, offset) = (new long[index.Rank], 0L);
        for (var axis = index.Rank - 1; axis >= 0; axis--)
        {
            (at, position[axis]) = Math.DivRem(at, index.Shape[axis]);
            offset += position[axis] * index.Stride(axis);
        }
        var value = index.Pointer<long>()[offset];
        GC.KeepAlive(index);
#pragma warning disable CA2201 // It is what the runtime throws for an array, and what users catch.
        return new IndexOutOfRangeException($"{op}: index {value} at [{string.Join(", ", position)}]: {needed}.");
#pragma warning restore CA2201
    }

    private readonly struct GatherRun<T>(Place place, long* index, T* source, long step, T* target) : IRun where T : unmanaged
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            var (places, limit) = ((nint)(index + offsets[0]), (ulong)place.Limit);
            T* from = source + offsets[1], to = target + at;
            for (var i = 0L; i < length; i++)
            {
                var p = ((long*)places)[i * steps[0]];
                if ((ulong)p >= limit) place.Throw(at + i);
                to[i] = from[(i * steps[1]) + (p * step)];
            }
        }
    }

    private readonly struct ScatterRun<T>(Place place, long* index, T* source, T* target, long step) : IRun where T : unmanaged, INumber<T>
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            var (places, limit) = ((nint)(index + offsets[0]), (ulong)place.Limit);
            T* to = target + offsets[1], from = source + offsets[2];
            for (var i = 0L; i < length; i++)
            {
                var p = ((long*)places)[i * steps[0]];
                if ((ulong)p >= limit) place.Throw(at + i);
                to[(i * steps[1]) + (p * step)] += from[i * steps[2]];
            }
        }
    }
}
