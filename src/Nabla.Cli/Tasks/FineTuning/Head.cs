using Nabla.Cli.Tasks.Texts;
using Nabla.Models;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tasks.FineTuning;

/// <summary>What a pretrained model is fine-tuned for: the data that it needs, the model, its metrics and its predictions.</summary>
abstract class Head<T>
{
    /// <summary>As configuration.json has it.</summary>
    public abstract string Name { get; }

    /// <summary>What examples are called: texts, pairs, sentences, questions.</summary>
    public abstract string Unit { get; }

    /// <summary>The option of <c>nabla predict</c> that gives a second text; null: there is none.</summary>
    public virtual string? SecondOption => null;

    /// <summary>The most tokens that are read unless <c>--max-length</c> says.</summary>
    public virtual int DefaultLength => 128;

    /// <summary>Reads data, with the columns that the settings name.</summary>
    /// <param name="data">A file or folder.</param>
    /// <param name="settings">The columns.</param>
    /// <param name="labels">Those of a trained model; null: all that occur.</param>
    public abstract FineTuningSource<T> Open(string data, TextSettings settings, IReadOnlyList<string>? labels = null);

    /// <summary>Records the columns that were read.</summary>
    public virtual void SetColumns(TextSettings settings)
    {
    }

    /// <summary>What examples have in common that must be in the same part.</summary>
    public abstract string KeyOf(T example);

    /// <summary>The class of an example, of which each part has its fraction.</summary>
    public virtual int ClassOf(T example) => 0;

    /// <summary>The configuration with the head's labels.</summary>
    public abstract BertConfiguration Configure(BertConfiguration configuration, IReadOnlyList<string> labels);

    public abstract IBertModel NewModel(BertConfiguration configuration);

    /// <summary>The length of each example in tokens if none is cut.</summary>
    public abstract IEnumerable<int> Lengths(IReadOnlyList<T> examples, BertTokenizer tokenizer);

    public abstract EncodedPart<T> Encode(IReadOnlyList<T> examples, BertTokenizer tokenizer, int maxLength, IReadOnlyList<string> labels);

    /// <summary>What becomes of examples that are too long.</summary>
    public virtual string TooLong => "are cut";

    public abstract Evaluator<FineTuningBatch> NewEvaluator(IBertModel model, EncodedPart<T> part);

    /// <summary>The last evaluation in words.</summary>
    /// <param name="prefix">"Test ", or nothing.</param>
    /// <param name="evaluator">That of <see cref="NewEvaluator"/>.</param>
    /// <param name="metrics">Its result.</param>
    /// <param name="part">What was evaluated.</param>
    /// <param name="labels">The classes or tags.</param>
    /// <param name="train">The training part, for a baseline; null: it is not there.</param>
    public abstract EvaluationText Describe(string prefix, Evaluator<FineTuningBatch> evaluator,
        IReadOnlyDictionary<string, double> metrics, EncodedPart<T> part,
        IReadOnlyList<string> labels, IReadOnlyList<T>? train);

    /// <summary>A prediction for each input; a second text stands behind a tab.</summary>
    public abstract IEnumerable<Prediction> Predict(IBertModel model, BertTokenizer tokenizer, int maxLength, IReadOnlyList<string> inputs,
        int top);

    /// <summary>The two texts of an input.</summary>
    protected static (string First, string? Second) Parts(string input) =>
        input.IndexOf('\t', StringComparison.Ordinal) is >= 0 and var tab ? (input[..tab], input[(tab + 1)..]) : (input, null);
}
