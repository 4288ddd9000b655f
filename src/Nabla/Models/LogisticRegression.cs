using Nabla.Layers;

namespace Nabla.Models;

/// <summary>The probability of yes: σ(x · wᵀ + b) (Cox 1958).  x: [.., inputs] → logits [..]</summary>
/// <param name="inputs">The length of x's last axis.</param>
public sealed partial class LogisticRegression(int inputs) : ILayer
{
    /// <summary>w and b</summary>
    public Linear Linear { get; } = new(inputs, 1);

    /// <summary>The logits x · wᵀ + b: [..]</summary>
    public Tensor Forward(Tensor x) => Linear.Forward(x).Squeeze(-1);

    /// <summary>The probabilities of yes: [..]</summary>
    public Tensor Probability(Tensor x) => Forward(x).Sigmoid();

    /// <summary>The mean of −ln p(answer).  y: [..], 1 for yes and 0 for no</summary>
    public Tensor Loss(Tensor x, Tensor y) => Forward(x).BinaryCrossEntropyWithLogits(y);
}

/// <summary>The probability of each class: softmax(x · Wᵀ + b).  x: [.., inputs] → logits [.., classes]</summary>
/// <param name="inputs">The length of x's last axis.</param>
/// <param name="classes">How many there are.</param>
public sealed partial class SoftmaxRegression(int inputs, int classes) : ILayer
{
    /// <summary>W and b</summary>
    public Linear Linear { get; } = new(inputs, classes);

    /// <summary>The logits x · Wᵀ + b: [.., classes]</summary>
    public Tensor Forward(Tensor x) => Linear.Forward(x);

    /// <summary>The probabilities: [.., classes]</summary>
    public Tensor Probabilities(Tensor x) => Forward(x).Softmax();

    /// <summary>The mean of −ln p(label).  labels: [..], integers</summary>
    public Tensor Loss(Tensor x, Tensor labels) => Forward(x).CrossEntropy(labels);
}
