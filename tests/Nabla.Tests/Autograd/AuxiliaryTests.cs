using Nabla.Layers;

namespace Nabla.Tests.Autograd;

public sealed class AuxiliaryTests
{
    static readonly Tensor Inputs = Tensor.Normal([64, 40], generator: new Generator(3));

    static Sequential Net() => new Sequential(new Linear(40, 64), new Tanh(), new Linear(64, 30)).Initialize(1);

    [Fact]
    public void Outputs_come_from_the_forward_pass_of_the_loss()
    {
        var (net, passes) = (Net(), 0);
        var (loss, (logits, hidden, text), gradients) = Gradients.Of(() =>
        {
            passes++;
            var inner = net[1].Forward(net[0].Forward(Inputs));
            var y = net[2].Forward(inner);
            return (y.Square().Mean(), (y, inner, "any type"));
        });
        var (plainLoss, plain) = Gradients.Of(() => net.Forward(Inputs).Square().Mean());
        Assert.Equal((1, "any type"), (passes, text));
        Assert.Equal(plainLoss.Item(), loss.Item());
        Assert.Equal(net.Forward(Inputs).ToArray<float>(), logits.ToArray<float>());
        Assert.Equal(net[1].Forward(net[0].Forward(Inputs)).ToArray<float>(), hidden.ToArray<float>());
        foreach (var (_, parameter) in net.Parameters())
            Assert.Equal(plain[parameter].ToArray<float>(), gradients[parameter].ToArray<float>());
    }

    [Fact]
    public void Outputs_stay_valid_while_later_steps_reuse_the_memory_of_the_backward_pass()
    {
        var net = Net();
        var kept = new List<Tensor>();
        float[] expected = net.Forward(Inputs).ToArray<float>();
        for (var step = 0; step < 20; step++)
        {
            var (_, logits, _) = Gradients.Of(() =>
            {
                var y = net.Forward(Inputs);
                return (y.LogSoftmax().Exp().Square().Sum(), y);
            });
            kept.Add(logits);
        }
        Assert.All(kept, logits => Assert.Equal(expected, logits.ToArray<float>()));
    }

    [Fact]
    public void Outputs_are_detached()
    {
        var net = Net();
        var (_, logits, _) = Gradients.Of(() =>
        {
            var y = net.Forward(Inputs);
            return (y.Mean(), y);
        });
        Assert.Null(logits.Creator);
        Assert.Empty(Gradients.Of(() => logits.Square().Mean()).Gradients);
    }

    [Fact]
    public void An_outer_closure_differentiates_the_outputs_of_an_inner_one()
    {
        var x = Tensor.From(0.5, -1.5, 2.0);
        var (_, gradients) = Gradients.Of(() =>
        {
            var (_, cube, inner) = Gradients.Of(() => (x.Square().Sum(), x.Pow(3)), x);
            return (cube + inner[x]).Sum();
        }, x);
        Assert.Equal([2.75, 8.75, 14.0], gradients[x].ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Sources_and_parameters_can_be_named()
    {
        var net = Net();
        var weight = net.Parameters()[0].Parameter;
        var (_, _, byTensor) = Gradients.Of(() => (net.Forward(Inputs).Mean(), 0), weight.Value);
        var (_, _, byParameter) = Gradients.Of(() => (net.Forward(Inputs).Mean(), 0), [weight]);
        Assert.Equal((1, 1), (byTensor.Count, byParameter.Count));
        Assert.Equal(byTensor[weight].ToArray<float>(), byParameter[weight].ToArray<float>());
    }

    [Fact]
    public void A_loss_of_several_numbers_is_refused_with_the_remedy()
    {
        var error = Assert.Throws<ArgumentException>(() => Gradients.Of(() => (Inputs, Inputs)));
        Assert.Contains(".Mean()", error.Message, StringComparison.Ordinal);
    }
}
