using Nabla.Layers;
using Nabla.Models;

namespace Nabla.Tests.Layers;

public class LayerGradientTests
{
    public static TheoryData<string, ILayer, Shape> All
    {
        get
        {
            var data = new TheoryData<string, ILayer, Shape>();
            foreach (var layer in (ILayer[])[new Linear(6, 4), new Linear(6, 4, bias: false), new LayerNorm(6), new Residual(new Linear(6, 6), new Tanh()), new Mlp(6, [5, 4], 3, x => x.Gelu()),
                new ELU(), new SELU(), new GELU(), new GELU(byTanh: true), new SiLU(), new Mish(), new Tanh(), new Sigmoid(), new Softplus(), new Softsign(), new Softmax(), new Softmax(0),
                new LogSoftmax(), new ReLU(), new ReLU6(), new LeakyReLU(), new HardSwish(), new HardSigmoid(), new Flatten(0)])
                data.Add(layer.GetType().Name, layer, [5, 6]);
            data.Add("BatchNorm", new BatchNorm(6), [5, 6]);
            data.Add("BatchNorm of pictures", new BatchNorm(3), [2, 3, 4, 4]);
            data.Add("GroupNorm", new GroupNorm(2, 4), [2, 4, 3, 3]);
            data.Add("Conv1d", new Conv1d(4, 6, 3, stride: 2, padding: 1, groups: 2), [2, 4, 7]);
            data.Add("Conv2d", new Conv2d(4, 3, (3, 2), stride: (1, 2), padding: (1, 0), dilation: (2, 1)), [2, 4, 6, 5]);
            data.Add("Conv2d depthwise", new Conv2d(4, 4, 3, padding: 1, groups: 4), [2, 4, 5, 5]);
            data.Add("ConvTranspose2d", new ConvTranspose2d(4, 3, 3, stride: 2, padding: 1, outputPadding: 1), [2, 4, 3, 3]);
            data.Add("ConvBatchNorm", new ConvBatchNorm(2, 3, 3, stride: 2, padding: 1), [3, 2, 6, 6]);
            data.Add("MaxPool2d", new MaxPool2d(3, stride: 2, padding: 1), [2, 3, 6, 6]);
            data.Add("AveragePool2d", new AveragePool2d(3, stride: 2, padding: 1, countPadding: false), [2, 3, 6, 6]);
            data.Add("AdaptiveAveragePool2d", new AdaptiveAveragePool2d((2, 3)), [2, 3, 5, 7]);
            data.Add("LayerNorm of two axes", new LayerNorm([4, 3]), [5, 4, 3]);
            return data;
        }
    }

    /// <summary>
    /// Along the gradient itself, where it stands out of float32's rounding: (L(θ + εd) − L(θ − εd)) / 2ε = d · g for the input and all parameters together. The
    /// ops' gradients are checked element by element in float64 beside the ops; this checks that a layer hands them what it says.
    /// </summary>
    [Theory, MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void The_loss_changes_along_the_gradient_as_it_says(string name, ILayer layer, Shape shape)
    {
        var x = Tensor.Normal(shape, generator: new Generator(1));
        layer.Initialize(3);
        var parameters = layer.Parameters().Select(p => p.Parameter).ToArray();
        var start = parameters.Select(p => p.Value.Clone()).ToArray();
        Tensor Loss(Tensor input) => layer.Forward(input) is var y ? (y * Tensor.Normal(y.Shape, generator: new Generator(2))).Sum() : input;
        var (_, gradients) = Gradients.Of(() => Loss(x), [x, .. parameters.Select(p => p.Value)]);
        var norm = gradients.Norm();
        var directions = parameters.Select(p => gradients[p] / norm).ToArray();
        var epsilon = 1e-3;
        Assert.Equal(norm, (At(epsilon) - At(-epsilon)) / (2 * epsilon), 0.01 * norm);
        Assert.NotEmpty(name);

        double At(double step)
        {
            for (var i = 0; i < parameters.Length; i++) parameters[i].Set(start[i] + (directions[i] * step));
            using (Mode.Train()) return Loss(x + (gradients[x] * (step / norm))).Item();
        }
    }
}
