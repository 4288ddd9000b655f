namespace Nabla.Tests.Modules;

public sealed partial class ModuleTests
{
    /// <summary>y = x·W + b</summary>
    sealed partial class Dense(int inputs, int outputs, bool bias = true) : ILayer
    {
        public Parameter Weight { get; } = new([inputs, outputs], (shape, generator) => Tensor.Normal(shape, 0, 1, generator));
        public Parameter? Bias { get; } = bias ? new([outputs], (shape, _) => Tensor.Zeros(shape)) : null;
        public ModuleBuffer CallCount { get; } = new(Tensor.Scalar(0, DType.Int64));
        public Tensor Forward(Tensor x) => Bias is null ? x.MatMul(Weight) : x.MatMul(Weight) + Bias;
    }

    sealed partial class Pair : IModule
    {
        public Dense First { get; } = new(2, 3);
        public IReadOnlyList<Dense> Rest { get; } = [new(3, 3, bias: false), new(3, 1)];
    }

    /// <summary>The same pieces put together in another order.</summary>
    sealed partial class Reversed : IModule
    {
        public IReadOnlyList<Dense> Rest { get; } = [new(3, 3, bias: false), new(3, 1)];
        public Dense First { get; } = new(2, 3);
    }

    sealed partial class Shared(Dense dense) : IModule
    {
        public Dense Encoder { get; } = dense;
        public Dense Decoder { get; } = dense;
    }

    [Fact]
    public void Members_have_the_paths_of_their_properties()
    {
        var pair = new Pair();
        Assert.Equal(["first.weight", "first.bias", "rest.0.weight", "rest.1.weight", "rest.1.bias"], pair.Parameters().Select(p => p.Path));
        Assert.Equal(["first.call_count", "rest.0.call_count", "rest.1.call_count"], pair.Buffers().Select(b => b.Path));
        Assert.Equal(6 + 3 + 9 + 3 + 1, pair.ParameterCount());
    }

    [Fact]
    public void A_module_used_twice_is_listed_once() =>
        Assert.Equal(["encoder.weight", "encoder.bias"], new Shared(new Dense(2, 2)).Parameters().Select(p => p.Path));

    [Fact]
    public void First_values_depend_on_seed_and_path_and_not_on_the_order_of_construction_or_use()
    {
        var (pair, reversed, other) = (new Pair().Initialize(5), new Reversed().Initialize(5), new Pair().Initialize(6));
        var late = reversed.Rest[0].Weight.Value.ToArray<float>();
        Assert.Equal(pair.First.Weight.Value.ToArray<float>(), reversed.First.Weight.Value.ToArray<float>());
        Assert.Equal(pair.Rest[0].Weight.Value.ToArray<float>(), late);
        Assert.NotEqual(pair.First.Weight.Value.ToArray<float>(), other.First.Weight.Value.ToArray<float>());
        Assert.NotEqual(pair.Rest[0].Weight.Value.ToArray<float>()[..6], pair.First.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void A_parameter_set_before_its_first_use_is_never_initialised()
    {
        var parameter = new Parameter([2], (_, _) => throw new InvalidOperationException("initialised in vain"));
        parameter.Set(Tensor.From(1f, 2f));
        Assert.Equal([1f, 2f], parameter.Value.ToArray<float>());
    }

    [Fact]
    public void A_parameter_keeps_its_tensor_when_its_value_changes()
    {
        var parameter = new Parameter([2], (shape, _) => Tensor.Zeros(shape));
        var tensor = parameter.Value;
        parameter.Set(Tensor.From(3.0, 4.0));
        Assert.Same(tensor, parameter.Value);
        Assert.Equal([3f, 4f], tensor.ToArray<float>());
    }

    [Fact]
    public void A_parameter_takes_a_view_of_its_own_values()
    {
        var parameter = new Parameter([3, 3], (shape, _) => Tensor.Arange(9).Reshape(shape));
        parameter.Set(parameter.Value.Transpose());
        Assert.Equal([0f, 3, 6, 1, 4, 7, 2, 5, 8], parameter.Value.ToArray<float>());
    }

    [Fact]
    public void Values_of_another_shape_are_refused()
    {
        var parameter = new Parameter([2, 3], (shape, _) => Tensor.Zeros(shape));
        Assert.Contains("[3, 2]", Assert.Throws<ArgumentException>(() => parameter.Set(Tensor.Zeros([3, 2]))).Message, StringComparison.Ordinal);
        var buffer = new ModuleBuffer(Tensor.Zeros([2]));
        Assert.Contains("Float64", Assert.Throws<ArgumentException>(() => buffer.Set(Tensor.Zeros([2], DType.Float64))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_initializer_of_the_wrong_shape_is_named()
    {
        var parameter = new Parameter([2], (_, _) => Tensor.Zeros([3]));
        Assert.Contains("[3]", Assert.Throws<InvalidOperationException>(() => parameter.Value).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_that_use_a_parameter_first_at_once_see_one_value()
    {
        var made = 0;
        var parameter = new Parameter([64], (shape, generator) =>
        {
            Interlocked.Increment(ref made);
            return Tensor.Normal(shape, 0, 1, generator);
        });
        var seen = new Tensor[8];
        Parallel.For(0, seen.Length, i => seen[i] = parameter.Value);
        Assert.Equal(1, made);
        Assert.All(seen, tensor => Assert.Same(seen[0], tensor));
    }

    [Fact]
    public void Gradients_of_a_model_are_those_of_the_parameters_it_used()
    {
        var pair = new Pair().Initialize(1);
        var x = Tensor.From(new float[,] { { 1, 2 }, { 3, 4 } });
        var (_, gradients) = Gradients.Of(() => pair.First.Forward(x).Sum());
        Assert.Equal([4f, 4f, 4f, 6f, 6f, 6f], gradients[pair.First.Weight].ToArray<float>());
        Assert.Equal([2f, 2f, 2f], gradients[pair.First.Bias!].ToArray<float>());
        Assert.Equal(2, gradients.Count);
        Assert.Contains("rest.0.weight", Assert.Throws<KeyNotFoundException>(() => gradients[pair.Rest[0].Weight]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_train_within_a_closure_and_where_a_scope_says_so()
    {
        Assert.False(Mode.IsTraining);
        var within = false;
        Gradients.Of(() =>
        {
            within = Mode.IsTraining;
            using (Mode.Evaluate())
                Assert.False(Mode.IsTraining);
            return Tensor.Scalar(1);
        });
        Assert.True(within);
        using (Mode.Train())
        {
            Assert.True(Mode.IsTraining);
            using (Mode.Evaluate())
                Assert.False(Mode.IsTraining);
            Assert.True(Mode.IsTraining);
        }
        Assert.False(Mode.IsTraining);
    }
}
