using Nabla.Layers;

namespace Nabla.Models;

public sealed partial record BertConfiguration
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Activations = new()
    {
        ["gelu"] = x => x.Gelu(), ["gelu_python"] = x => x.Gelu(),
        ["gelu_new"] = x => x.GeluTanh(), ["gelu_fast"] = x => x.GeluTanh(), ["gelu_pytorch_tanh"] = x => x.GeluTanh(),
        ["relu"] = x => x.Relu(), ["relu6"] = x => x.Relu6(), ["leaky_relu"] = x => x.LeakyRelu(), ["elu"] = x => x.Elu(), ["selu"] = x =>
            x.Selu(),
        ["silu"] = x => x.Silu(), ["swish"] = x => x.Silu(), ["mish"] = x => x.Mish(), ["hardswish"] = x => x.HardSwish(),
        ["tanh"] = x => x.Tanh(), ["sigmoid"] = x => x.Sigmoid(), ["linear"] = x => x,
    };

    /// <summary>The activation of a linear layer's output; of the exact GELU both are one kernel.</summary>
    internal Tensor Activate(Linear layer, Tensor x) =>
        HiddenActivation == "gelu" ? x.LinearGelu(layer.Weight, layer.Bias!) : Activations[HiddenActivation](layer.Forward(x));

    private static string Known(string name) => Activations.ContainsKey(name) ? name
        : throw new ArgumentException($"\"hidden_act\" is \"{name}\"; known are {string.Join(", ", Activations.Keys)}");
}
