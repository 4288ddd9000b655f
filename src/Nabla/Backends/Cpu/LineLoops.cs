using System.Numerics;

namespace Nabla.Backends.Cpu;

/// <summary>Work along the lines of one axis, each line apart from the others.</summary>
internal static unsafe class LineLoops
{
    /// <summary>y[i] = x[0] + … + x[i] along an axis.</summary>
    public static void CumSum(Tensor x, int axis, Tensor y) => NumberTypes.Run("CumSum", x.DType, new LineWork<Sums>(x, axis, y));

    /// <summary>Where along an axis the first of the largest (smallest) elements stands; the first NaN, if there is one.</summary>
    public static void ArgExtreme(Tensor x, int axis, bool least, Tensor y)
    {
        if (least) NumberTypes.Run("ArgMin", x.DType, new LineWork<Place<Smaller>>(x, axis, y));
        else NumberTypes.Run("ArgMax", x.DType, new LineWork<Place<Larger>>(x, axis, y));
    }

    /// <summary>The places of an axis in the order of its elements; equal ones keep their order, NaN comes last.</summary>
    public static void ArgSort(Tensor x, int axis, bool descending, Tensor y)
    {
        if (descending) NumberTypes.Run("Sort", x.DType, new LineWork<Order<Falling>>(x, axis, y));
        else NumberTypes.Run("Sort", x.DType, new LineWork<Order<Rising>>(x, axis, y));
    }

    /// <summary>What happens to one line, given its first elements in x and y and the steps between neighbours.</summary>
    private interface ILine
    {
        static abstract void Run<T, A>(T* x, long xStep, byte* y, long yStep, long length) where T : unmanaged, INumber<T> where A : unmanaged, INumber<A>;
    }

    private readonly struct LineWork<L>(Tensor x, int axis, Tensor y) : INumberWork where L : struct, ILine
    {
        public void Run<T, A>() where T : unmanaged, INumber<T> where A : unmanaged, INumber<A>
        {
            // A result without the axis has one element per line: its step is not used.
            var kept = y.Rank == x.Rank;
            var lines = new Lines<L, T, A>(x.Pointer<T>(), x.Stride(axis), x.Shape[axis], y.Address, kept ? y.Stride(axis) : 0, y.DType.Size);
            if (x.Length == 0) return;
            Strided.Walk(x.Shape.Remove(axis), [First(x, axis), kept ? First(y, axis) : y], ref lines);
        }

        /// <summary>The first element of each line.</summary>
        private static Tensor First(Tensor x, int axis) => x.View(x.Shape.Remove(axis), [.. x.Strides[..axis], .. x.Strides[(axis + 1)..]], x.Offset);
    }

    private readonly struct Lines<L, T, A>(T* x, long xStep, long length, byte* y, long yStep, int size) : IRun
        where L : struct, ILine where T : unmanaged, INumber<T> where A : unmanaged, INumber<A>
    {
        public void Run(long at, long lines, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            for (var i = 0L; i < lines; i++)
                L.Run<T, A>(x + offsets[0] + (i * steps[0]), xStep, y + ((offsets[1] + (i * steps[1])) * size), yStep, length);
        }
    }

    private readonly struct Sums : ILine
    {
        public static void Run<T, A>(T* x, long xStep, byte* y, long yStep, long length) where T : unmanaged, INumber<T> where A : unmanaged, INumber<A>
        {
            var (sum, to) = (A.Zero, (nint)y);
            for (var i = 0L; i < length; i++) ((T*)to)[i * yStep] = T.CreateTruncating(sum += A.CreateTruncating(x[i * xStep]));
        }
    }

    private interface ILess
    {
        static abstract bool Before<T>(T a, T b) where T : INumber<T>;
    }

    private readonly struct Smaller : ILess
    {
        public static bool Before<T>(T a, T b) where T : INumber<T> => a < b;
    }

    private readonly struct Larger : ILess
    {
        public static bool Before<T>(T a, T b) where T : INumber<T> => a > b;
    }

    private readonly struct Place<C> : ILine where C : struct, ILess
    {
        public static void Run<T, A>(T* x, long xStep, byte* y, long yStep, long length) where T : unmanaged, INumber<T> where A : unmanaged, INumber<A>
        {
            var best = 0L;
            for (var i = 0L; i < length && !T.IsNaN(x[best * xStep]); i++)
                if (C.Before(x[i * xStep], x[best * xStep]) || T.IsNaN(x[i * xStep])) best = i;
            *(long*)y = best;
        }
    }

    private interface IOrder
    {
        static abstract int Compare<T>(T a, T b) where T : INumber<T>;
    }

    private readonly struct Rising : IOrder
    {
        public static int Compare<T>(T a, T b) where T : INumber<T> => T.IsNaN(a) ? (T.IsNaN(b) ? 0 : 1) : T.IsNaN(b) ? -1 : a.CompareTo(b);
    }

    private readonly struct Falling : IOrder
    {
        public static int Compare<T>(T a, T b) where T : INumber<T> => T.IsNaN(a) ? (T.IsNaN(b) ? 0 : 1) : T.IsNaN(b) ? -1 : b.CompareTo(a);
    }

    /// <summary>By value, and where values are equal by place.</summary>
    private readonly struct InPlace<T, C> : IComparer<(T Value, int Place)> where T : INumber<T> where C : struct, IOrder
    {
        public int Compare((T Value, int Place) a, (T Value, int Place) b) => C.Compare(a.Value, b.Value) is var order && order != 0 ? order : a.Place.CompareTo(b.Place);
    }

    private readonly struct Order<C> : ILine where C : struct, IOrder
    {
        public static void Run<T, A>(T* x, long xStep, byte* y, long yStep, long length) where T : unmanaged, INumber<T> where A : unmanaged, INumber<A>
        {
            var line = new (T Value, int Place)[length];
            for (var i = 0; i < line.Length; i++) line[i] = (x[i * xStep], i);
            line.AsSpan().Sort(default(InPlace<T, C>));
            for (var i = 0; i < line.Length; i++) ((long*)y)[i * yStep] = line[i].Place;
        }
    }
}
