using Nabla.Models;

namespace Nabla.Cli.Tasks.Pretraining;

/// <summary>The initial values of a model that is pretrained.</summary>
static class PretrainModels
{
    /// <summary>
    /// A model whose positions begin as the sines and cosines of Vaswani et al. 2017, §3.5, scaled to the deviation of the token
    /// embeddings: neighbours are then alike
    /// from the first step, where random ones would have to learn it.
    /// </summary>
    public static BertForPreTraining New(BertConfiguration configuration, ulong seed)
    {
        var model = new BertForPreTraining(configuration).Initialize(seed);
        var sines = Layers.SinusoidalPositions.Of(configuration.MaxPositions, configuration.HiddenSize);
        // Sines and cosines have a mean square of ½.
        model.Bert.Embeddings.Position.Weight.Set(sines * (configuration.InitializerRange * Math.Sqrt(2)));
        return model;
    }
}
