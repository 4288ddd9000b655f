using System.Text;

namespace Nabla.Generators;

/// <summary>Turns a property's name into the name its tensors have in a checkpoint.</summary>
internal static class SnakeCase
{
    /// <summary>
    /// Weight → weight, RunningMean → running_mean, WeightIH → weight_ih, W1 → w1, Conv2D → conv2d, Layer1Norm → layer1_norm, QKVWeight → qkv_weight.
    /// </summary>
    public static string Of(string name)
    {
        var snake = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (StartsWord(name, i))
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(name[i]));
        }
        return snake.ToString();
    }

    /// <summary>A capital starts a word after a small letter, and after a capital or a digit when a small letter follows.</summary>
    static bool StartsWord(string name, int i)
    {
        if (i == 0 || !char.IsUpper(name[i]))
            return false;
        if (char.IsLower(name[i - 1]))
            return true;
        return char.IsLetterOrDigit(name[i - 1]) && i + 1 < name.Length && char.IsLower(name[i + 1]);
    }
}
