using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// An array of numbers with a shape. Immutable: every operation gives a new tensor or a view of the same memory. Nobody disposes of it.
/// </summary>
public sealed partial class Tensor
{
    private readonly long[]? strides;

    private Tensor(Storage storage, Shape shape, long[]? strides, long offset)
    {
        (Storage, Shape, this.strides, Offset) = (storage, shape, strides, offset);
        Length = shape.Length;
    }

    internal Storage Storage { get; }

    /// <summary>The lengths of the axes.</summary>
    public Shape Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>Where the first element is, in elements from the start of the storage.</summary>
    internal long Offset { get; }

    /// <summary>The type of the elements.</summary>
    public DType DType => Storage.DType;

    /// <summary>Where it lives.</summary>
    public Device Device => Storage.Device;

    /// <summary>Number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Whether the elements lie one after another in row-major order.</summary>
    public bool IsContiguous => strides is null;

    /// <summary>The distance between neighbours along each axis, in elements.</summary>
    public ReadOnlySpan<long> Strides => strides ?? Shape.RowMajorStrides();

    /// <summary>The distance between neighbours along one axis, 0 ≤ axis &lt; rank, in elements.</summary>
    internal long Stride(int axis)
    {
        if (strides is not null) return strides[axis];
        var step = 1L;
        for (var i = Rank - 1; i > axis; i--) step *= Shape[i];
        return step;
    }

    /// <summary>The step of the tape that made this tensor, if one did.</summary>
    internal object? Creator { get; set; }

    /// <summary>Whether this is the value of a parameter.</summary>
    internal bool IsParameter { get; init; }

    /// <summary>Whether this is the value of a frozen parameter: no gradient is computed with respect to it.</summary>
    internal bool IsFrozen { get; set; }

    /// <summary>A fresh tensor whose elements are not set yet.</summary>
    internal static Tensor Empty(Shape shape, DType dtype) => new(NewStorage(shape, dtype), shape, null, 0);

    internal static Tensor EmptyParameter(Shape shape, DType dtype)
    {
        var storage = NewStorage(shape, dtype);
        storage.IsParameter = true;
        return new(storage, shape, null, 0) { IsParameter = true };
    }

    private static Storage NewStorage(Shape shape, DType dtype)
    {
        var length = shape.Length;
        return length <= long.MaxValue / 8 ? MemoryPool.Allocate(length * dtype.Size, dtype)
            : throw new ArgumentException($"A tensor of shape {shape} needs more than 2⁶³ bytes.");
    }

    /// <summary>Another window on the same memory.</summary>
    internal Tensor View(Shape shape, ReadOnlySpan<long> newStrides, long offset) =>
        new(Storage, shape, IsRowMajor(shape, newStrides) ? null : newStrides.ToArray(), offset);

    /// <summary>The same elements under another shape of the same length, if they are contiguous.</summary>
    internal Tensor ViewContiguous(Shape shape) => new(Storage, shape, null, Offset);

    /// <summary>One element per matrix of the last two axes, stretched to the batch's shape: a window to walk a batch of matrices by.</summary>
    internal Tensor Matrices(Shape batch)
    {
        var strides = new long[batch.Rank];
        for (var i = 1; i <= Rank - 2; i++) strides[^i] = Shape[^(i + 2)] == 1 ? 0 : Stride(Rank - 2 - i);
        return View(batch, strides, Offset);
    }

    private static bool IsRowMajor(Shape shape, ReadOnlySpan<long> strides)
    {
        var step = 1L;
        for (var i = shape.Rank - 1; i >= 0; i--)
        {
            if (shape[i] != 1 && strides[i] != step) return shape.Length == 0;
            step *= shape[i];
        }
        return true;
    }

    /// <summary>The address of the first element. Keep the tensor alive (GC.KeepAlive) while using it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe T* Pointer<T>() where T : unmanaged
    {
        var address = Storage.Address;
        if (address is null) ThrowReleased();
        return (T*)address + Offset;
    }

    /// <summary>The address of the first element, whatever its type.</summary>
    internal unsafe byte* Address => Pointer<byte>() + (Offset * (DType.Size - 1));

    private static void ThrowReleased() =>
        throw new ObjectDisposedException(nameof(Tensor), "This tensor was a temporary of a backward walk or of a model in use, and its memory is reused. Compute it again.");

    /// <summary>Throws unless the elements are of <typeparamref name="T"/>.</summary>
    private void Demand<T>([CallerMemberName] string member = "") where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
            throw new InvalidOperationException($"{member}<{typeof(T).Name}>: the tensor {Shape} holds {DType}. Convert it first: x.To(DType.{DTypes.Of<T>()}).");
    }

    /// <summary>The elements of a contiguous tensor, to be written by the one who made it.</summary>
    internal unsafe Span<T> Writable<T>() where T : unmanaged
    {
        DemandSpan();
        return new Span<T>(Pointer<T>(), (int)Length);
    }

    private void DemandSpan()
    {
        if (Length > int.MaxValue) throw new InvalidOperationException($"AsSpan: {Length} elements exceed the longest span; slice the tensor first.");
    }

    /// <summary>The only element.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one, or it is of another type.</exception>
    public unsafe T Item<T>() where T : unmanaged
    {
        Demand<T>();
        if (Length != 1) throw new InvalidOperationException($"Item: shape {Shape} has {Length} elements, exactly 1 is needed. Index or reduce first.");
        var value = *Pointer<T>();
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>The only element as a double, whatever its type.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one.</exception>
    public double Item() => DType switch
    {
        DType.Float32 => Item<float>(),
        DType.Float64 => Item<double>(),
        DType.Int64 => Item<long>(),
        DType.Int32 => Item<int>(),
        _ => Item<bool>() ? 1 : 0,
    };

    /// <summary>The only element.</summary>
    public static explicit operator float(Tensor x) => (float)x.Item();

    /// <summary>The only element.</summary>
    public static explicit operator double(Tensor x) => x.Item();
}
