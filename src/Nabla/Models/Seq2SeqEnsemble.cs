using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Models;

/// <summary>
/// Models that write as one: what follows is as likely as they deem it on the average. Models that were trained apart err apart, so together they err less (Sutskever et al. 2014 let five LSTMs translate so).
/// source: [elements], target: [elements] → ln p, which are logits, [elements, target vocabulary].
/// </summary>
public sealed partial class Seq2SeqEnsemble : ISequenceToSequence
{
    /// <summary>An ensemble.</summary>
    /// <param name="members">At least one; all read and write the same tokens.</param>
    public Seq2SeqEnsemble(params IReadOnlyList<ISequenceToSequence> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        Members = members.Count > 0 ? members : throw new ArgumentException("Seq2SeqEnsemble: at least one member is needed.");
    }

    /// <summary>The models.</summary>
    public IReadOnlyList<ISequenceToSequence> Members { get; }

    /// <inheritdoc/>
    public Ragged Forward(Ragged source, Ragged target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.With(Mean([.. Members.Select(member => member.Forward(source, target).Values)]));
    }

    /// <inheritdoc/>
    public ISequenceModel Begin(Ragged source) => new Writing([.. Members.Select(member => member.Begin(source))]);

    /// <summary>The heads of all members.</summary>
    public IReadOnlyList<Tensor> Alignment(Ragged source, Ragged target)
    {
        var all = Members.Select(member => member.Alignment(source, target)).ToArray();
        return [.. Enumerable.Range(0, all[0].Count).Select(pair => Tensor.Concat(0, [.. all.Select(one => one[pair])]))];
    }

    /// <summary>ln of the mean of softmax(logits).</summary>
    private static Tensor Mean(Tensor[] logits)
    {
        if (Array.Find(logits, one => one.Shape != logits[0].Shape) is { } other)
            throw new ArgumentException($"Seq2SeqEnsemble: logits {logits[0].Shape} and {other.Shape}: the members must write the same tokens.");
        return Tensor.Stack(0, [.. logits.Select(one => one.LogSoftmax())]).LogSumExp(0) - Math.Log(logits.Length);     // [.., vocabulary]
    }

    private sealed class Writing(ISequenceModel[] members) : IForgetsLogits
    {
        public int Rows => members[0].Rows;

        public Tensor Next(IReadOnlyList<int> tokens) => Mean([.. members.Select(member => member.Next(tokens))]);

        public void Select(IReadOnlyList<int> rows)
        {
            foreach (var member in members) member.Select(rows);
        }
    }
}
