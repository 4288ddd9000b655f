using Nabla.Models;
using Nabla.Optimizers;
using TorchSharp;
using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// A BERT with a head that is trained on both sides by AdamW, with dropout. Before that, the logits, the gradient of each parameter and the
/// losses of some steps are compared without dropout.
/// </summary>
/// <typeparam name="TOurs">Nabla's model.</typeparam>
/// <typeparam name="TTheirs">TorchSharp's.</typeparam>
/// <typeparam name="TBatch">What a step sees.</typeparam>
internal sealed record BertTraining<TOurs, TTheirs, TBatch>(string Name, string Work, Goal Goal, Func<BertConfiguration> Configuration)
    where TOurs : IModule where TTheirs : nn.Module
{
    const int Count = 7, CheckedSteps = 3;
    const double LearningRate = 5e-5;

    public BertWeights Weights { get; init; } = BertWeights.Drawn;

    public required Func<BertConfiguration, TOurs> Model { get; init; }

    public required Func<BertConfiguration, TTheirs> TorchModel { get; init; }

    /// <summary>So many batches.</summary>
    public required Func<int, TBatch[]> Batches { get; init; }

    /// <summary>The batch as tensors, made once, and its loss and logits.</summary>
    public required Func<TBatch, Func<TOurs, (Tensor Loss, Tensor[] Logits)>> Loss { get; init; }

    public required Func<TBatch, Func<TTheirs, (TorchTensor Loss, TorchTensor[] Logits)>> TorchLoss { get; init; }

    /// <summary>Multiplications and additions of a step forward.</summary>
    public required Func<TBatch[], double> ForwardFlops { get; init; }

    public Workload Row => new(Name, Work, Goal, Ours, Theirs)
    {
        FlopsOfData = () => 3 * ForwardFlops(Batches(Count)),
        ComparesNorms = true,
    };

    BertConfiguration WithoutDropout => Configuration() with { HiddenDropout = 0, AttentionDropout = 0, ClassifierDropout = 0 };

    Side Ours()
    {
        var (step, steps) = (OurSteps(Configuration()), 0);
        return new(() => step(steps++), () =>
        {
            var model = Weights.Into(Model(WithoutDropout));
            Tensor[]? logits = null;
            var batch = Loss(Batches(Count)[0]);
            var (_, gradients) = Gradients.Of(() =>
            {
                (var loss, logits) = batch(model);
                return loss;
            });
            var compared = model.Parameters().Where(member => IsCompared(member.Path));
            var all = compared.OrderBy(member => member.Path, StringComparer.Ordinal).Select(member => gradients[member.Parameter]);
            return [.. logits!.Concat(all).Select(values => values.ToArray<float>()), Losses(OurSteps(WithoutDropout))];
        });
    }

    Side Theirs()
    {
        var (step, steps) = (TheirSteps(Configuration()), 0);
        return new(() => step(steps++), () => [.. TheirGradients(), Losses(TheirSteps(WithoutDropout))]);
    }

    /// <summary>In float64.</summary>
    IEnumerable<float[]> TheirGradients()
    {
        using var scope = NewDisposeScope();
        using var model = Weights.Into(TorchModel(WithoutDropout), ScalarType.Float64);
        var (loss, logits) = TorchLoss(Batches(Count)[0])(model);
        var compared = model.named_parameters().Where(member => IsCompared(member.name));
        var parameters = compared.OrderBy(member => member.name, StringComparer.Ordinal).Select(member => member.parameter);
        var gradients = autograd.grad([loss], [.. parameters]);
        return [.. logits.Concat(gradients).Select(values => TorchSide.Values(values.to(ScalarType.Float32)))];
    }

    /// <summary>The bias of keys moves all scores of a token alike, so its gradient is 0 but for rounding.</summary>
    static bool IsCompared(string path) => !path.EndsWith("key.bias", StringComparison.Ordinal);

    static float[] Losses(Func<int, double> step) => [.. Enumerable.Range(0, CheckedSteps).Select(i => (float)step(i))];

    Func<int, double> OurSteps(BertConfiguration configuration)
    {
        var model = Weights.Into(Model(configuration));
        var optimizer = new AdamW(model, LearningRate);
        var batches = Array.ConvertAll(Batches(Count), batch => Loss(batch));
        return step =>
        {
            var (loss, gradients) = Gradients.Of(() => batches[step % Count](model).Loss);
            optimizer.Step(gradients);
            return loss.Item();
        };
    }

    Func<int, double> TheirSteps(BertConfiguration configuration)
    {
        var model = Weights.Into(TorchModel(configuration), ScalarType.Float32);
        var optimizer = optim.AdamW(model.parameters(), LearningRate);
        var batches = Array.ConvertAll(Batches(Count), batch => TorchLoss(batch));
        return step =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var (loss, _) = batches[step % Count](model);
            loss.backward();
            optimizer.step();
            return loss.to(ScalarType.Float64).item<double>();
        };
    }
}
