using Nabla.Backends;

namespace Nabla.Ops;

/// <summary>
/// The lane whose register is a whole tensor: a formula instantiated on it becomes the graph of simpler ops. A constant stays a number
/// until it meets a tensor, so that multiplying by 1 costs nothing.
/// </summary>
internal readonly struct TensorLane : ILane<TensorLane>
{
    private readonly Tensor? tensor;
    private readonly double constant;

    /// <summary>Of a mask: the type of what was compared, and so of what it chooses between.</summary>
    private readonly DType compared;

    public TensorLane(Tensor tensor) => this.tensor = tensor;
    private TensorLane(Tensor mask, DType compared) => (tensor, this.compared) = (mask, compared);
    private TensorLane(double constant) => this.constant = constant;

    public static TensorLane Zero => new(0);
    public static TensorLane One => new(1);
    public static TensorLane Constant(double value) => new(value);

    /// <summary>The tensor; a constant takes the shape and type of <paramref name="like"/>.</summary>
    public Tensor ToTensor(Tensor like) => tensor ?? Tensor.Full(like.Shape, constant, like.DType);

    /// <summary>gradient · this</summary>
    public Tensor Times(Tensor gradient) => (this * new TensorLane(gradient)).ToTensor(gradient);

    /// <summary>f of the tensor, as one op.</summary>
    public TensorLane Map<F>(F formula) where F : struct, IFormula => tensor is null ? formula.Of(this) : new(Elementwise<F>.Of(tensor, formula));

    private bool Is(double value) => tensor is null && constant == value;

    private static TensorLane Binary(TensorLane a, TensorLane b, Func<Tensor, Tensor, Tensor> op, Func<double, double, double> numbers) =>
        (a.tensor, b.tensor) switch
        {
            (null, null) => new(numbers(a.constant, b.constant)),
            ({ } x, null) => new(op(x, Tensor.Scalar(b.constant, x.DType))),
            (null, { } y) => new(op(Tensor.Scalar(a.constant, y.DType), y)),
            ({ } x, { } y) => new(op(x, y)),
        };

    private static TensorLane Unary(TensorLane x, Func<Tensor, Tensor> op, Func<double, double> number) =>
        x.tensor is { } tensor ? new(op(tensor)) : new(number(x.constant));

    public static TensorLane operator +(TensorLane a, TensorLane b) =>
        a.Is(0) ? b : b.Is(0) ? a : Binary(a, b, (x, y) => x + y, (x, y) => x + y);
    public static TensorLane operator -(TensorLane a, TensorLane b) =>
        b.Is(0) ? a : Binary(a, b, (x, y) => x - y, (x, y) => x - y);
    public static TensorLane operator *(TensorLane a, TensorLane b) =>
        a.Is(1) ? b : b.Is(1) ? a : a.Is(-1) ? -b : b.Is(-1) ? -a : Binary(a, b, (x, y) => x * y, (x, y) => x * y);
    public static TensorLane operator /(TensorLane a, TensorLane b) => Binary(a, b, (x, y) => x / y, (x, y) => x / y);
    public static TensorLane operator -(TensorLane a) => Unary(a, x => -x, x => -x);

    public static TensorLane MultiplyAdd(TensorLane a, TensorLane b, TensorLane c) => (a * b) + c;
    public static TensorLane Max(TensorLane a, TensorLane b) => Binary(a, b, Tensor.Maximum, Math.Max);
    public static TensorLane Min(TensorLane a, TensorLane b) => Binary(a, b, Tensor.Minimum, Math.Min);
    public static TensorLane Abs(TensorLane x) => Unary(x, t => t.Abs(), Math.Abs);
    public static TensorLane Sqrt(TensorLane x) => Unary(x, t => t.Sqrt(), Math.Sqrt);
    public static TensorLane Exp(TensorLane x) => Unary(x, t => t.Exp(), Math.Exp);
    public static TensorLane Log(TensorLane x) => Unary(x, t => t.Log(), Math.Log);
    public static TensorLane Log1p(TensorLane x) => Unary(x, t => t.Log1p(), x => Math.Log(1 + x));
    public static TensorLane Sin(TensorLane x) => Unary(x, t => t.Sin(), Math.Sin);
    public static TensorLane Cos(TensorLane x) => Unary(x, t => t.Cos(), Math.Cos);
    public static TensorLane Tanh(TensorLane x) => Unary(x, t => t.Tanh(), Math.Tanh);
    public static TensorLane Erf(TensorLane x) => new(x.ToTensor(Tensor.Scalar(0)).Erf());
    public static TensorLane Floor(TensorLane x) => Unary(x, t => t.Floor(), Math.Floor);
    public static TensorLane Pow(TensorLane x, TensorLane exponent) => exponent.tensor is null
        ? Unary(x, t => t.Pow(exponent.constant), t => Math.Pow(t, exponent.constant))
        : new(Tensor.Pow(x.ToTensor(exponent.tensor), exponent.tensor));

    private static TensorLane Compare(TensorLane a, TensorLane b, Func<Tensor, Tensor, Tensor> op, Func<double, double, double> numbers)
    {
        var mask = Binary(a, b, op, numbers);
        return mask.tensor is { } tensor ? new(tensor, (a.tensor ?? b.tensor)!.DType) : mask;
    }

    public static TensorLane LessThan(TensorLane a, TensorLane b) => Compare(a, b, (x, y) => x < y, (x, y) => x < y ? 1 : 0);
    public static TensorLane LessOrEqual(TensorLane a, TensorLane b) => Compare(a, b, (x, y) => x <= y, (x, y) => x <= y ? 1 : 0);
    public static TensorLane Equal(TensorLane a, TensorLane b) => Compare(a, b, (x, y) => x.EqualTo(y), (x, y) => x == y ? 1 : 0);

    public static TensorLane Select(TensorLane mask, TensorLane a, TensorLane b)
    {
        if (mask.tensor is not { } condition) return mask.constant != 0 ? a : b;
        var dtype = (a.tensor ?? b.tensor)?.DType ?? mask.compared;
        return new(Tensor.Where(condition, a.tensor ?? Tensor.Scalar(a.constant, dtype), b.tensor ?? Tensor.Scalar(b.constant, dtype)));
    }
}
