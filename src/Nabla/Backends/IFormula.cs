namespace Nabla.Backends;

/// <summary>An elementwise formula of one variable, and its derivative. A struct: its fields are its attributes.</summary>
internal interface IFormula
{
    /// <summary>y = f(x)</summary>
    V Of<V>(V x) where V : struct, ILane<V>;

    /// <summary>dy/dx, from x and y = f(x).</summary>
    V Slope<V>(V x, V y) where V : struct, ILane<V>;

    /// <summary>Whether the slope is computed from y. If not, y is not read, and anything may stand in its place.</summary>
    static virtual bool SlopeReadsOutput => true;
}

/// <summary>An elementwise formula of two variables, and its partial derivatives.</summary>
internal interface IBinaryFormula
{
    /// <summary>y = f(a, b)</summary>
    V Of<V>(V a, V b) where V : struct, ILane<V>;

    /// <summary>∂y/∂a</summary>
    V SlopeA<V>(V a, V b, V y) where V : struct, ILane<V>;

    /// <summary>∂y/∂b</summary>
    V SlopeB<V>(V a, V b, V y) where V : struct, ILane<V>;
}

/// <summary>A comparison: a mask of where it holds.</summary>
internal interface IComparison
{
    V Holds<V>(V a, V b) where V : struct, ILane<V>;
}
