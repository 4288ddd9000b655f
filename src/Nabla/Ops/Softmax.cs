using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>softmax(x)ᵢ = exp(xᵢ − max x) / Σⱼ exp(xⱼ − max x) along an axis. Shape unchanged.</summary>
    internal sealed partial record Softmax(int Axis) : UnaryOp
    {
        public override Tensor Compose(Tensor x)
        {
            if (x.Length == 0) return x.Exp();
            var e = (x - x.Max(Axis, keepDims: true)).Exp();
            return e / e.Sum(Axis, keepDims: true);
        }

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy)
        {
            var product = y * dy;
            return product - (y * product.Sum(Axis, keepDims: true));
        }
    }

    /// <summary>ln softmax(x)ᵢ = xᵢ − max x − ln Σⱼ exp(xⱼ − max x) along an axis. Shape unchanged.</summary>
    internal sealed partial record LogSoftmax(int Axis) : UnaryOp
    {
        public override Tensor Compose(Tensor x)
        {
            if (x.Length == 0) return x.Exp();
            var shifted = x - x.Max(Axis, keepDims: true);
            return shifted - shifted.Exp().Sum(Axis, keepDims: true).Log();
        }

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => dy - (y.Exp() * dy.Sum(Axis, keepDims: true));
    }

    /// <summary>ln Σ exp x over one axis = max x + ln Σ exp(x − max x). A row of −∞ gives −∞.</summary>
    internal sealed partial record LogSumExp(int Along, bool KeepDims) : Reduction([Along], KeepDims)
    {
        public override Tensor Compose(Tensor x)
        {
            if (x.Shape[Along] == 0) return x.Exp().Sum(Along, KeepDims).Log();
            var largest = x.Max(Along, keepDims: true);
            var shift = Finite(largest);
            var sum = (x - shift).Exp().Sum(Along, KeepDims);
            return sum.Log() + shift.Reshape(sum.Shape);
        }

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => (x - Finite(Unfold(y, x))).Exp() * Unfold(dy, x);

        /// <summary>0 where x is infinite, since ∞ − ∞ is not a number.</summary>
        private static Tensor Finite(Tensor x) => Tensor.Where(x.Abs().EqualTo(double.PositiveInfinity), Tensor.Scalar(0, x.DType), x);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>exp(x) / Σ exp(x) along an axis: logits → probabilities. Huge logits are no danger; a row of −∞ gives NaN.</summary>
        public Tensor Softmax(int axis = -1) => new Softmax(Shape.Axis(axis)).Apply(this);

        /// <summary>ln(exp(x) / Σ exp(x)) along an axis: logits → log-probabilities.</summary>
        public Tensor LogSoftmax(int axis = -1) => new LogSoftmax(Shape.Axis(axis)).Apply(this);

        /// <summary>ln Σ exp(x) along an axis, without overflow.</summary>
        public Tensor LogSumExp(int axis = -1, bool keepDims = false) => new LogSumExp(Shape.Axis(axis), keepDims).Apply(this);
    }
}
