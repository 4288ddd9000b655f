using Nabla.Cli.Datasets;
using Nabla.Cli.Tasks.Texts;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Models;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tasks.FineTuning;

/// <summary>Heads that predict something of a text or a pair of texts.</summary>
/// <param name="pairs">Whether they are pairs; null: the data decides.</param>
abstract class SequenceHead(bool? pairs) : Head<TextExample>
{
    (string Text, string? Pair, string? Label) columns;

    /// <summary>Whether examples are pairs.</summary>
    protected bool IsPair { get; private set; } = pairs ?? false;

    public override string Unit => IsPair ? "pairs" : "texts";

    public override string? SecondOption => IsPair ? "--pair" : null;

    /// <summary>What labels are read as; null: the data decides.</summary>
    protected abstract LabelKind Labels { get; }

    public override FineTuningSource<TextExample> Open(string data, TextSettings settings, IReadOnlyList<string>? labels = null)
    {
        if (data == Paraphrases.Name) return VersePairs();
        var tables = TextTables.Open(data, settings.TableOptions(Labels, Labels == LabelKind.Classes ? labels : null));
        return Read(tables, labels);
    }

    /// <summary>The data of tables that have been read.</summary>
    public FineTuningSource<TextExample> Read(TextTables tables, IReadOnlyList<string>? labels = null)
    {
        var train = tables.Train;
        IsPair = train.SecondTextColumn is not null;
        columns = (train.TextColumn, train.SecondTextColumn, train.LabelColumn);
        Check(train, labels is not null);
        var second = train.SecondTextColumn is { } pair ? $" and {pair} (--pair)" : "";
        return new(TextTables.NameOf(train.Path), Invariant($"{train.Examples.Count:n0} rows of {Path.GetFullPath(train.Path)}: ") +
            $"{train.TextColumn} (--text){second}, {train.LabelColumn} (--label)", LabelsOf(train),
            new(train.Examples, tables.Validation?.Examples, tables.Test?.Examples))
        {
            Assumptions = train.Assumptions, Preview = [.. tables.Preview()],
        };
    }

    /// <summary>The pairs that travel with nabla.</summary>
    FineTuningSource<TextExample> VersePairs()
    {
        IReadOnlyList<TextExample> Part(DataPart part) => [.. Paraphrases.Pairs(part).Select((pair, i) =>
            new TextExample(pair.First, pair.Second, pair.IsSame ? 1 : 0, double.NaN, i + 1))];
        IsPair = true;
        columns = ("King James", "World English", "says");
        return new(Paraphrases.Name, Paraphrases.Description, ["another", "the same"],
            new(Part(DataPart.Train), Part(DataPart.Validation), Part(DataPart.Test)));
    }

    public override void SetColumns(TextSettings settings)
    {
        settings.TextColumn.Set(columns.Text);
        if (columns.Pair is { } pair) settings.PairColumn.Set(pair);
        if (columns.Label is { } label) settings.LabelColumn.Set(label);
    }

    public override string KeyOf(TextExample example) => TextSource.Joined(example.Text, example.SecondText);

    public override IBertModel NewModel(BertConfiguration configuration) => new BertForSequenceClassification(configuration);

    public override IEnumerable<int> Lengths(IReadOnlyList<TextExample> examples, BertTokenizer tokenizer) =>
        tokenizer.EncodeBatch(Texts(examples), new() { Offsets = false }).Select(text => text.Count);

    public override EncodedPart<TextExample> Encode(IReadOnlyList<TextExample> examples, BertTokenizer tokenizer, int maxLength,
        IReadOnlyList<string> labels) =>
        new(examples, [.. Encode(Texts(examples), tokenizer, maxLength).Zip(examples, WithTarget)]);

    protected abstract IReadOnlyList<string> LabelsOf(TextTable table);

    protected abstract EncodedExample WithTarget(EncodedText text, TextExample example);

    /// <summary>Throws where the labels cannot be learned.</summary>
    protected virtual void Check(TextTable table, bool isTrained)
    {
    }

    /// <summary>The logits [1, labels] of an input.</summary>
    protected Tensor Logits(IBertModel model, BertTokenizer tokenizer, int maxLength, string input)
    {
        var (text, pair) = Parts(input);
        if (IsPair && string.IsNullOrWhiteSpace(pair))
            throw new UserException($"\"{TextTables.Short(input)}\" is one text, but the model " +
            "was trained on pairs. Give the second one by --pair TEXT, or behind a tab.");
        if (!IsPair) (text, pair) = (input, null);
        return ((BertForSequenceClassification)model).Forward(BertInput.From(Encode([(text, pair)], tokenizer, maxLength)));
    }

    static IReadOnlyList<EncodedText> Encode(IReadOnlyList<(string, string?)> texts, BertTokenizer tokenizer, int maxLength) =>
        tokenizer.EncodeBatch(texts, new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = maxLength, Offsets = false });

    static (string, string?)[] Texts(IReadOnlyList<TextExample> examples) => [.. examples.Select(one => (one.Text, one.SecondText))];
}
