using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Schedules;

namespace Nabla.Cli.Tasks.Characters;

/// <summary>The models of characters, and how they are trained.</summary>
static class CharacterModels
{
    public static string[] Names { get; } = ["rnn", "lstm", "gru"];

    public static CharacterModel Make(CharacterSettings c, int symbols)
    {
        Recurrent layers = c.Model.Value switch
        {
            "rnn" => new Rnn(c.Embedding, c.Hidden, c.Layers, dropout: c.Dropout),
            "gru" => new Gru(c.Embedding, c.Hidden, c.Layers, dropout: c.Dropout),
            "lstm" => new Lstm(c.Embedding, c.Hidden, c.Layers, dropout: c.Dropout),
            var name => throw new UserException($"There is no model '{name}'. There are {string.Join(", ", Names)}."),
        };
        return new CharacterModel(symbols, layers, c.Dropout).Initialize(c.Seed);
    }

    /// <summary>Adam, whose rate rises for the first twentieth of the steps and then falls to 0 along a cosine.</summary>
    public static Optimizer Optimizer(CharacterSettings c, CharacterModel model)
    {
        var warmUp = Math.Max(1, c.Steps / 20);
        var rest = Math.Max(1, c.Steps - warmUp);
        var schedule = new CosineDecay(c.LearningRate, rest).Then(new Constant(0), rest).WarmUp(warmUp);
        return new Adam(model, c.LearningRate) { Schedule = schedule };
    }
}
