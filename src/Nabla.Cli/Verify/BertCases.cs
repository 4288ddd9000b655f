using System.Text.Json;
using Nabla.Checkpoints;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;

namespace Nabla.Cli.Verify;

/// <summary>
/// Cases of BERT with its heads: every hidden state, attention, logit and loss, the gradient of each parameter, and the losses of ten steps
/// of AdamW.
/// </summary>
internal static class BertCases
{
    const long Ignored = -100;

    public static void Run(VerifyCase @case, Comparison comparison, string folder)
    {
        var configuration = BertConfiguration.Load(Path.Combine(folder, @case.Text("config", "bert_config.json")));
        IBertModel model = @case.Op switch
        {
            nameof(BertForPreTraining) => new BertForPreTraining(configuration),
            nameof(BertForMaskedLM) => new BertForMaskedLM(configuration),
            nameof(BertForNextSentencePrediction) => new BertForNextSentencePrediction(configuration),
            nameof(BertForSequenceClassification) => new BertForSequenceClassification(configuration),
            nameof(BertForTokenClassification) => new BertForTokenClassification(configuration),
            nameof(BertForQuestionAnswering) => new BertForQuestionAnswering(configuration),
            _ => throw new NotBuiltException(@case.Op),
        };
        BertCheckpoint.Load(model, Path.Combine(folder, @case.Text("weights", "")));
        Compare(@case, comparison, model);
        Train(@case, comparison, model);
    }

    static void Compare(VerifyCase @case, Comparison comparison, IBertModel model)
    {
        var (ids, types, mask) = (@case.Tensor("input_ids"), @case.Tensor("token_type_ids"), @case.Tensor("attention_mask"));
        var padded = Padded(ids, types, mask);
        var logits = Logits(model, padded);
        foreach (var (name, values) in logits) comparison.Add(name, @case.Tensor(name), values.Reshape(@case.Tensor(name).Shape));
        // Without padding, as models are used: the same numbers for every token that is no padding.
        var ragged = BertInput.FromPadded(ids, mask, types);
        foreach (var (name, values) in Logits(model, ragged))
            comparison.Add($"{name} without padding", values.Shape[0] == ids.Shape[0] ? @case.Tensor(name) : Present(@case.Tensor(name),
                mask).Reshape(values.Shape), values);
        var (trace, bare) = (model.Bert.Trace(padded), model.Bert.Trace(ragged));
        for (var i = 0; i < trace.HiddenStates.Count; i++)
        {
            var expected = @case.Tensor($"hidden_states.{i}");
            comparison.Add($"hidden state {i}", expected, trace.HiddenStates[i].ToPadded());
            comparison.Add($"hidden state {i} without padding", Present(expected, mask), bare.HiddenStates[i].Values);
        }
        for (var i = 0; i < trace.Attentions.Count; i++)
            comparison.Add($"attention {i}", @case.Tensor($"attentions.{i}"), Tensor.Stack(0, [.. trace.Attentions[i]]));
        Tensor? loss = null;
        var (_, gradients) = Gradients.Of(() => loss = Loss(@case, model, padded));
        comparison.Add("the loss", @case.Tensor("loss"), loss!);
        foreach (var (path, parameter) in model.Parameters())
            comparison.Add($"the gradient of {path}", @case.Tensor($"grad.{BertCheckpoint.NameOf(path)}"), gradients[parameter]);
    }

    /// <summary>
    /// All tokens, those of padding too, which nothing attends to: as PyTorch computes it, where a loss may look at them.
    /// </summary>
    static BertInput Padded(Tensor ids, Tensor types, Tensor mask) => new(Ragged.FromPadded(ids), types.Reshape((int)types.Length))
    {
        Masks = [.. Enumerable.Range(0, ids.Shape[0]).Select(i => mask[i].To(DType.Bool).Unsqueeze(0).Unsqueeze(0))],
    };

    static Tensor Present(Tensor x, Tensor mask) => Ragged.FromPadded(x, mask.To(DType.Bool)).Values;

    static IEnumerable<(string Name, Tensor Values)> Logits(IBertModel model, BertInput input) => model switch
    {
        BertForPreTraining both => [("prediction_logits", both.Forward(input).Tokens), ("seq_relationship_logits",
            both.Forward(input).NextSentence)],
        BertForMaskedLM masked => [("logits", masked.Forward(input))],
        BertForNextSentencePrediction next => [("logits", next.Forward(input))],
        BertForSequenceClassification texts => [("logits", texts.Forward(input))],
        BertForTokenClassification tokens => [("logits", tokens.Forward(input).Values)],
        BertForQuestionAnswering answers when answers.Forward(input).Values is var both => [("start_logits", both[.., 0]), ("end_logits",
            both[.., 1])],
        _ => throw new NotBuiltException(model.GetType().Name),
    };

    static Tensor Loss(VerifyCase @case, IBertModel model, BertInput input)
    {
        Tensor Labels(string name) => @case.Tensor(name).Reshape((int)@case.Tensor(name).Length);
        Tensor Entropy(Tensor logits, string labels) => logits.CrossEntropy(Labels(labels), new() { IgnoredLabel = Ignored });
        switch (model)
        {
            case BertForPreTraining both:
                // Logits only where a token is masked, as in training.
                var labels = Labels("labels");
                var positions = Tensor.From(Enumerable.Range(0, (int)labels.Length).Where(i =>
                    labels.ToArray<long>()[i] != Ignored).Select(i => (long)i).ToArray());
                var (tokens, nextSentence) = both.Forward(input, positions);
                return tokens.CrossEntropy(labels.IndexSelect(0, positions)) + Entropy(nextSentence, "next_sentence_label");
            case BertForMaskedLM masked: return Entropy(masked.Forward(input), "labels");
            case BertForNextSentencePrediction next: return Entropy(next.Forward(input), "labels");
            case BertForSequenceClassification texts: return Entropy(texts.Forward(input), "labels");
            case BertForTokenClassification tags: return Entropy(tags.Forward(input).Values, "labels");
            case BertForQuestionAnswering answers: return BertForQuestionAnswering.Loss(answers.Forward(input), Labels("start_positions"),
                Labels("end_positions"));
            default: throw new NotBuiltException(model.GetType().Name);
        }
    }

    static void Train(VerifyCase @case, Comparison comparison, IBertModel model)
    {
        const string Losses = "adamw_losses_lr1e-3_wd1e-2";
        if (@case.Values is not { } values || !values.TryGetProperty(Losses, out var expected) || expected.ValueKind != JsonValueKind.Array)
            throw new VerifyException($"the case has no values \"{Losses}\"");
        var (input, adam) = (Padded(@case.Tensor("input_ids"), @case.Tensor("token_type_ids"), @case.Tensor("attention_mask")),
            new AdamW(model, learningRate: 1e-3));
        var losses = new List<double>();
        foreach (var _ in expected.EnumerateArray())
        {
            var (loss, gradients) = Gradients.Of(() => Loss(@case, model, input));
            losses.Add(loss.Item());
            adam.Step(gradients);
        }
        comparison.Add("the losses of AdamW", [.. expected.EnumerateArray().Select(value => value.GetDouble())], [.. losses]);
    }
}
