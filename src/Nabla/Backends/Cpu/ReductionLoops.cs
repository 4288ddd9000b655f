using System.Numerics;

namespace Nabla.Backends.Cpu;

/// <summary>Folds some axes of a tensor of any strides.</summary>
internal static unsafe class ReductionLoops
{
    public static void Sum(Tensor x, int[] axes, Tensor y)
    {
        switch (x.DType)
        {
            case DType.Float32: Fold<float, double, Adding<float, double>>(x, axes, y); break;
            case DType.Float64: Fold<double, double, Adding<double, double>>(x, axes, y); break;
            case DType.Int64: Fold<long, long, Adding<long, long>>(x, axes, y); break;
            case DType.Int32: Fold<int, int, Adding<int, int>>(x, axes, y); break;
            default: throw new NotSupportedException("Sum of Bool: convert first, x.To(DType.Int64).");
        }
    }

    public static void Extreme(Tensor x, int[] axes, Tensor y, bool least)
    {
        switch (x.DType)
        {
            case DType.Float32: Extreme<float>(x, axes, y, least); break;
            case DType.Float64: Extreme<double>(x, axes, y, least); break;
            case DType.Int64: Extreme<long>(x, axes, y, least); break;
            case DType.Int32: Extreme<int>(x, axes, y, least); break;
            default: throw new NotSupportedException("Max and Min of Bool: convert first, x.To(DType.Int32).");
        }
    }

    private static void Extreme<T>(Tensor x, int[] axes, Tensor y, bool least) where T : unmanaged, INumber<T>
    {
        if (least) Fold<T, T, Smaller<T>>(x, axes, y);
        else Fold<T, T, Larger<T>>(x, axes, y);
    }

    private interface IFold<T, A>
    {
        static abstract A First(T value);
        static abstract A Next(A sofar, T value);
        static abstract T Result(A sofar);
        static abstract T Empty { get; }
    }

    private readonly struct Adding<T, A> : IFold<T, A> where T : INumber<T> where A : INumber<A>
    {
        public static A First(T value) => A.CreateTruncating(value);
        public static A Next(A sofar, T value) => sofar + A.CreateTruncating(value);
        public static T Result(A sofar) => T.CreateTruncating(sofar);
        public static T Empty => T.Zero;
    }

    private readonly struct Larger<T> : IFold<T, T> where T : INumber<T>
    {
        public static T First(T value) => value;
        public static T Next(T sofar, T value) => T.Max(sofar, value);
        public static T Result(T sofar) => sofar;
        public static T Empty => T.Zero;
    }

    private readonly struct Smaller<T> : IFold<T, T> where T : INumber<T>
    {
        public static T First(T value) => value;
        public static T Next(T sofar, T value) => T.Min(sofar, value);
        public static T Result(T sofar) => sofar;
        public static T Empty => T.Zero;
    }

    /// <summary>For each element of the result, a walk over the folded axes.</summary>
    private static void Fold<T, A, F>(Tensor x, int[] axes, Tensor y) where T : unmanaged where F : struct, IFold<T, A>
    {
        int[] kept = [.. Enumerable.Range(0, x.Rank).Except(axes)], order = [.. kept, .. axes];
        var ordered = x.View([.. order.Select(axis => x.Shape[axis])], [.. order.Select(x.Stride)], x.Offset);
        var outer = ordered.View(ordered.Shape[..kept.Length], ordered.Strides[..kept.Length], ordered.Offset);
        var inner = ordered.Shape[kept.Length..];
        var run = new OuterRun<T, A, F>(ordered, inner, ordered.Strides[kept.Length..].ToArray(), y.Pointer<T>());
        Strided.Walk(outer.Shape, [outer], ref run);
    }

    private readonly struct OuterRun<T, A, F>(Tensor x, Shape inner, long[] innerStrides, T* y) : IRun where T : unmanaged where F : struct, IFold<T, A>
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            for (var i = 0L; i < length; i++)
            {
                var part = x.View(inner, innerStrides, x.Offset + offsets[0] + (i * steps[0]));
                var fold = new InnerRun<T, A, F>(part.Pointer<T>());
                Strided.Walk(inner, [part], ref fold);
                y[at + i] = fold.Result;
            }
        }
    }

    private struct InnerRun<T, A, F>(T* x) : IRun where T : unmanaged where F : struct, IFold<T, A>
    {
        private A sofar = default!;
        private bool any;

        public readonly T Result => any ? F.Result(sofar) : F.Empty;

        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            var from = x + offsets[0];
            var i = 0L;
            if (!any) (sofar, any, i) = (F.First(from[0]), true, 1);
            for (; i < length; i++) sofar = F.Next(sofar, from[i * steps[0]]);
        }
    }
}
