using System.Text.Json.Nodes;
using Nabla.Cli.Tasks.Texts;
using Nabla.Data;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Text;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Tasks.FineTuning;

/// <summary>A tag for each word of a sentence: named entities, parts of speech.</summary>
sealed class TagHead : Head<TaggedSentence>
{
    public const string HeadName = "tags";

    public override string Name => HeadName;

    public override string Unit => "sentences";

    public override FineTuningSource<TaggedSentence> Open(string data, TextSettings settings, IReadOnlyList<string>? labels = null)
    {
        var files = PartFiles.Of(data);
        TaggedText Read(string file) => TextTables.Read(() =>
            TaggedText.Open(file, new() { Tag = settings.TagColumn.OrNull(), Encoding = settings.Encoding.OrNull() }));
        var (train, validation, test) = (Read(files.Train), files.Validation is { } dev ? Read(dev) : null,
            files.Test is { } last ? Read(last) : null);
        IReadOnlyList<string> tags = labels ?? All(train, validation, test);
        if (tags.Count < 2)
            throw new UserException($"{train.Path} has the tag {string.Join(", ", tags)} alone; at least 2 are needed. Name " +
            "another column: --tags COLUMN.");
        var strange = (test ?? validation ?? train).Tags.Concat(train.Tags).FirstOrDefault(tag => !tags.Contains(tag));
        if (strange is not null)
            throw new UserException($"{data} has the tag {strange}, which the run does not know. It knows {string.Join(", ", tags)}.");
        return new(TextTables.NameOf(data), Invariant($"{train.Sentences.Count:n0} sentences of {Path.GetFullPath(train.Path)}"), tags,
            new(train.Sentences, validation?.Sentences, test?.Sentences))
        {
            Assumptions = train.Assumptions,
            Preview = [.. train.Sentences.Take(3).Select(sentence => string.Join(' ', sentence.Words.Zip(sentence.Tags).Take(12)
                .Select(pair => pair.Second == "O" ? pair.First : $"{pair.First}/{pair.Second}")))],
        };
    }

    public override string KeyOf(TaggedSentence example) => string.Join(' ', example.Words);

    public override BertConfiguration Configure(BertConfiguration configuration, IReadOnlyList<string> labels) =>
        configuration with { Labels = labels, ProblemType = null };

    public override IBertModel NewModel(BertConfiguration configuration) => new BertForTokenClassification(configuration);

    public override IEnumerable<int> Lengths(IReadOnlyList<TaggedSentence> examples, BertTokenizer tokenizer) =>
        tokenizer.EncodeBatch([.. examples.Select(KeyOf)], new() { Offsets = false }).Select(text => text.Count);

    public override EncodedPart<TaggedSentence> Encode(IReadOnlyList<TaggedSentence> examples, BertTokenizer tokenizer, int maxLength,
        IReadOnlyList<string> labels)
    {
        var numbers = labels.Index().ToDictionary(tag => tag.Item, tag => tag.Index, StringComparer.Ordinal);
        var texts = tokenizer.EncodeBatch([.. examples.Select(KeyOf)],
            new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = maxLength });
        return new(examples, [.. texts.Zip(examples, (text, sentence) => new EncodedExample(text)
        {
            Labels = [.. SubwordLabels.OfTokens([.. sentence.Tags.Select(tag => numbers[tag])],
                SubwordLabels.WordIds(sentence.Words, text.Offsets)).Select(label => (long)label)],
        })]);
    }

    public override Evaluator<FineTuningBatch> NewEvaluator(IBertModel model, EncodedPart<TaggedSentence> part) =>
        new TokenClassificationEvaluator((BertForTokenClassification)model);

    public override EvaluationText Describe(string prefix, Evaluator<FineTuningBatch> evaluator,
        IReadOnlyDictionary<string, double> metrics, EncodedPart<TaggedSentence> part,
        IReadOnlyList<string> labels, IReadOnlyList<TaggedSentence>? train)
    {
        var tags = (TokenClassificationEvaluator)evaluator;
        var (common, words) = ((train ?? part.Examples).SelectMany(one => one.Tags).CountBy(tag => tag).MaxBy(pair => pair.Value).Key,
            tags.Matrix.Total);
        var baseline = words == 0 ? 0 : (double)tags.Matrix.Support(labels.Index().First(tag => tag.Item == common).Index) / words;
        var interval = Proportion.Wilson((long)Math.Round(tags.Matrix.Accuracy * words), Math.Max(1, words));
        var accuracy = Invariant($"accuracy of words {metrics["accuracy"]:0.0%}, baseline {baseline:0.0%}");
        var test = prefix.Length > 0 ? "Test " : "";
        return new(tags.HasEntities
            ? Invariant($"{test}F1 of entities {metrics["f1"]:0.000} ({part.Examples.Count:n0} sentences, ") +
                Invariant($"{tags.Entities.Entities:n0} entities), precision {metrics["precision"]:0.000}, ") +
                Invariant($"recall {metrics["recall"]:0.000}, {accuracy}.")
            : Invariant($"{test}Accuracy {metrics["accuracy"]:0.0%} ({words:n0} words of {part.Examples.Count:n0} sentences), ") +
                Invariant($"macro F1 {metrics["macro_f1"]:0.000}, baseline {baseline:0.0%}."),
            [Invariant($"95% interval of the accuracy {interval.Lower:0.0%} to {interval.Upper:0.0%}; the baseline is always {common}."),
                "",
                .. (tags.HasEntities ? tags.Entities.Report().ToString(3) : tags.Matrix.Report(labels).ToString(3)).Split('\n')])
        {
            Judgement = new(Invariant($"{words:n0} words of the test part"), tags.Matrix, labels, []),
        };
    }

    public override IEnumerable<Prediction> Predict(IBertModel model, BertTokenizer tokenizer, int maxLength, IReadOnlyList<string> inputs,
        int top)
    {
        var (tagger, labels) = ((BertForTokenClassification)model, model.Bert.Configuration.Labels);
        return inputs.Select(input =>
        {
            var text = tokenizer.Encode(input, null, new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = maxLength });
            var logits = tagger.Forward(BertInput.From([text])).Values;
            int[] tags = [.. logits.ArgMax(axis: 1).ToArray<long>().Select(tag => (int)tag)];
            return Predicted(input, text, tags, labels);
        });
    }

    /// <summary>The spans that tags of words say, where they are of entities; else each word with its tag.</summary>
    static Prediction Predicted(string input, EncodedText text, int[] tags, IReadOnlyList<string> labels)
    {
        var words = WordsOf(text).ToArray();
        string[] predicted = [.. words.Select(word => labels[tags[word.Token]])];
        if (!predicted.All(tag => tag == "O" || tag is ['B' or 'I' or 'E' or 'S', '-', _, ..]))
        {
            return new(string.Join(' ', words.Zip(predicted, (word, tag) =>
                $"{Markup.Escape(input[word.Start..word.End])}[grey]/{Markup.Escape(tag)}[/]")),
                new JsonObject
                {
                    ["input"] = input,
                    ["words"] = new JsonArray([.. words.Zip(predicted, (word, tag) => (JsonNode)new JsonObject
                    {
                        ["word"] = input[word.Start..word.End], ["start"] = word.Start, ["end"] = word.End, ["tag"] = tag,
                    })]),
                });
        }
        var spans = Entities.Of(predicted).Select(entity => (entity.Type, words[entity.Start].Start, words[entity.End - 1].End)).ToArray();
        var named = spans.Length == 0 ? "no entity" : string.Join("   ", spans.Select(span =>
            $"[bold]{Markup.Escape(span.Type)}[/] {Markup.Escape(input[span.Start..span.End])}"));
        return new($"{Markup.Escape(TextTables.Short(input))}   {named}", new JsonObject
        {
            ["input"] = input,
            ["entities"] = new JsonArray([.. spans.Select(span => (JsonNode)new JsonObject
            {
                ["type"] = span.Type, ["start"] = span.Start, ["end"] = span.End, ["text"] = input[span.Start..span.End],
            })]),
        });
    }

    /// <summary>The words of a text: their first token and where they stand.</summary>
    static IEnumerable<(int Token, int Start, int End)> WordsOf(EncodedText text)
    {
        var (first, start, end) = (-1, 0, 0);
        for (var i = 0; i < text.Count; i++)
        {
            if (text.SequenceIds[i] is null) continue;
            var (from, to) = text.Offsets[i];
            // Punctuation is a word of its own, as in the treebanks that tagged sentences are from.
            if (first >= 0 && text.WordIds[i] != text.WordIds[i - 1]) yield return (first, start, end);
            if (first < 0 || text.WordIds[i] != text.WordIds[i - 1]) (first, start) = (i, from);
            end = to;
        }
        if (first >= 0) yield return (first, start, end);
    }

    /// <summary>The tags of all parts: <c>O</c>, then those of each type.</summary>
    static List<string> All(params ReadOnlySpan<TaggedText?> parts)
    {
        var tags = new List<string>();
        foreach (var part in parts)
            if (part is not null) tags.AddRange(part.Tags.Where(tag => !tags.Contains(tag)));
        return tags;
    }
}
