using Nabla.Models;

namespace Nabla.Cli.Tasks.Pretraining;

/// <summary>The models that are pretrained.</summary>
static class PretrainModels
{
    /// <summary>A model with its initial values; heads of the first layer attend to neighbours (<see cref="LocalHeads"/>).</summary>
    public static BertForPreTraining New(BertConfiguration configuration, ulong seed)
    {
        var model = new BertForPreTraining(configuration).Initialize(seed);
        LocalHeads.Initialize(model.Bert);
        return model;
    }
}
