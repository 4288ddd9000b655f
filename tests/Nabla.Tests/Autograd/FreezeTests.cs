using Nabla.Checkpoints;
using Nabla.Layers;
using Nabla.Optimizers;

namespace Nabla.Tests.Autograd;

public sealed class FreezeTests
{
    /// <summary>x, unchanged; its gradient throws or is counted.</summary>
    sealed record Probe(Action OnGradient) : Nabla.Ops.UnaryOp
    {
        public override Tensor Compose(Tensor x) => x * 1;

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy)
        {
            OnGradient();
            return dy;
        }
    }

    static readonly Tensor Inputs = Tensor.Normal([5, 4], generator: new Generator(3));

    static Sequential Net(ulong seed = 1) =>
        new Sequential(new Linear(4, 6), new Tanh(), new Linear(6, 6), new Tanh(), new Linear(6, 3)).Initialize(seed);

    static Parameter[] Of(IModule module) => [.. module.Parameters().Select(member => member.Parameter)];

    static float[] Values(IModule module) => [.. Of(module).SelectMany(parameter => parameter.Value.ToArray<float>())];

    [Fact]
    public void The_backward_pass_ends_above_the_frozen_layers()
    {
        var (bottom, top) = (new Linear(4, 6).Initialize(1), new Linear(6, 3).Initialize(2));
        var calls = 0;
        Tensor Loss() => top.Forward(new Probe(() => calls++).Apply(bottom.Forward(Inputs))).Square().Mean();
        Gradients.Of(Loss);
        Assert.Equal(1, calls);
        bottom.Freeze();
        var (_, gradients) = Gradients.Of(Loss);
        Assert.Equal((1, 2), (calls, gradients.Count));
        Gradients.Of(Loss, Of(top));
        Assert.Equal(1, calls);
        bottom.Unfreeze();
        Gradients.Of(Loss);
        Assert.Equal(2, calls);
    }

    [Fact]
    public void What_leads_only_to_frozen_parameters_is_not_recorded()
    {
        var net = Net();
        net[0].Freeze();
        net[2].Freeze();
        var made = new List<Tensor>();
        Gradients.Of(() =>
        {
            var x = Inputs;
            foreach (var layer in net) made.Add(x = layer.Forward(x));
            Assert.Equal([false, false, false, false, true], made.Select(tensor => tensor.Creator is not null));
            return x.Mean();
        });
    }

    [Fact]
    public void A_frozen_layer_in_the_middle_passes_the_gradient_through()
    {
        var (free, frozen) = (Net(), Net());
        frozen[2].Freeze();
        var (_, all) = Gradients.Of(() => free.Forward(Inputs).Square().Mean());
        var (_, some) = Gradients.Of(() => frozen.Forward(Inputs).Square().Mean());
        Assert.Equal((6, 4), (all.Count, some.Count));
        foreach (var i in new[] { 0, 1, 4, 5 }) Assert.Equal(all[Of(free)[i]].ToArray<float>(), some[Of(frozen)[i]].ToArray<float>());
    }

    [Fact]
    public void An_optimizer_skips_frozen_parameters_and_keeps_their_state()
    {
        var net = Net();
        var optimizer = new AdamW(net, 0.1);
        void Step() => optimizer.Step(Gradients.Of(() => net.Forward(Inputs).Square().Mean()).Gradients);
        Step();
        net[0].Freeze();
        Dictionary<string, double[]> State() =>
            optimizer.State.ToDictionary(entry => entry.Key, entry => entry.Value.To(DType.Float64).ToArray<double>());
        var (before, state) = (Values(net[0]), State());
        Step();
        Step();
        Assert.Equal(before, Values(net[0]));
        var after = State();
        Assert.Equal(state.Keys, after.Keys);
        foreach (var name in state.Keys.Where(name => name.StartsWith("0.", StringComparison.Ordinal)))
            Assert.Equal(state[name], after[name]);
        Assert.Equal([3.0], after["2.weight.step"]);
        Assert.Equal(4, optimizer.Parameters.Count);
        net[0].Unfreeze();
        Step();
        Assert.NotEqual(before, Values(net[0]));
        Assert.Equal(2, optimizer.State.Single(entry => entry.Key == "0.weight.step").Value.Item());
    }

    [Fact]
    public void A_parameter_frozen_after_its_gradient_was_taken_stays_as_it_is()
    {
        var net = Net();
        var (_, gradients) = Gradients.Of(() => net.Forward(Inputs).Square().Mean());
        net[0].Freeze();
        var before = Values(net[0]);
        new SGD(net, 0.1).Step(gradients);
        Assert.Equal(before, Values(net[0]));
    }

    [Fact]
    public void Asking_for_the_gradient_of_a_frozen_parameter_is_an_error_that_names_it()
    {
        var net = Net();
        net[2].Freeze();
        var weight = Of(net)[2];
        Tensor Loss() => net.Forward(Inputs).Mean();
        var error = Assert.Throws<ArgumentException>(() => Gradients.Of(Loss, Of(net)));
        Assert.Contains("parameter 2.weight [6, 6] is frozen", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => Gradients.Of(Loss, weight.Value));
        Assert.Contains("[6, 6] is the value of a frozen parameter", error.Message, StringComparison.Ordinal);
        var (_, gradients) = Gradients.Of(Loss);
        Assert.Contains("is frozen", Assert.Throws<KeyNotFoundException>(() => gradients[weight]).Message, StringComparison.Ordinal);
        Assert.Equal(4, Gradients.Of(Loss, new SGD(net, 0.1).Parameters).Gradients.Count);
    }

    [Fact]
    public void Freezing_inside_a_closure_is_refused()
    {
        var net = Net();
        var error = Assert.Throws<InvalidOperationException>(() => Gradients.Of(() => net.Freeze().Forward(Inputs).Mean()));
        Assert.Contains("before the closure", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Of(net), parameter => parameter.IsFrozen);
    }

    [Fact]
    public void A_parameter_stays_frozen_when_it_gets_its_value_or_another_type()
    {
        var net = Net().Freeze();
        Assert.All(Of(net), parameter => Assert.True(parameter.IsFrozen && parameter.Value.IsFrozen));
        net.To(DType.Float64);
        Assert.All(Of(net), parameter => Assert.True(parameter.Value.IsFrozen));
        Assert.Empty(Gradients.Of(() => net.Forward(Inputs.To(DType.Float64)).Mean()).Gradients);
        net.To(DType.Float32).Unfreeze();
        Assert.Equal(6, Gradients.Of(() => net.Forward(Inputs).Mean()).Gradients.Count);
    }

    [Fact]
    public void Checkpoints_hold_frozen_parameters()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        try
        {
            var (saved, loaded) = (Net(1), Net(2).Freeze());
            saved[0].Freeze();
            Checkpoint.Save(saved, path);
            Checkpoint.Load(loaded, path);
            Assert.Equal(Values(saved), Values(loaded));
            Assert.All(Of(loaded), parameter => Assert.True(parameter.IsFrozen));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Batch_statistics_and_dropout_do_not_depend_on_freezing()
    {
        var (norm, head) = (new BatchNorm(4).Freeze(), new Linear(4, 2).Initialize(1));
        Gradients.Of(() => head.Forward(norm.Forward(Inputs)).Mean());
        Assert.Contains(norm.Buffers(), member => member.Buffer.Value.To(DType.Float64).Abs().Sum().Item() > 0);
        Gradients.Of(() =>
        {
            var dropped = new Dropout(0.5).Forward(norm.Forward(Inputs));
            Assert.Contains(0f, dropped.ToArray<float>());
            return head.Forward(dropped).Mean();
        });
    }

    [Fact]
    public void A_shared_parameter_is_frozen_wherever_it_is_used()
    {
        var embedding = new Embedding(7, 4).Initialize(1);
        embedding.Freeze();
        var scale = Tensor.Ones([4]);
        Tensor Loss() => (Tensor.From(1L, 2L).Embedding(embedding.Weight) * scale).Linear(embedding.Weight).Mean();
        Assert.Single(Gradients.Of(Loss, scale).Gradients);
        Assert.Empty(Gradients.Of(Loss).Gradients);
    }
}
