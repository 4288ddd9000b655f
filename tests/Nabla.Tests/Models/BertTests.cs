using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Tests.Checkpoints;

namespace Nabla.Tests.Models;

public class BertTests
{
    static readonly BertConfiguration Small = new() { VocabularySize = 20, HiddenSize = 8, HiddenLayers = 2, AttentionHeads = 2,
        IntermediateSize = 16, MaxPositions = 10 };

    static BertInput Input(params int[][] sequences) => new(Ragged.From(sequences));

    [Fact]
    public void The_result_of_a_text_does_not_depend_on_its_batch()
    {
        var model = new Bert(Small with { InitializerRange = 0.3 }).Initialize(1);
        int[][] texts = [[2, 5, 3], [2, 3], [2, 7, 8, 9, 11, 12, 13, 14, 15, 3], [2, 6, 3]];
        var together = model.Forward(Input(texts));
        for (var i = 0; i < texts.Length; i++)
            Reference.AssertClose(model.Forward(Input(texts[i])).Values, together[i], $"text {i}", 1e-5);
    }

    [Fact]
    public void Padding_is_left_out_and_keeps_positions()
    {
        var model = new Bert(Small with { InitializerRange = 0.3 }).Initialize(1);
        var ids = Tensor.From(new long[,] { { 2, 5, 3, 0 }, { 0, 2, 5, 3 } });
        var mask = Tensor.From(new long[,] { { 1, 1, 1, 0 }, { 0, 1, 1, 1 } });
        var states = model.Forward(BertInput.FromPadded(ids, mask));
        Assert.Equal([0, 3, 6], states.Offsets);
        Reference.AssertClose(model.Forward(Input([2, 5, 3])).Values, states[0], "padding behind", 1e-6);
        var shifted = new BertInput(Ragged.From([[2, 5, 3]])) { Positions = Tensor.From(1L, 2, 3) };
        Reference.AssertClose(model.Forward(shifted).Values, states[1], "padding before", 1e-6);
    }

    [Fact]
    public void Dropout_acts_in_training_only()
    {
        var model = new BertForSequenceClassification(Small).Initialize(1);
        var input = Input([2, 5, 6, 3]);
        Assert.Equal(model.Forward(input).ToArray<float>(), model.Forward(input).ToArray<float>());
        using (Mode.Train()) Assert.NotEqual(model.Forward(input).ToArray<float>(), model.Forward(input).ToArray<float>());
    }

    [Fact]
    public void Initial_weights_have_the_standard_deviation_of_the_configuration_and_biases_are_zero()
    {
        var model = new Bert(new() { VocabularySize = 500, HiddenSize = 64, HiddenLayers = 1, AttentionHeads = 4,
            IntermediateSize = 256 }).Initialize(3);
        double Deviation(Tensor x) => x.Square().Mean().Sqrt().Item();
        Assert.InRange(Deviation(model.Embeddings.Word.Weight), 0.019, 0.021);
        Assert.InRange(Deviation(model.Layers[0].Attention.Query.Weight), 0.019, 0.021);
        Assert.Equal(0, Deviation(model.Layers[0].Attention.Query.Bias!));
        Assert.All(model.Embeddings.Word.Weight.Value[0].ToArray<float>(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_sequence_longer_than_the_positions_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new Bert(Small).Forward(Input([1, 2], [.. Enumerable.Range(0, 11)])));
        Assert.Equal("Bert: sequence 1 has 11 tokens, the model has 10 positions. Truncate the text when you encode it.", error.Message);
    }

    [Fact]
    public void An_id_beyond_the_vocabulary_is_refused() =>
        Assert.Contains("20", Assert.Throws<IndexOutOfRangeException>(() => new Bert(Small).Forward(Input([1, 20]))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Type_ids_of_another_length_are_refused() =>
        Assert.Contains("type ids [3]", Assert.Throws<ArgumentException>(() => new BertInput(Ragged.From([[1, 2]]), Tensor.From(0L, 0,
            1))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_model_without_a_pooler_says_so() =>
        Assert.Contains("without a pooler", Assert.Throws<InvalidOperationException>(() =>
        {
            var model = new Bert(Small, pooler: false);
            model.Pool(model.Forward(Input([1, 2])));
        }).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "hidden_act": "swiglu" }""", "\"hidden_act\" is \"swiglu\"")]
    [InlineData("""{ "position_embedding_type": "relative_key" }""", "\"position_embedding_type\" is \"relative_key\"; it must be \"absolute\"")]
    [InlineData("""{ "is_decoder": true }""", "\"is_decoder\" is true; it must be false")]
    [InlineData("""{ "model_type": "roberta" }""", "\"model_type\" is \"roberta\"")]
    [InlineData("""{ "vocab_size": null }""", "\"vocab_size\" is missing")]
    [InlineData("""{ "vocab_size": "many" }""", "\"vocab_size\" is \"many\"; a whole number is needed")]
    [InlineData("""{ "vocab_size": 0 }""", "\"vocab_size\" is 0")]
    [InlineData("""{ "layer_norm_eps": -1 }""", "\"layer_norm_eps\" is -1")]
    [InlineData("""{ "hidden_dropout_prob": 1.5 }""", "\"hidden_dropout_prob\" is 1.5")]
    [InlineData("""{ "num_attention_heads": 5 }""", "no multiple of \"num_attention_heads\" 5")]
    [InlineData("""{ "pad_token_id": 120 }""", "\"pad_token_id\" is 120; ids are 0 … 119")]
    [InlineData("""{ "pruned_heads": { "0": [1] } }""", "\"pruned_heads\"")]
    [InlineData("""{ "mixture_of_experts": 8 }""", "\"mixture_of_experts\" is a key that is not known here")]
    [InlineData("""{ "id2label": { "0": "a", "2": "c" } }""", "none for 1")]
    [InlineData("""{ "problem_type": "poetry" }""", "\"problem_type\" is \"poetry\"")]
    public void What_a_configuration_asks_for_in_vain_is_refused_by_name(string change, string problem)
    {
        using var folder = new ScratchFolder();
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "reference", "bert_config.json")))!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(change)!.AsObject()) json[key] = value?.DeepClone();
        File.WriteAllText(folder["config.json"], json.ToJsonString());
        var error = Assert.Throws<DataFileException>(() => BertConfiguration.Load(folder.Folder));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder["config.json"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_was_saved_is_read_again()
    {
        using var folder = new ScratchFolder();
        var written = Small with { ClassifierDropout = 0.3, HiddenActivation = "silu", Labels = ["spam", "ham", "eggs"],
            ProblemType = "single_label_classification", PaddingId = null };
        written.Save(folder.Folder, "BertForSequenceClassification");
        var read = BertConfiguration.Load(folder.Folder);
        Assert.Equal(written.Labels, read.Labels);
        Assert.Equal(written.ToJson("x").ToJsonString(), read.ToJson("x").ToJsonString());
    }

    [Fact]
    public void A_checkpoint_without_part_of_the_encoder_is_refused_and_nothing_changes()
    {
        using var folder = new ScratchFolder();
        var tensors = BertCheckpoint.Tensors(new Bert(Small).Initialize(1)).Where(entry =>
            entry.Key != "encoder.layer.1.attention.self.key.weight");
        Safetensors.Save(folder["model.safetensors"], tensors);
        var model = new Bert(Small).Initialize(2);
        var before = model.Embeddings.Word.Weight.Value.ToArray<float>();
        var error = Assert.Throws<CheckpointException>(() => BertCheckpoint.Load(model, folder.Folder));
        Assert.Contains("bert.encoder.layer.1.attention.self.key.weight", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, model.Embeddings.Word.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void A_head_that_the_checkpoint_lacks_is_new_and_listed()
    {
        using var folder = new ScratchFolder();
        var pretrained = new BertForPreTraining(Small).Initialize(1);
        Safetensors.Save(folder["model.safetensors"], BertCheckpoint.Tensors(pretrained));
        var model = new BertForSequenceClassification(Small).Initialize(2);
        var report = BertCheckpoint.Load(model, folder.Folder);
        Assert.Equal(["classifier.weight", "classifier.bias"], report.Missing);
        Assert.Contains("cls.seq_relationship.weight", report.Unexpected);
        Assert.Equal(pretrained.Bert.Layers[1].Attention.Query.Weight.Value.ToArray<float>(),
            model.Bert.Layers[1].Attention.Query.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void A_classifier_of_another_number_of_classes_is_refused_unless_a_new_head_is_asked_for()
    {
        using var folder = new ScratchFolder();
        Safetensors.Save(folder["model.safetensors"], BertCheckpoint.Tensors(new BertForSequenceClassification(Small).Initialize(1)));
        var model = new BertForSequenceClassification(Small with { Labels = ["a", "b", "c"] }).Initialize(2);
        Assert.Contains("classifier.weight", Assert.Throws<CheckpointException>(() => BertCheckpoint.Load(model, folder.Folder)).Message,
            StringComparison.Ordinal);
        Assert.Equal(["classifier.weight", "classifier.bias"], BertCheckpoint.Load(model, folder.Folder, newHead: true).Missing);
    }
}
