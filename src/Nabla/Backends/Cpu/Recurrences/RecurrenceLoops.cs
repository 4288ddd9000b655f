using Nabla.Backends.Cpu.Products;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Backends.Cpu.Recurrences;

/// <summary>
/// Recurrent networks over whole sequences: the recurrent weight is packed once, a step is one product and one pass over its gates, and the gradient by the weight is one product over all
/// steps at the end. Tensors are contiguous.
/// </summary>
internal static unsafe class RecurrenceLoops
{
    /// <summary>Units of a step's pass that are worth another thread: some ten times the work of an elementwise op.</summary>
    private const int Grain = 2048;

    /// <summary>The weight [gates · hidden, hidden] or its transpose, for the products of many steps.</summary>
    public static PackedMatrix Pack(Tensor weight, bool transposed)
    {
        var (rows, columns) = (weight.Shape[0], weight.Shape[1]);
        return transposed ? MatrixProduct.Pack(weight.Pointer<float>(), 1, columns, columns, rows) : MatrixProduct.Pack(weight.Pointer<float>(), columns, 1, rows, columns);
    }

    public static void Forward<TCell>(TCell cell, int[] steps, Tensor x, Tensor weight, PackedMatrix? packed, Tensor bias, Tensor hidden, Tensor? cells, Tensor output, Tensor? kept)
        where TCell : struct, IRecurrentCell
    {
        var (units, columns) = (weight.Shape[1], weight.Shape[0]);
        var projected = Tensor.Empty([steps[0], columns], DType.Float32);
        var (before, row) = (First(hidden, cells), 0L);
        foreach (var count in steps)
        {
            MatrixProduct.Multiply(new Product<float>
            {
                Rows = count, Columns = columns, Depth = units, A = before.Hidden, ARow = units, AColumn = 1, B = weight.Pointer<float>(), BRow = 1, BColumn = units,
                C = projected.Pointer<float>(), CRow = columns, Bias = bias.Pointer<float>(),
            }, packed);
            var after = States(output, row);
            LaneChoice.Run(DType.Float32, new Step<TCell>(cell, units, count, x.Pointer<float>() + (row * columns), projected.Pointer<float>(), before, after,
                kept is null ? null : kept.Pointer<float>() + (row * units * TCell.Kept)), "Recurrence");
            (before, row) = (after, row + count);
        }
        foreach (var tensor in (ReadOnlySpan<Tensor?>)[x, weight, bias, hidden, cells, output, kept, projected]) GC.KeepAlive(tensor);
    }

    /// <param name="cell">One step.</param>
    /// <param name="steps">Sequences of each step.</param>
    /// <param name="weight">The recurrent weight.</param>
    /// <param name="hidden">The first hidden states.</param>
    /// <param name="cells">The first cells.</param>
    /// <param name="output">The states after each step.</param>
    /// <param name="kept">What the way there kept.</param>
    /// <param name="dy">The gradient that arrives at the states.</param>
    /// <param name="gradients">Of projected input, weight, bias, hidden and cells; null where none is wanted.</param>
    public static void Backward<TCell>(TCell cell, int[] steps, Tensor weight, Tensor hidden, Tensor? cells, Tensor output, Tensor kept, Tensor dy, ReadOnlySpan<Tensor?> gradients)
        where TCell : struct, IRecurrentCell
    {
        var (units, columns) = (weight.Shape[1], weight.Shape[0]);
        var rows = output.Shape[1];
        var dx = gradients[0] ?? Tensor.Empty([rows, columns], DType.Float32);
        var du = TCell.AddsProjections ? dx : Tensor.Empty([rows, columns], DType.Float32);
        var dh = Zeros(gradients[3], hidden);
        var dc = cells is null ? null : Zeros(gradients[4], cells);
        var packed = Pack(weight, transposed: false);
        var row = (long)rows;
        for (var t = steps.Length - 1; t >= 0; t--)
        {
            row -= steps[t];
            var before = t > 0 ? States(output, row - steps[t - 1]) : First(hidden, cells);
            LaneChoice.Run(DType.Float32, new StepBack<TCell>(cell, units, steps[t], kept.Pointer<float>() + (row * units * TCell.Kept), before, States(output, row), States(dy, row), First(dh, dc),
                dx.Pointer<float>() + (row * columns), du.Pointer<float>() + (row * columns)), "Recurrence");
            if (t == 0 && gradients[3] is null) break;
            MatrixProduct.Multiply(new Product<float>
            {
                Rows = steps[t], Columns = units, Depth = columns, A = du.Pointer<float>() + (row * columns), ARow = columns, AColumn = 1, B = weight.Pointer<float>(), BRow = units, BColumn = 1,
                C = dh.Pointer<float>(), CRow = units, Accumulate = true,
            }, packed);
        }
        if (gradients[1] is { } dw) WeightGradient(steps, hidden, output, du, dw);
        if (gradients[2] is { } db) RowLoops.ColumnSums(du, db);
        foreach (var tensor in (ReadOnlySpan<Tensor?>)[weight, hidden, cells, output, kept, dy, dx, du, dh, dc]) GC.KeepAlive(tensor);
    }

    /// <summary>dW [gates · hidden, hidden] = Σ over all rows of du ⊗ the hidden state before.</summary>
    private static void WeightGradient(int[] steps, Tensor hidden, Tensor output, Tensor du, Tensor dw)
    {
        var (units, columns, rows) = (dw.Shape[1], dw.Shape[0], du.Shape[0]);
        var before = Tensor.Empty([rows, units], DType.Float32);
        float* to = before.Pointer<float>(), from = hidden.Pointer<float>();
        var row = 0L;
        foreach (var count in steps)
        {
            System.Buffer.MemoryCopy(from, to + (row * units), (long)count * units * sizeof(float), (long)count * units * sizeof(float));
            from = output.Pointer<float>() + (row * units);
            row += count;
        }
        MatrixProduct.Multiply(new Product<float>
        {
            Rows = columns, Columns = units, Depth = rows, A = du.Pointer<float>(), ARow = 1, AColumn = columns, B = to, BRow = units, BColumn = 1, C = dw.Pointer<float>(), CRow = units,
        });
        GC.KeepAlive(before);
    }

    private static Tensor Zeros(Tensor? gradient, Tensor state)
    {
        var zeros = gradient ?? Tensor.Empty(state.Shape, DType.Float32);
        CopyLoops.Clear(zeros);
        return zeros;
    }

    private static StateRows<float> First(Tensor hidden, Tensor? cells) => new(hidden.Pointer<float>(), cells is null ? null : cells.Pointer<float>());

    /// <summary>From a row of [states, rows, hidden] on.</summary>
    private static StateRows<float> States(Tensor states, long row)
    {
        var hidden = states.Pointer<float>() + (row * states.Shape[2]);
        return new(hidden, states.Shape[0] > 1 ? hidden + ((long)states.Shape[1] * states.Shape[2]) : null);
    }

    private readonly struct Step<TCell>(TCell cell, int units, int rows, float* input, float* recurrent, StateRows<float> before, StateRows<float> after, float* kept) : ILaneCode where TCell : struct, IRecurrentCell
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var step = new RecurrentStep<TCell, V, T>(cell, units, (T*)input, (T*)recurrent, before.As<T>(), after.As<T>(), (T*)kept);
            ThreadTeam.Run(rows, Math.Max(1, Grain / units), ref step);
        }
    }

    private readonly struct StepBack<TCell>(
        TCell cell, int units, int rows, float* kept, StateRows<float> before, StateRows<float> after, StateRows<float> upstream, StateRows<float> carried, float* input, float* recurrent) : ILaneCode
        where TCell : struct, IRecurrentCell
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var step = new RecurrentStepBack<TCell, V, T>(cell, units, (T*)kept, before.As<T>(), after.As<T>(), upstream.As<T>(), carried.As<T>(), (T*)input, (T*)recurrent);
            ThreadTeam.Run(rows, Math.Max(1, Grain / units), ref step);
        }
    }
}
