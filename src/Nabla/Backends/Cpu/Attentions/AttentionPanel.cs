using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>
/// What both passes do with a panel of targets, two registers of them: everything is computed transposed, [sources, targets], so that the softmax runs down the lanes and its result is a
/// packed operand of the next product already.
/// </summary>
internal static unsafe class AttentionPanel<R, V, L> where R : struct, IProductRegister<V> where V : struct where L : struct, IFloatLane<L>
{
    /// <summary>Targets of a panel.</summary>
    public static int Wide => 2 * R.Count;

    /// <summary>Columns that a product over <paramref name="targets"/> computes: whole registers.</summary>
    public static int Columns(int targets) => targets <= R.Count ? R.Count : Wide;

    /// <summary>Rows of a matrix transposed: [columns, targets]. Lanes beyond the targets are arbitrary, here and in all that is computed from them.</summary>
    public static void Turn(AttentionRows rows, int first, int targets, int columns, float* to) =>
        ProductPacking<R, V>.Panel(rows[first], 1, rows.Step, targets, Wide, columns, to);

    /// <summary>C [rows, columns] = (Start or 0) + A · B, tile by tile. The columns are at most two registers.</summary>
    public static void Multiply(ProductTile tile, int rows)
    {
        var most = tile.Columns <= R.Count ? R.NarrowRows : R.WideRows;
        var tiles = (rows + most - 1) / most;
        for (var i = 0; i < tiles; i++)
        {
            var height = (rows / tiles) + (i < rows % tiles ? 1 : 0);
            ProductKernel<R, V>.Run(&tile, height);
            tile.A += height * tile.ARow;
            tile.C += height * tile.CRow;
            tile.Start += height * tile.StartRow;
        }
    }

    /// <summary>Scores [sources, targets] of the sources from <paramref name="first"/> on: −∞ where a target may not attend.</summary>
    public static void Scores(in AttentionProblem x, float* queries, int target, int targets, int first, int sources, float* scores)
    {
        var biased = x.Bias.Address != 0;
        if (biased) Lay(x.Bias, target, targets, first, sources, scores);
        Multiply(new ProductTile
        {
            Depth = x.Width, A = x.Key[first], ARow = x.Key.Step, AStep = 1, B = queries, BStep = Wide,
            C = scores, CRow = Wide, Start = biased ? scores : ProductTile.Zeros, StartRow = biased ? Wide : 0, Columns = Columns(targets),
        }, sources);
        if (x.Mask.Address != 0) Cover(x.Mask, target, targets, first, sources, scores);
        if (x.Causal && first + sources - 1 > target + x.Ahead) HideFuture(target + x.Ahead - first, targets, sources, scores);
    }

    /// <summary>The biases [sources, targets], where the scores begin.</summary>
    private static void Lay(AttentionBias bias, int target, int targets, int first, int sources, float* scores)
    {
        var from = (float*)bias.Address + (target * bias.Target) + (first * bias.Source);
        if (bias is { Source: 1, Target: not 0 })
        {
            Turn(new((nint)from, bias.Target), 0, targets, sources, scores);
            return;
        }
        for (var j = 0; j < sources; j++, from += bias.Source, scores += Wide)
        {
            if (bias.Target == 0) new Span<float>(scores, Wide).Fill(*from);
            else for (var i = 0; i < targets; i++) scores[i] = from[i * bias.Target];
        }
    }

    private static void Cover(AttentionMask mask, int target, int targets, int first, int sources, float* scores)
    {
        var row = (byte*)mask.Address + (target * mask.Target) + (first * mask.Source);
        for (var j = 0; j < sources; j++, row += mask.Source, scores += Wide)
        {
            if (mask.Target == 0)
            {
                if (*row == 0) new Span<float>(scores, Wide).Fill(float.NegativeInfinity);
                continue;
            }
            for (var i = 0; i < targets; i++)
                if (row[i * mask.Target] == 0) scores[i] = float.NegativeInfinity;
        }
    }

    /// <param name="last">The last source of these that the first target sees; the next target sees one more.</param>
    /// <param name="targets">Of the panel.</param>
    /// <param name="sources">Rows of the scores.</param>
    /// <param name="scores">[sources, targets]</param>
    private static void HideFuture(int last, int targets, int sources, float* scores)
    {
        for (var j = Math.Max(0, last + 1); j < sources; j++) new Span<float>(scores + (j * Wide), Math.Clamp(j - last, 0, targets)).Fill(float.NegativeInfinity);
    }

    /// <summary>x · factor, element by element over whole registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* x, nint length, float factor)
    {
        var f = L.Broadcast(factor);
        for (nint i = 0; i < length; i += L.Count) L.Store(x + i, L.Load(x + i) * f);
    }
}
