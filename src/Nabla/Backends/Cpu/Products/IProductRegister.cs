namespace Nabla.Backends.Cpu.Products;

/// <summary>
/// A register of <see cref="Count"/> floats as the matrix product uses it. <typeparamref name="V"/> is the vector type itself, so that the
/// accumulators of a tile are plain locals.
/// </summary>
internal unsafe interface IProductRegister<V> where V : struct
{
    static abstract bool IsSupported { get; }
    static abstract int Count { get; }
    /// <summary>The most rows of a tile two registers wide: its accumulators, two of B and one of A must fit the register file.</summary>
    static abstract int WideRows { get; }
    /// <summary>The most rows of a tile one register wide.</summary>
    static abstract int NarrowRows { get; }
    static abstract V Load(float* source);
    /// <summary>Loads the first <paramref name="count"/> elements (0 &lt; count ≤ Count); the rest are 0.</summary>
    static abstract V LoadPart(float* source, int count);
    static abstract void Store(float* target, V value);
    static abstract void StorePart(float* target, V value, int count);
    static abstract V Broadcast(float* source);
    /// <summary>The value in every element.</summary>
    static abstract V Create(float value);
    static abstract V Add(V a, V b);
    static abstract V Subtract(V a, V b);
    static abstract V Multiply(V a, V b);
    /// <summary>a · b + c, fused where the hardware fuses.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);
    /// <summary>
    /// Transposes Count columns of <paramref name="rows"/> (≤ Count) rows: row i is at source + i·stride; column j goes to target + j·step, in
    /// ascending order and always Count elements, those beyond <paramref name="rows"/> arbitrary.
    /// </summary>
    static abstract void Transpose(float* source, nint stride, int rows, float* target, nint step);
}
