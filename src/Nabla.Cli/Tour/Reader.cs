using Nabla.Cli.Datasets;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Cli.Tour;

/// <summary>
/// The language model of chapter 9: it was trained on the first 95% of the novel by <c>samples/training/moby-dick-attention.cs</c>, and travels inside the program as
/// <c>data/moby-dick-attention.safetensors</c>.
/// </summary>
sealed class Reader
{
    public const int Width = 64, Heads = 8, Layers = 2, Length = 128;

    readonly long[] ids;
    readonly CharacterTokenizer tokenizer;

    public Reader()
    {
        var text = Texts.MobyDick();
        tokenizer = CharacterTokenizer.Train([text]);
        ids = Ids(text);
        Model = new(tokenizer.Count, Length, new(Width, Heads, Inner: 128) { NormFirst = true, Gelu = true }, Layers);
        Embedded.Load(Model, "moby-dick-attention.safetensors");
    }

    public CharacterTransformer Model { get; }

    public int Symbols => tokenizer.Count;

    /// <summary>The characters that it learned from.</summary>
    public ReadOnlySpan<long> Training => ids.AsSpan(0, ids.Length * 95 / 100);

    /// <summary>Stretches of the rest of the book and what follows each of their characters, [batch, length] both.</summary>
    public (Tensor Ids, Tensor Next) HeldOut(int batch)
    {
        Tensor From(int start) => Tensor.From(ids[start..(start + (batch * Length))], [batch, Length]);
        return (From(Training.Length), From(Training.Length + 1));
    }

    public long[] Ids(string text) => Array.ConvertAll(tokenizer.Ids(text), id => (long)id);

    public string Text(ReadOnlySpan<long> characters) => tokenizer.Decode(Array.ConvertAll(characters.ToArray(), id => (int)id));

    /// <summary>Bits per character of a guess from the one before alone: the pairs of the training part counted, each once more than it is there.</summary>
    public double PairBits(Tensor heldOut, Tensor next)
    {
        var (text, counts, totals) = (ids[..Training.Length], new double[Symbols, Symbols], new double[Symbols]);
        foreach (var (character, following) in text.Zip(text.Skip(1)))
        {
            counts[character, following]++;
            totals[character]++;
        }
        return heldOut.ToArray<long>().Zip(next.ToArray<long>()).Average(pair => -Math.Log2((counts[pair.First, pair.Second] + 1) / (totals[pair.First] + Symbols)));
    }

    /// <summary>Goes on from a beginning, each character drawn from the model's probabilities, a little sharpened.</summary>
    public string GoOn(string beginning, int characters, ulong seed)
    {
        var prompt = tokenizer.Ids(beginning);
        var writer = new CharacterTransformerWriter(Model, prompt);
        return tokenizer.Decode(new Sampling(prompt[^1], writer.End, characters, seed) { Temperature = 0.8 }.Run(writer)[0].Tokens);
    }
}
