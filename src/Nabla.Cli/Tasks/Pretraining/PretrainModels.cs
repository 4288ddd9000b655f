using Nabla.Cli.Sentences;
using Nabla.Models;
using Nabla.Text;

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

    /// <summary>The sizes that the settings ask for.</summary>
    public static BertConfiguration Sizes(PretrainSettings settings, BertTokenizer tokenizer) => new()
    {
        VocabularySize = tokenizer.Count, HiddenSize = settings.Hidden, HiddenLayers = settings.Layers, AttentionHeads = settings.Heads,
        IntermediateSize = 4 * settings.Hidden, MaxPositions = settings.MaxLength, HiddenDropout = settings.Dropout,
        AttentionDropout = settings.Dropout, PaddingId = tokenizer.PadId,
    };

    /// <summary>The model whose pretraining goes on. Settings that it decides take its values.</summary>
    /// <exception cref="UserException">It is no BERT, or a setting that was given contradicts it.</exception>
    public static Pretrained Open(PretrainSettings settings)
    {
        TaskSettings.RequireNotGiven("the model of --model has its own", settings.Tokenizer, settings.Vocabulary, settings.Layers,
            settings.Hidden, settings.Heads);
        var pretrained = Pretrained.Open(settings.Model);
        var sizes = pretrained.Configuration;
        if (settings.MaxLength.IsGiven && settings.MaxLength > sizes.MaxPositions)
        {
            throw new UserException($"--max-length {settings.MaxLength}: the model of --model {settings.Model} has {sizes.MaxPositions} " +
                $"positions. Choose {sizes.MaxPositions} or less.");
        }
        if (settings.Dropout.IsGiven) sizes = sizes with { HiddenDropout = settings.Dropout, AttentionDropout = settings.Dropout };
        settings.Model.Set(Path.Exists(settings.Model) ? Path.GetFullPath(settings.Model) : settings.Model.Value);
        settings.MaxLength.Choose(Math.Min(settings.MaxLength, sizes.MaxPositions));
        settings.Vocabulary.Choose(pretrained.Tokenizer.Count);
        settings.Layers.Choose(sizes.HiddenLayers);
        settings.Hidden.Choose(sizes.HiddenSize);
        settings.Heads.Choose(sizes.AttentionHeads);
        settings.Dropout.Choose(sizes.HiddenDropout);
        return pretrained with { Configuration = sizes };
    }
}
