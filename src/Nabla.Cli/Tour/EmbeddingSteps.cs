using Nabla.Models;
using Nabla.Text;

namespace Nabla.Cli.Tour;

/// <summary>How tokens become vectors in BERT, each step [tokens, hidden].</summary>
/// <param name="Tokens">As the vocabulary spells them.</param>
/// <param name="Token">The rows of the table of tokens.</param>
/// <param name="Position">The rows of the table of positions.</param>
/// <param name="Segment">The rows of the table of segments.</param>
/// <param name="Result">LayerNorm of the sum of the three, by the bare formula in float64.</param>
/// <param name="Error">The largest difference of the result from what the model computes.</param>
sealed record EmbeddingSteps(
    IReadOnlyList<string> Tokens, float[,] Token, float[,] Position, float[,] Segment, float[,] Result, double Error)
{
    public static EmbeddingSteps Of(BertEmbeddings embeddings, BertConfiguration sizes, EncodedText text)
    {
        var (count, hidden) = (text.Count, sizes.HiddenSize);
        var token = Rows(embeddings.Word.Weight.Value, text.Ids);
        var position = Rows(embeddings.Position.Weight.Value, [.. Enumerable.Range(0, count)]);
        var segment = Rows(embeddings.TokenType.Weight.Value, text.TypeIds);
        var (gain, shift) = (embeddings.Norm.Weight.Value.Doubles(), embeddings.Norm.Bias.Value.Doubles());
        var (result, error) = (new float[count, hidden], 0.0);
        var computed = embeddings.Forward(BertInput.From([text])).Values.Doubles();
        for (var i = 0; i < count; i++)
        {
            double[] sum = [.. Enumerable.Range(0, hidden).Select(j => (double)token[i, j] + position[i, j] + segment[i, j])];
            var mean = sum.Average();
            var deviation = Math.Sqrt(sum.Average(x => (x - mean) * (x - mean)) + sizes.LayerNormEpsilon);
            for (var j = 0; j < hidden; j++)
            {
                var value = ((sum[j] - mean) / deviation * gain[j]) + shift[j];
                error = Math.Max(error, Math.Abs(value - computed[(i * hidden) + j]));
                result[i, j] = (float)value;
            }
        }
        return new(text.Tokens, token, position, segment, result, error);
    }

    static float[,] Rows(Tensor table, int[] indices)
    {
        var (values, width) = (table.ToArray<float>(), table.Shape[1]);
        var rows = new float[indices.Length, width];
        for (var i = 0; i < indices.Length; i++)
            for (var j = 0; j < width; j++) rows[i, j] = values[(indices[i] * width) + j];
        return rows;
    }
}
