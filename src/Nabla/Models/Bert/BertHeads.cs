using Nabla.Initializers;
using Nabla.Layers;

namespace Nabla.Models;

/// <summary>A <see cref="Bert"/> with a head for a task. Its parameters load and save under Hugging Face's names.</summary>
public interface IBertModel : IModule
{
    /// <summary>The encoder under the head.</summary>
    Bert Bert { get; }
}

/// <summary>
/// Scores of the vocabulary for hidden states: a linear layer, the activation, LayerNorm, and the product with the token embeddings
/// (Devlin et al. 2018, §3.1, task 1; Press and Wolf 2017).  [rows, hidden] → logits [rows, vocabulary]
/// </summary>
public sealed partial class MaskedLanguageHead : ILayer
{
    private readonly BertConfiguration configuration;

    /// <summary>A head over the embeddings of a model.</summary>
    public MaskedLanguageHead(Bert bert)
    {
        ArgumentNullException.ThrowIfNull(bert);
        configuration = bert.Configuration;
        Transform = configuration.Linear(configuration.HiddenSize, configuration.HiddenSize);
        Norm = new(configuration.HiddenSize, configuration.LayerNormEpsilon);
        Decoder = configuration.TieWordEmbeddings ? bert.Embeddings.Word.Weight
            : new([configuration.VocabularySize, configuration.HiddenSize], Initialize.Normal(0, configuration.InitializerRange));
        Bias = new([configuration.VocabularySize], Initialize.Zeros);
    }

    /// <summary>hidden → hidden</summary>
    public Linear Transform { get; }

    /// <summary>After the activation.</summary>
    public LayerNorm Norm { get; }

    /// <summary>[vocabulary, hidden]: the token embeddings themselves, unless the configuration unties them.</summary>
    public Parameter Decoder { get; }

    /// <summary>[vocabulary]</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => Norm.Forward(configuration.Activate(Transform, x)).Linear(Decoder, Bias);
}

/// <summary>The two tasks of pretraining: masked tokens and next sentence (Devlin et al. 2018, §3.1).</summary>
public sealed partial class BertForPreTraining : IBertModel
{
    /// <summary>A model of these sizes.</summary>
    public BertForPreTraining(BertConfiguration configuration)
    {
        Bert = new(configuration);
        Predictions = new(Bert);
        NextSentence = configuration.Linear(configuration.HiddenSize, 2);
    }

    /// <inheritdoc/>
    public Bert Bert { get; }

    /// <summary>Which token a masked one was.</summary>
    public MaskedLanguageHead Predictions { get; }

    /// <summary>hidden → 2: whether the second segment follows the first (class 0) or comes from elsewhere (class 1).</summary>
    public Linear NextSentence { get; }

    /// <summary>Logits of the tokens at some positions, and of next sentence.</summary>
    /// <param name="input">The batch.</param>
    /// <param name="positions">Which elements of the batch to predict, Int64 [masked]; null: all.</param>
    /// <returns>[masked, vocabulary] and [batch, 2]</returns>
    public (Tensor Tokens, Tensor NextSentence) Forward(BertInput input, Tensor? positions = null)
    {
        var hidden = Bert.Forward(input);
        return (Predictions.Forward(BertForMaskedLM.At(hidden, positions)), NextSentence.Forward(Bert.Pool(hidden)));
    }
}

/// <summary>Which token each one was, such as a [MASK] (Devlin et al. 2018, §3.1, task 1).</summary>
public sealed partial class BertForMaskedLM : IBertModel
{
    /// <summary>A model of these sizes.</summary>
    public BertForMaskedLM(BertConfiguration configuration)
    {
        Bert = new(configuration, pooler: false);
        Predictions = new(Bert);
    }

    /// <inheritdoc/>
    public Bert Bert { get; }

    /// <summary>Which token a masked one was.</summary>
    public MaskedLanguageHead Predictions { get; }

    /// <summary>Logits of the tokens at some positions.</summary>
    /// <param name="input">The batch.</param>
    /// <param name="positions">Which elements of the batch to predict, Int64 [masked]; null: all.</param>
    /// <returns>[masked, vocabulary]</returns>
    public Tensor Forward(BertInput input, Tensor? positions = null) => Predictions.Forward(At(Bert.Forward(input), positions));

    /// <summary>The hidden states at some positions, so that no logits are computed elsewhere.</summary>
    internal static Tensor At(Ragged hidden, Tensor? positions) => positions is null ? hidden.Values : hidden.Values.IndexSelect(0,
        positions);
}

/// <summary>
/// Whether the second segment follows the first: class 0, or comes from elsewhere: class 1 (Devlin et al. 2018, §3.1, task 2).
/// </summary>
public sealed partial class BertForNextSentencePrediction(BertConfiguration configuration) : IBertModel
{
    /// <inheritdoc/>
    public Bert Bert { get; } = new(configuration);

    /// <summary>hidden → 2</summary>
    public Linear NextSentence { get; } = configuration.Linear(configuration.HiddenSize, 2);

    /// <summary>Logits [batch, 2].</summary>
    public Tensor Forward(BertInput input) => NextSentence.Forward(Bert.Pool(Bert.Forward(input)));
}

/// <summary>
/// A class, or a number, for each text or pair of texts: dropout and a linear layer over the pooled first token (Devlin et al. 2018, §4.1).
/// With one label it is a regression: train its single output by the mean squared error.
/// </summary>
/// <param name="configuration">The sizes, and the labels.</param>
public sealed partial class BertForSequenceClassification(BertConfiguration configuration) : IBertModel
{
    /// <inheritdoc/>
    public Bert Bert { get; } = new(configuration);

    /// <summary>hidden → labels</summary>
    public Linear Classifier { get; } = configuration.Linear(configuration.HiddenSize, configuration.Labels.Count);

    /// <summary>Logits [batch, labels].</summary>
    public Tensor Forward(BertInput input) => Classifier.Forward(Dropout.InTraining(Bert.Pool(Bert.Forward(input)),
        configuration.HeadDropout));
}

/// <summary>A class for each token, such as the kind of a name: dropout and a linear layer (Devlin et al. 2018, §5.3).</summary>
/// <param name="configuration">The sizes, and the labels.</param>
public sealed partial class BertForTokenClassification(BertConfiguration configuration) : IBertModel
{
    /// <inheritdoc/>
    public Bert Bert { get; } = new(configuration, pooler: false);

    /// <summary>hidden → labels</summary>
    public Linear Classifier { get; } = configuration.Linear(configuration.HiddenSize, configuration.Labels.Count);

    /// <summary>Logits: values [elements, labels].</summary>
    public Ragged Forward(BertInput input) => Bert.Forward(input).Map(x => Classifier.Forward(Dropout.InTraining(x,
        configuration.HeadDropout)));
}

/// <summary>Where an answer begins and ends among the tokens of a question and its context (Devlin et al. 2018, §4.2).</summary>
public sealed partial class BertForQuestionAnswering(BertConfiguration configuration) : IBertModel
{
    /// <inheritdoc/>
    public Bert Bert { get; } = new(configuration, pooler: false);

    /// <summary>hidden → 2: the start and the end.</summary>
    public Linear Outputs { get; } = configuration.Linear(configuration.HiddenSize, 2);

    /// <summary>Logits of the start and the end: values [elements, 2].</summary>
    public Ragged Forward(BertInput input) => Bert.Forward(input).Map(Outputs.Forward);

    /// <summary>
    /// The mean of the cross entropies of start and end, each over the tokens of its sequence; a position beyond the sequence counts for
    /// nothing.
    /// </summary>
    /// <param name="logits">The result of <see cref="Forward"/>.</param>
    /// <param name="starts">The token that the answer begins with, Int64 [batch].</param>
    /// <param name="ends">The token that it ends with, Int64 [batch].</param>
    public static Tensor Loss(Ragged logits, Tensor starts, Tensor ends)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(starts);
        ArgumentNullException.ThrowIfNull(ends);
        var padded = logits.ToPadded();                                                                        // [batch, time, 2]
        var lengths = Tensor.From(Enumerable.Range(0, logits.Count).Select(i => (long)logits.Length(i)).ToArray());
        var beyond = Tensor.Arange(padded.Shape[1]).To(DType.Int64).Unsqueeze(0) >= lengths.Unsqueeze(1);      // [batch, time]
        Tensor Of(int column, Tensor labels) => padded[.., .., column].MaskedFill(beyond, double.NegativeInfinity)
            .CrossEntropy(labels.MaskedFill(labels >= lengths, Ignored), new() { IgnoredLabel = Ignored });
        return (Of(0, starts) + Of(1, ends)) / 2;
    }

    private const long Ignored = -100;
}
