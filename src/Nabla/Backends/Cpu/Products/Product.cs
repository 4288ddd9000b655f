namespace Nabla.Backends.Cpu.Products;

/// <summary>
/// C = A · B, or with <see cref="Bias"/> C = A · B + bias in every row, or with <see cref="Accumulate"/> C += A · B.
/// Element (i, p) of A is at A + i·ARow + p·AColumn, likewise B, so a transposed view costs no copy; the rows of C are contiguous.
/// A: [Rows, Depth], B: [Depth, Columns], C: [Rows, Columns]; strides count elements.
/// </summary>
internal unsafe struct Product<T> where T : unmanaged
{
    public int Rows, Columns, Depth;
    public T* A;
    public nint ARow, AColumn;
    public T* B;
    public nint BRow, BColumn;
    public T* C;
    public nint CRow;
    /// <summary>One value a column, or null. Not together with <see cref="Accumulate"/>.</summary>
    public T* Bias;
    /// <summary>Where each row's sums begin, <see cref="ProductTile.StartLength"/> times the same value, or null. Not together with <see cref="Bias"/> or <see cref="Accumulate"/>.</summary>
    public T* RowStarts;
    public bool Accumulate;
}
