using Nabla.Layers;
using Nabla.Tests.Tensors;

namespace Nabla.Tests.Ops;

/// <summary>They set the budget of the whole process, so they run alone.</summary>
[Collection(nameof(MemoryPoolTests))]
public sealed class AttentionMemoryTests
{
    const int Tokens = 3000, Width = 16;

    /// <summary>The scores of one head are 36 MB; forward and backward have to do with a third of that.</summary>
    const long Room = 12 << 20;

    static readonly Generator Random = new(1);

    public static TheoryData<string, Func<Tensor, Tensor>> Ways => new()
    {
        { "causal", x => x.Attention(x, x, causal: true) },
        { "with dropout", x => x.Attention(x, x, dropout: 0.1, generator: new Generator(2)) },
        { "padding hidden", x => x.Attention(x, x, Tensor.Arange(Tokens) < Tensor.Scalar(2000f)) },
        { "a bias of each source", x => x.Attention(x, x, Tensor.Arange(Tokens) * -0.01) },
        { "heads of a ragged batch", x => new MultiHeadAttention(Width, 2).Initialize(3).Forward(new Ragged(x, 2900, 100), causal: true).Values },
    };

    [Theory, MemberData(nameof(Ways), DisableDiscoveryEnumeration = true)]
    public void The_scores_are_never_held(string way, Func<Tensor, Tensor> attend)
    {
        var x = Tensor.Normal([Tokens, Width], generator: Random);
        Memory.Trim();
        var before = Memory.Budget;
        try
        {
            Memory.Budget = Memory.InUse + Room;
            var (_, gradients) = Gradients.Of(() => attend(x).Square().Mean(), x);
            Assert.True(float.IsFinite((float)gradients[x].Abs().Sum().Item()), way);
        }
        finally
        {
            Memory.Budget = before;
        }
    }
}
