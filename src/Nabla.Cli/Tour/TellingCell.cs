namespace Nabla.Cli.Tour;

/// <summary>The cell of an LSTM that tells best, by a threshold, whether something is so at each step of a text.</summary>
/// <param name="Unit">Whose cell it is.</param>
/// <param name="IsAbove">Whether the cell is above the threshold where it is so; otherwise below.</param>
/// <param name="Accuracy">How often it is right where it is so and where it is not, the mean of both: guessing is 0.5.</param>
sealed record TellingCell(int Unit, bool IsAbove, double Accuracy)
{
    /// <summary>Chooses cell and threshold in the first half of the text and judges them in the second.</summary>
    /// <param name="isSo">At each step.</param>
    /// <param name="cells">[1, time, units]</param>
    public static TellingCell Of(bool[] isSo, Tensor cells)
    {
        var (half, units, values) = (isSo.Length / 2, cells.Shape[2], cells.ToArray<float>());
        var (best, truth) = ((Unit: 0, Threshold: 0f, IsAbove: true, Accuracy: 0.0), isSo[..half]);
        var (yes, no) = ((double)truth.Count(so => so), (double)truth.Count(so => !so));
        for (var unit = 0; unit < units; unit++)
        {
            var column = Enumerable.Range(0, half).Select(t => values[(t * units) + unit]).ToArray();
            var order = Enumerable.Range(0, half).OrderBy(t => column[t]).ToArray();
            var (yesBelow, noBelow) = (0, 0);
            for (var i = 0; i + 1 < half; i++)
            {
                if (truth[order[i]]) yesBelow++;
                else noBelow++;
                var above = (noBelow / no) - (yesBelow / yes);   // 1 where all that is so lies above
                if (0.5 + (Math.Abs(above) / 2) is var accuracy && accuracy > best.Accuracy) best = (unit, (column[order[i]] + column[order[i + 1]]) / 2, above > 0, accuracy);
            }
        }
        double Right(bool kind) => Enumerable.Range(half, isSo.Length - half).Where(t => isSo[t] == kind).Average(t => values[(t * units) + best.Unit] > best.Threshold == (best.IsAbove == kind) ? 1.0 : 0);
        return new(best.Unit, best.IsAbove, (Right(true) + Right(false)) / 2);
    }
}
