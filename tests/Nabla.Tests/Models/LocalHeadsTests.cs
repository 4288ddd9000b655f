using Nabla.Layers;
using Nabla.Models;

namespace Nabla.Tests.Models;

public class LocalHeadsTests
{
    [Fact]
    public void Each_head_of_the_first_layer_attends_most_to_the_tokens_at_its_distance()
    {
        var bert = new Bert(new()
        {
            VocabularySize = 300, HiddenSize = 256, HiddenLayers = 2, AttentionHeads = 4, IntermediateSize = 512, MaxPositions = 64,
        }).Initialize(1);
        LocalHeads.Initialize(bert);
        var attention = bert.Trace(new BertInput(Ragged.From([[.. Enumerable.Range(5, 60)]]))).Attentions[0][0];
        foreach (var (head, distance) in new[] { -1, 1, -2, 2 }.Index())
        {
            // A token is like itself, and words are random here: of the others it is on average the one at the distance.
            double Mean(int away) => Enumerable.Range(8, 44).Average(i => attention[head, i, i + away].Item());
            Assert.Equal(distance, Enumerable.Range(-8, 17).Where(away => away != 0).MaxBy(Mean));
            Assert.True(Mean(distance) > 3.0 / 60, $"head {head}: {Mean(distance)}");
        }
    }

    [Fact]
    public void Later_layers_keep_their_initial_values()
    {
        BertConfiguration configuration = new() { VocabularySize = 30, HiddenSize = 32, HiddenLayers = 2, AttentionHeads = 2,
            IntermediateSize = 64, MaxPositions = 16 };
        var (plain, local) = (new Bert(configuration).Initialize(1), new Bert(configuration).Initialize(1));
        LocalHeads.Initialize(local);
        Assert.Equal(plain.Layers[1].Attention.Query.Weight.Value.ToArray<float>(),
            local.Layers[1].Attention.Query.Weight.Value.ToArray<float>());
        Assert.Equal(plain.Embeddings.Word.Weight.Value.ToArray<float>(), local.Embeddings.Word.Weight.Value.ToArray<float>());
    }
}
