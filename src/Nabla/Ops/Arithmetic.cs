using Nabla.Backends;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>a + b</summary>
    internal readonly struct Add : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILane<V> => a + b;
        public V SlopeA<V>(V a, V b, V y) where V : struct, ILane<V> => V.One;
        public V SlopeB<V>(V a, V b, V y) where V : struct, ILane<V> => V.One;
    }

    /// <summary>a − b</summary>
    internal readonly struct Subtract : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILane<V> => a - b;
        public V SlopeA<V>(V a, V b, V y) where V : struct, ILane<V> => V.One;
        public V SlopeB<V>(V a, V b, V y) where V : struct, ILane<V> => V.Constant(-1);
    }

    /// <summary>a · b</summary>
    internal readonly struct Multiply : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILane<V> => a * b;
        public V SlopeA<V>(V a, V b, V y) where V : struct, ILane<V> => b;
        public V SlopeB<V>(V a, V b, V y) where V : struct, ILane<V> => a;
    }

    /// <summary>a / b</summary>
    internal readonly struct Divide : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILane<V> => a / b;
        public V SlopeA<V>(V a, V b, V y) where V : struct, ILane<V> => V.One / b;
        public V SlopeB<V>(V a, V b, V y) where V : struct, ILane<V> => -y / b;
    }

    /// <summary>The larger. Where a = b, half of the gradient goes to each, as in PyTorch.</summary>
    internal readonly struct Maximum : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILane<V> => V.Max(a, b);
        public V SlopeA<V>(V a, V b, V y) where V : struct, ILane<V> => Share(b, a);
        public V SlopeB<V>(V a, V b, V y) where V : struct, ILane<V> => Share(a, b);
        internal static V Share<V>(V small, V large) where V : struct, ILane<V> =>
            V.Select(V.LessThan(small, large), V.One, V.Select(V.Equal(small, large), V.Constant(0.5), V.Zero));
    }

    /// <summary>The smaller. Where a = b, half of the gradient goes to each.</summary>
    internal readonly struct Minimum : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILane<V> => V.Min(a, b);
        public V SlopeA<V>(V a, V b, V y) where V : struct, ILane<V> => Maximum.Share(a, b);
        public V SlopeB<V>(V a, V b, V y) where V : struct, ILane<V> => Maximum.Share(b, a);
    }

    /// <summary>aᵇ</summary>
    internal readonly struct Power : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILane<V> => V.Pow(a, b);
        public V SlopeA<V>(V a, V b, V y) where V : struct, ILane<V> => b * V.Pow(a, b - V.One);
        public V SlopeB<V>(V a, V b, V y) where V : struct, ILane<V> => V.Select(V.Equal(a, V.Zero), V.Zero, y * V.Log(a));
    }

    internal readonly struct LessThan : IComparison
    {
        public V Holds<V>(V a, V b) where V : struct, ILane<V> => V.LessThan(a, b);
    }

    internal readonly struct LessOrEqual : IComparison
    {
        public V Holds<V>(V a, V b) where V : struct, ILane<V> => V.LessOrEqual(a, b);
    }

    internal readonly struct EqualTo : IComparison
    {
        public V Holds<V>(V a, V b) where V : struct, ILane<V> => V.Equal(a, b);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>a + b; the shapes broadcast.</summary>
        public static Tensor operator +(Tensor a, Tensor b) => BinaryElementwise<Add>.Of(a, b);
        /// <summary>a − b; the shapes broadcast.</summary>
        public static Tensor operator -(Tensor a, Tensor b) => BinaryElementwise<Subtract>.Of(a, b);
        /// <summary>a · b, element by element; the shapes broadcast.</summary>
        public static Tensor operator *(Tensor a, Tensor b) => BinaryElementwise<Multiply>.Of(a, b);
        /// <summary>a / b, element by element; the shapes broadcast.</summary>
        public static Tensor operator /(Tensor a, Tensor b) => BinaryElementwise<Divide>.Of(a, b);

        /// <summary>a + b</summary>
        public static Tensor operator +(Tensor a, double b) => a + Number(b, a, "Add");
        /// <summary>a + b</summary>
        public static Tensor operator +(double a, Tensor b) => Number(a, b, "Add") + b;
        /// <summary>a − b</summary>
        public static Tensor operator -(Tensor a, double b) => a - Number(b, a, "Subtract");
        /// <summary>a − b</summary>
        public static Tensor operator -(double a, Tensor b) => Number(a, b, "Subtract") - b;
        /// <summary>a · b</summary>
        public static Tensor operator *(Tensor a, double b) => a * Number(b, a, "Multiply");
        /// <summary>a · b</summary>
        public static Tensor operator *(double a, Tensor b) => Number(a, b, "Multiply") * b;
        /// <summary>a / b</summary>
        public static Tensor operator /(Tensor a, double b) => a / Number(b, a, "Divide");
        /// <summary>a / b</summary>
        public static Tensor operator /(double a, Tensor b) => Number(a, b, "Divide") / b;

        /// <summary>The larger of a and b, element by element; the shapes broadcast. Equal elements share the gradient.</summary>
        public static Tensor Maximum(Tensor a, Tensor b) => BinaryElementwise<Maximum>.Of(a, b);
        /// <summary>The smaller of a and b, element by element; the shapes broadcast. Equal elements share the gradient.</summary>
        public static Tensor Minimum(Tensor a, Tensor b) => BinaryElementwise<Minimum>.Of(a, b);
        /// <summary>aᵇ, element by element; the shapes broadcast.</summary>
        public static Tensor Pow(Tensor a, Tensor b) => BinaryElementwise<Power>.Of(a, b);

        /// <summary>a &lt; b: Bool; the shapes broadcast.</summary>
        public static Tensor operator <(Tensor a, Tensor b) => Compare<LessThan>.Of(a, b);
        /// <summary>a &gt; b: Bool; the shapes broadcast.</summary>
        public static Tensor operator >(Tensor a, Tensor b) => Compare<LessThan>.Of(b, a);
        /// <summary>a ≤ b: Bool; the shapes broadcast.</summary>
        public static Tensor operator <=(Tensor a, Tensor b) => Compare<LessOrEqual>.Of(a, b);
        /// <summary>a ≥ b: Bool; the shapes broadcast.</summary>
        public static Tensor operator >=(Tensor a, Tensor b) => Compare<LessOrEqual>.Of(b, a);
        /// <summary>a &lt; b</summary>
        public static Tensor operator <(Tensor a, double b) => a < Number(b, a, "LessThan");
        /// <summary>a &gt; b</summary>
        public static Tensor operator >(Tensor a, double b) => a > Number(b, a, "LessThan");
        /// <summary>a ≤ b</summary>
        public static Tensor operator <=(Tensor a, double b) => a <= Number(b, a, "LessOrEqual");
        /// <summary>a ≥ b</summary>
        public static Tensor operator >=(Tensor a, double b) => a >= Number(b, a, "LessOrEqual");
        /// <summary>Where the elements are equal: Bool; the shapes broadcast.</summary>
        public Tensor EqualTo(Tensor other) => Compare<EqualTo>.Of(this, other);
        /// <summary>Where the elements equal a number: Bool.</summary>
        public Tensor EqualTo(double other) => EqualTo(Number(other, this, "EqualTo"));

        /// <summary>A number as the other operand of a tensor. Integers hold no fraction: cut off, it would give a wrong result without a word.</summary>
        private static Tensor Number(double value, Tensor beside, string op) => beside.DType switch
        {
            DType.Int32 when value != (int)value => throw NotWhole(value, beside, op),
            DType.Int64 when value != (long)value => throw NotWhole(value, beside, op),
            var dtype => Scalar(value, dtype),
        };

        private static ArgumentException NotWhole(double value, Tensor beside, string op) =>
            new($"{op}: {value} is no {beside.DType}, which the tensor {beside.Shape} holds. Convert the tensor first: x.To(DType.Float32).");
    }
}
