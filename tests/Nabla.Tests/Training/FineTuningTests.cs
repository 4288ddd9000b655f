using Nabla.Data;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class FineTuningTests
{
    static readonly string[] Words = [.. Enumerable.Range(0, 26).Select(i => $"{(char)('a' + i)}")];

    static readonly BertTokenizer Tokenizer = new(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words,
        .. Words.Select(word => "##" + word)]);

    static readonly BertConfiguration Small = new()
    {
        VocabularySize = Tokenizer.Count, HiddenSize = 8, HiddenLayers = 3, AttentionHeads = 2, IntermediateSize = 16, MaxPositions = 48,
        InitializerRange = 0.3, HiddenDropout = 0, AttentionDropout = 0,
    };

    static EncodedText Encoded(string text) => Tokenizer.Encode(text, null);

    static EncodedExample[] Classes(params (string Text, long Label)[] rows) =>
        [.. rows.Select(row => EncodedExample.OfClass(Encoded(row.Text), row.Label))];

    [Fact]
    public void The_loss_of_a_classifier_is_the_cross_entropy_and_of_one_label_the_mean_squared_error()
    {
        var classifier = new BertForSequenceClassification(Small with { Labels = ["x", "y", "z"] }).Initialize(1);
        var batch = FineTuningBatch.From(Classes(("a b", 2), ("c", 0)));
        var logits = classifier.Forward(batch.Input).To(DType.Float64).ToArray<double>();
        double NegativeLog(int row, int label) => Math.Log(Enumerable.Range(0, 3)
            .Sum(k => Math.Exp(logits[(row * 3) + k]))) - logits[(row * 3) + label];
        Assert.Equal((NegativeLog(0, 2) + NegativeLog(1, 0)) / 2, FineTuning.Loss(classifier, batch).Item(), 1e-5);
        var regression = new BertForSequenceClassification(Small with { Labels = ["score"] }).Initialize(1);
        var numbers = FineTuningBatch.From([EncodedExample.OfNumber(Encoded("a b"), 2.5), EncodedExample.OfNumber(Encoded("c"), -1)]);
        var predicted = regression.Forward(numbers.Input).To(DType.Float64).ToArray<double>();
        Assert.Equal((Math.Pow(predicted[0] - 2.5, 2) + Math.Pow(predicted[1] + 1, 2)) / 2, FineTuning.Loss(regression, numbers).Item(),
            1e-5);
        Assert.Equal((2, 2), (batch.LossCount, numbers.LossCount));
    }

    [Fact]
    public void The_loss_of_tags_is_over_tokens_that_have_one()
    {
        var tagger = new BertForTokenClassification(Small with { Labels = ["O", "B-X", "I-X"] }).Initialize(1);
        EncodedExample[] examples = [new(Encoded("a bc")) { Labels = [-100, 1, 2, -100, -100] },
            new(Encoded("d")) { Labels = [-100, 0, -100] }];
        var batch = FineTuningBatch.From(examples);
        Assert.Equal(3, batch.LossCount);
        var values = tagger.Forward(batch.Input).Values;                                   // [8, 3]
        var chosen = values.IndexSelect(0, Tensor.From(1L, 2, 6)).CrossEntropy(Tensor.From(1L, 2, 0)).Item();
        Assert.Equal(chosen, FineTuning.Loss(tagger, batch).Item(), 1e-5);
    }

    [Fact]
    public void The_first_step_of_each_layer_is_smaller_by_the_decay_and_biases_do_not_decay()
    {
        var model = new BertForSequenceClassification(Small).Initialize(1);
        var before = model.Parameters().ToDictionary(member => member.Path, member => member.Parameter.Value.ToArray<float>());
        const double Rate = 1e-3, Decay = 0.5;
        var adam = FineTuning.Optimizer(model, Rate, weightDecay: 0, Decay);
        var batch = FineTuningBatch.From(Classes(("a b", 1), ("c d e", 0)));
        adam.Step(Gradients.Of(() => FineTuning.Loss(model, batch)).Gradients);
        // The first step of Adam has the size of the rate wherever the gradient is far above ε.
        double Largest(string path) => model.Parameters().Single(member => member.Path == path).Parameter.Value.ToArray<float>()
            .Zip(before[path], (now, then) => Math.Abs(now - then)).Max();
        Assert.Equal(Rate, Largest("classifier.weight"), Rate * 0.02);
        Assert.Equal(Rate, Largest("bert.pooler.weight"), Rate * 0.02);
        for (var layer = 0; layer < 3; layer++)
            Assert.Equal(Rate * Math.Pow(Decay, 3 - layer), Largest($"bert.layers.{layer}.output.weight"), Rate * 0.02);
        Assert.Equal(Rate * Math.Pow(Decay, 4), Largest("bert.embeddings.token_type.weight"), Rate * 0.02);
    }

    [Fact]
    public void The_rate_follows_the_size_of_the_model()
    {
        Assert.Equal(1e-4, FineTuning.LearningRate(Small));
        Assert.Equal(2e-5, FineTuning.LearningRate(new()));
    }

    [Fact]
    public void Frozen_layers_keep_their_bits()
    {
        var model = new BertForSequenceClassification(Small).Initialize(1);
        FineTuning.Freeze(model, 2);
        var before = model.Parameters().ToDictionary(member => member.Path, member => member.Parameter.Value.ToArray<float>());
        var trainer = new Trainer<FineTuningBatch>(model, FineTuning.Optimizer(model, 0.01), batch =>
            FineTuning.Loss(model, batch)) { Epochs = 3 };
        trainer.Fit(FineTuning.Batches(Classes(("a b", 1), ("c d e", 0), ("f", 1)), 2, seed: 1),
            cancellation: TestContext.Current.CancellationToken);
        foreach (var (path, parameter) in model.Parameters())
        {
            var isFrozen = path.StartsWith("bert.embeddings", StringComparison.Ordinal)
                || path.StartsWith("bert.layers.0", StringComparison.Ordinal)
                || path.StartsWith("bert.layers.1", StringComparison.Ordinal);
            Assert.Equal(isFrozen, parameter.Value.ToArray<float>().AsSpan().SequenceEqual(before[path]));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => FineTuning.Freeze(model, 4));
    }

    [Fact]
    public void A_classifier_learns_and_its_predictions_are_those_of_the_matrix()
    {
        var examples = Classes([.. Enumerable.Range(0, 40).Select(i =>
            ($"{Words[i % 13]} {(i % 2 == 0 ? "y" : "z")} {Words[i % 7]}", (long)(i % 2)))]);
        var model = new BertForSequenceClassification(Small).Initialize(1);
        var evaluator = new SequenceClassificationEvaluator(model);
        var trainer = new Trainer<FineTuningBatch>(model, FineTuning.Optimizer(model, 0.005), batch =>
            FineTuning.Loss(model, batch)) { Epochs = 20, Evaluator = evaluator };
        var metrics = trainer.Fit(FineTuning.Batches(examples, 8, seed: 1), FineTuning.Batches(examples),
            cancellation: TestContext.Current.CancellationToken).Last!.Metrics;
        Assert.Equal(1, metrics["accuracy"]);
        Assert.Equal(1, metrics["matthews"]);
        Assert.Equal(examples.Select(example => (int)example.Labels[0]), evaluator.Predictions.Select(one => one.Predicted));
        Assert.All(evaluator.Predictions, one => Assert.InRange(one.Probability, 0.5, 1));
    }

    [Fact]
    public void Entities_are_counted_by_the_first_token_of_each_word()
    {
        var tagger = new BertForTokenClassification(Small with { Labels = ["O", "B-X", "I-X"] }).Initialize(3);
        string[][] sentences = [["a", "bcd", "e"], ["fg", "h"], ["i", "j", "k", "lm"]];
        string[][] tags = [["O", "B-X", "I-X"], ["B-X", "O"], ["O", "O", "B-X", "O"]];
        var examples = sentences.Zip(tags, (words, own) =>
        {
            var text = Encoded(string.Join(' ', words));
            int[] labels = [.. own.Select(tag => tag switch { "O" => 0, "B-X" => 1, _ => 2 })];
            return new EncodedExample(text) { Labels = [.. SubwordLabels.OfTokens(labels, SubwordLabels.WordIds(words, text.Offsets))
                .Select(label => (long)label)] };
        }).ToArray();
        var metrics = new TokenClassificationEvaluator(tagger).Evaluate(FineTuning.Batches(examples, 2));
        var expected = new EntityMetrics();
        foreach (var (example, own) in examples.Zip(tags))
        {
            var predicted = tagger.Forward(BertInput.From([example.Text])).Values.ArgMax(axis: 1).ToArray<long>();
            expected.Update(own, [.. Enumerable.Range(0, example.Text.Count).Where(i => example.Labels[i] >= 0)
                .Select(i => tagger.Bert.Configuration.Labels[(int)predicted[i]])]);
        }
        Assert.Equal((expected.F1(), expected.Accuracy), (metrics["f1"], metrics["accuracy"]));
    }

    static QuestionExample Question(string question, string context, string answer) =>
        new("q", question, context, [new(answer, context.IndexOf(answer, StringComparison.Ordinal))], IsImpossible: false);

    [Fact]
    public void Windows_cover_the_context_and_mark_the_answer_where_they_hold_it()
    {
        var question = Question("a b", string.Join(' ', Enumerable.Range(0, 60).Select(i => Words[i % 23])), "w a b");
        var windows = new QuestionEncoder(Tokenizer, 25) { Stride = 6 }.Encode([question]);
        Assert.True(windows.Count > 3);
        var covered = windows.SelectMany(window => Enumerable.Range(0, window.Example.Text.Count)
            .Where(i => window.Example.Text.SequenceIds[i] == 1)
            .Select(i => window.Example.Text.Offsets[i].Start)).Distinct();
        Assert.Equal(60, covered.Count());
        Assert.All(windows, window => Assert.True(window.Example.Text.Count <= 25));
        var marked = windows.Where(window => window.Example.Labels[0] > 0).ToArray();
        Assert.NotEmpty(marked);
        foreach (var window in marked)
        {
            var (from, to) = (window.Example.Text.Offsets[window.Example.Labels[0]].Start,
                window.Example.Text.Offsets[window.Example.Labels[1]].End);
            Assert.Equal("w a b", question.Context[from..to]);
        }
        Assert.All(windows.Except(marked), window => Assert.Equal([0, 0], window.Example.Labels));
    }

    [Fact]
    public void The_best_answer_is_that_of_all_spans_of_all_windows()
    {
        var model = new BertForQuestionAnswering(Small).Initialize(2);
        var question = Question("a b", string.Join(' ', Enumerable.Range(0, 40).Select(i => Words[i * 7 % 26])), "h");
        var windows = new QuestionEncoder(Tokenizer, 24) { Stride = 5 }.Encode([question]);
        var answers = new AnswerSearch { MaxAnswerTokens = 4, Best = 1000 }.Find(model, [question], windows)[0];
        var (best, span) = (double.NegativeInfinity, "");
        foreach (var text in windows.Select(window => window.Example.Text))
        {
            var logits = model.Forward(BertInput.From([text])).Values.ToArray<float>();    // [tokens, 2]
            for (var start = 0; start < text.Count; start++)
            for (var end = start; end < Math.Min(text.Count, start + 4); end++)
            {
                if (text.SequenceIds[start] != 1 || text.SequenceIds[end] != 1) continue;
                var score = (double)logits[2 * start] + logits[(2 * end) + 1];
                if (score > best) (best, span) = (score, question.Context[text.Offsets[start].Start..text.Offsets[end].End]);
            }
        }
        Assert.Equal(span, answers[0].Text);
        Assert.Equal(best, answers[0].Score, 1e-4);
        Assert.Equal(1, answers.Sum(answer => answer.Probability), 1e-6);
        Assert.Equal(answers.OrderByDescending(answer => answer.Score), answers);
    }

    [Fact]
    public void A_question_without_an_answer_competes_with_the_score_of_CLS()
    {
        var model = new BertForQuestionAnswering(Small).Initialize(2);
        var question = Question("a", "c d e f", "d") with { Answers = [], IsImpossible = true };
        var windows = new QuestionEncoder(Tokenizer, 24).Encode([question]);
        var logits = model.Forward(BertInput.From([windows[0].Example.Text])).Values.ToArray<float>();
        var answers = new AnswerSearch { AllowsNone = true }.Find(model, [question], windows)[0];
        Assert.Equal(logits[0] + logits[1], answers.Single(answer => answer.Text.Length == 0).Score, 1e-4);
        Assert.DoesNotContain(new AnswerSearch().Find(model, [question], windows)[0], answer => answer.Text.Length == 0);
    }

    [Fact]
    public void Errors_say_what_is_missing()
    {
        Assert.Contains("there is no example", Assert.Throws<ArgumentException>(() => FineTuningBatch.From([])).Message,
            StringComparison.Ordinal);
        var model = new BertForMaskedLM(Small).Initialize(1);
        var batch = FineTuningBatch.From(Classes(("a", 0)));
        Assert.Contains("a BertForMaskedLM has no loss here", Assert.Throws<ArgumentException>(() => FineTuning.Loss(model, batch))
            .Message, StringComparison.Ordinal);
        EncodedExample[] mixed = [new(Encoded("a b c")) { Labels = [1] }, new(Encoded("a b c")) { Labels = [1, 2, 3] }];
        Assert.Contains("example 1 has 3 labels and 5 tokens", Assert.Throws<ArgumentException>(() => FineTuningBatch.From(mixed)).Message,
            StringComparison.Ordinal);
    }
}
