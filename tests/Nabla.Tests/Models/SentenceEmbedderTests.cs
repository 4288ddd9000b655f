using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Tests.Checkpoints;
using Nabla.Text;

namespace Nabla.Tests.Models;

public class SentenceEmbedderTests
{
    static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "man", "woman", "eats", "rides", "horse",
        "##s", "bread", ".", ","];

    static BertConfiguration Small => new()
    {
        VocabularySize = Vocabulary.Length, HiddenSize = 12, HiddenLayers = 2, AttentionHeads = 3, IntermediateSize = 24, MaxPositions = 8,
        InitializerRange = 0.4,
    };

    static SentenceEmbedder Model(SentenceRecipe? recipe = null, ulong seed = 1) => new SentenceEmbedder(new BertTokenizer(Vocabulary),
        new Bert(Small), recipe).Initialize(seed);

    [Fact]
    public void A_text_has_the_vector_of_its_tokens_averaged()
    {
        var model = Model();
        var hidden = model.Bert.Forward(new BertInput(Ragged.From([[2, 5, 6, 8, 3]])));
        Reference.AssertClose(hidden.Values.Mean(0), Tensor.From<float>(model.Embed("A man eats"), [12]), tolerance: 1e-6);
    }

    [Fact]
    public void A_text_has_the_same_vector_in_any_batch_and_order()
    {
        var model = Model(new() { Normalizes = true });
        string[] texts = ["a man eats bread.", "", "horses", "a woman rides a horse", "man", "unheard of", "a", "bread, bread"];
        var together = model.Embed(texts, cancellation: TestContext.Current.CancellationToken);
        for (var i = 0; i < texts.Length; i++)
            Reference.AssertClose(together[i], Tensor.From<float>(model.Embed(texts[i]), [12]), texts[i], 1e-5);
    }

    [Fact]
    public void Longer_texts_are_cut_to_the_tokens_that_the_model_reads()
    {
        var model = Model(new() { MaxTokens = 5 });
        Assert.Equal(5, model.MaxTokens);
        Assert.Equal(model.Embed("a man eats"), model.Embed("a man eats bread a man eats bread a man eats bread"));
        Assert.Equal(8, Model().MaxTokens);
    }

    [Fact]
    public void Threads_that_embed_at_a_time_get_the_same_vectors()
    {
        var model = Model();
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => string.Join(' ', Enumerable.Range(0, (i % 5) + 1).Select(k =>
            Vocabulary[5 + ((i + k) % 10)])))];
        var expected = model.Embed(texts, cancellation: TestContext.Current.CancellationToken).ToArray<float>();
        var found = new float[8][];
        Parallel.For(0, found.Length, i => found[i] = model.Embed(texts, cancellation: TestContext.Current.CancellationToken).ToArray<float>());
        Assert.All(found, vectors => Assert.Equal(expected, vectors));
    }

    [Fact]
    public void A_cancelled_embedding_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => Model().Embed(["a"], cancellation: source.Token));
    }

    [Theory]
    [InlineData(SentencePooling.First)]
    [InlineData(SentencePooling.Max)]
    [InlineData(SentencePooling.Mean)]
    [InlineData(SentencePooling.MeanBySquareRoot)]
    public void A_folder_that_was_saved_gives_the_same_vectors_bit_for_bit(SentencePooling pooling)
    {
        using var folder = new ScratchFolder();
        var model = Model(new()
        {
            Pooling = [pooling], Normalizes = true, MaxTokens = 7, Prompt = "a ",
            Dense = [new(12, 5), new(5, 4, HasBias: false, Activation: "identity")],
        });
        model.Save(folder.Folder);
        var read = SentenceEmbedder.Load(folder.Folder);
        Assert.Equal(4, read.Dimensions);
        Assert.Equal(Two(model).ToArray<float>(), Two(read).ToArray<float>());
    }

    static Tensor Two(SentenceEmbedder model) => model.Embed(["man eats bread", "horse"], cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public void Several_poolings_stand_beside_each_other()
    {
        var model = Model(new() { Pooling = [SentencePooling.First, SentencePooling.Max] });
        Assert.Equal(24, model.Dimensions);
        var hidden = model.Bert.Forward(new BertInput(Ragged.From([[2, 6, 3]])));
        Reference.AssertClose(Tensor.Concat(0, hidden.Values[0], hidden.Values.Max(0)), Tensor.From<float>(model.Embed("man"), [24]),
            tolerance: 1e-6);
    }

    [Fact]
    public void Gradients_flow_to_the_embeddings_of_the_tokens()
    {
        var model = Model(new() { Normalizes = true });
        var input = BertInput.From(model.Encode(["a man", "a horse"]));
        var (_, gradients) = Gradients.Of(() =>
        {
            var x = model.Forward(input);
            return (x[0] * x[1]).Sum();
        });
        Assert.True(gradients[model.Bert.Embeddings.Word.Weight].Abs().Sum().Item() > 0);
    }

    [Theory]
    [InlineData("modules.json", """[{ "path": "", "type": "sentence_transformers.models.WordWeights" }]""", "WordWeights")]
    [InlineData("modules.json", """[{ "path": "../other", "type": "sentence_transformers.models.Transformer" }]""", "not within the model's")]
    [InlineData("modules.json", "{}", "no list of modules")]
    [InlineData("modules.json", "[", "cannot be used")]
    [InlineData("1_Pooling/config.json", """{ "pooling_mode_lasttoken": true }""", "pooling_mode_lasttoken")]
    [InlineData("1_Pooling/config.json", "{}", "no pooling mode is true")]
    [InlineData("1_Pooling/config.json", """{ "pooling_mode_mean_tokens": true, "include_prompt": false }""", "include_prompt")]
    [InlineData("2_Dense/config.json", """{ "out_features": 4 }""", "in_features")]
    [InlineData("2_Dense/config.json", """{ "in_features": 12, "out_features": 4, "activation_function": "torch.nn.modules.activation.Softsign" }""", "Softsign")]
    public void A_file_that_asks_for_what_is_not_known_is_refused_by_name(string file, string content, string problem)
    {
        using var folder = new ScratchFolder();
        Model(new() { Dense = [new(12, 4)] }).Save(folder.Folder);
        File.WriteAllText(folder[file], content);
        var error = Assert.Throws<DataFileException>(() => SentenceEmbedder.Load(folder.Folder));
        Assert.StartsWith(folder[file], error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_BERT_without_modules_is_averaged()
    {
        using var folder = new ScratchFolder();
        var model = Model();
        model.Save(folder.Folder);
        File.Delete(folder["modules.json"]);
        Assert.Equal(model.Embed("a man"), SentenceEmbedder.Load(folder.Folder).Embed("a man"));
    }

    [Fact]
    public void A_tokenizer_of_another_vocabulary_is_refused() =>
        Assert.Contains("16 tokens, the model 15", Assert.Throws<ArgumentException>(() =>
            new SentenceEmbedder(new BertTokenizer([.. Vocabulary, "more"]), new Bert(Small))).Message, StringComparison.Ordinal);

    [Fact]
    public void Masks_are_filled_with_the_likeliest_tokens()
    {
        var model = new BertForMaskedLM(Small).Initialize(3);
        var filler = new MaskFiller(new BertTokenizer(Vocabulary), model);
        var masks = filler.Fill("a [MASK] eats [MASK].", top: 3);
        Assert.Equal(2, masks.Count);
        Assert.All(masks, fills => Assert.Equal(3, fills.Count));
        var probabilities = model.Forward(new BertInput(Ragged.From([[2, 5, 4, 8, 4, 13, 3]])), Tensor.From(2L, 4)).Softmax();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(probabilities[i].Max(0).Item(), masks[i][0].Probability, 6);
            Assert.Equal(probabilities[i].ArgMax(0).ToArray<long>()[0], masks[i][0].Id);
            Assert.Equal(Vocabulary[masks[i][0].Id], masks[i][0].Token);
            Assert.True(masks[i][0].Probability >= masks[i][1].Probability);
        }
        Assert.StartsWith("a ", masks[0][0].Text, StringComparison.Ordinal);
        Assert.EndsWith(" eats [MASK].", masks[0][0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_without_a_mask_is_refused() => Assert.Contains("[MASK]",
        Assert.Throws<ArgumentException>(() => new MaskFiller(new BertTokenizer(Vocabulary),
            new BertForMaskedLM(Small)).Fill("a man")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_checkpoint_without_the_masked_language_head_cannot_fill_masks()
    {
        using var folder = new ScratchFolder();
        Model().Save(folder.Folder);
        Assert.Contains("cls.predictions", Assert.Throws<Nabla.Checkpoints.CheckpointException>(() =>
            MaskFiller.Load(folder.Folder)).Message, StringComparison.Ordinal);
    }
}
