using Nabla.Backends.Cpu;
using Nabla.Checkpoints;
using Nabla.Optimizers;
using Nabla.Schedules;

namespace Nabla.Tests.Optimizers;

sealed partial class TwoVectors : IModule
{
    public Parameter Weight { get; } = new([3], (shape, _) => Tensor.Ones(shape));
    public Parameter Bias { get; } = new([2], (shape, _) => Tensor.Ones(shape));
}

public class OptimizerTests
{
    static Gradients Pull(params Parameter[] parameters) =>
        Gradients.Of(() => parameters.Aggregate(Tensor.Scalar(0), (sum, parameter) => sum + parameter.Value.Sum())).Gradients;

    static Parameter Vector(int length, ulong seed = 1) => new([length], (shape, _) => Tensor.Normal(shape, generator: new Generator(seed)));

    public static TheoryData<string> All => ["SGD", "Adam", "AdamW", "Amsgrad", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam"];

    static Optimizer Make(string name, params IEnumerable<Parameter> parameters)
    {
        ParameterGroup[] groups = [new(parameters)];
        return name switch
        {
            "SGD" => new SGD(groups) { Momentum = 0.9, WeightDecay = 0.1 },
            "Adam" => new Adam(groups),
            "AdamW" => new AdamW(groups),
            "Amsgrad" => new Adam(groups) { Amsgrad = true },
            "RMSprop" => new RMSprop(groups) { Centered = true, Momentum = 0.5 },
            "Adagrad" => new Adagrad(groups),
            "Adadelta" => new Adadelta(groups),
            "Adamax" => new Adamax(groups),
            "NAdam" => new NAdam(groups),
            _ => new RAdam(groups),
        };
    }

    [Theory, MemberData(nameof(All))]
    public void Each_element_moves_alone_whatever_its_place_and_the_number_of_threads(string name)
    {
        // Lengths about the registers', the chunks' and none.
        int[] lengths = [1, 15, 16, 17, 33, 16384, 16385, 40000, 7];
        var one = Train(1);
        var two = Train(2);
        for (var i = 0; i < lengths.Length; i++)
        {
            Assert.Equal(one[i], two[i]);
            // Every element starts at its index modulo 7 and has gradients that depend on it alone: equal indices give equal bits.
            for (var j = 7; j < lengths[i]; j++) Assert.Equal(one[i][j - 7], one[i][j]);
        }

        float[][] Train(int threads)
        {
            var before = ThreadTeam.Threads;
            ThreadTeam.Threads = threads;
            try
            {
                var parameters = lengths.Select(length => new Parameter([length], (shape, _) => Sevens(length))).ToArray();
                var optimizer = Make(name, parameters);
                for (var step = 0; step < 3; step++)
                    optimizer.Step(Gradients.Of(() => parameters.Aggregate(Tensor.Scalar(0), (sum, p) => sum + p.Value.Square().Sum())).Gradients);
                return [.. parameters.Select(p => p.Value.ToArray<float>())];
            }
            finally
            {
                ThreadTeam.Threads = before;
            }
        }

        static Tensor Sevens(int length) => Tensor.From([.. Enumerable.Range(0, length).Select(i => 0.5f + (i % 7))], [length]);
    }

    [Theory, MemberData(nameof(All))]
    public void A_restored_state_goes_on_with_the_same_bits(string name)
    {
        var first = Vector(20);
        var optimizer = Make(name, first);
        for (var step = 0; step < 4; step++) optimizer.Step(Pull(first));
        var second = Vector(20, 2);
        second.Set(first);
        var restored = Make(name, second);
        restored.Load(optimizer.State.ToArray());
        Assert.Equal(optimizer.StepCount, restored.StepCount);
        for (var step = 0; step < 3; step++)
        {
            optimizer.Step(Pull(first));
            restored.Step(Pull(second));
        }
        Assert.Equal(first.Value.ToArray<float>(), second.Value.ToArray<float>());
    }

    [Fact]
    public void Training_goes_on_from_files_as_if_it_had_not_stopped()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var (model, weights, state) = (new TwoVectors(), Path.Combine(folder.FullName, "model.safetensors"), Path.Combine(folder.FullName, "optimizer.safetensors"));
            var optimizer = new NAdam(model) { Schedule = new CosineDecay(0.1, 20) };
            for (var step = 0; step < 4; step++) optimizer.Step(Pull(model.Weight, model.Bias));
            Checkpoint.Save(model, weights);
            Safetensors.Save(state, optimizer.State);
            for (var step = 0; step < 4; step++) optimizer.Step(Pull(model.Weight, model.Bias));
            var again = new TwoVectors();
            Checkpoint.Load(again, weights);
            var resumed = new NAdam(again) { Schedule = new CosineDecay(0.1, 20) };
            using (var file = Safetensors.Open(state)) resumed.Load(file.Tensors.Select(stored => KeyValuePair.Create(stored.Name, file[stored.Name])));
            for (var step = 0; step < 4; step++) resumed.Step(Pull(again.Weight, again.Bias));
            Assert.Equal(model.Weight.Value.ToArray<float>(), again.Weight.Value.ToArray<float>());
            Assert.Equal(model.Bias.Value.ToArray<float>(), again.Bias.Value.ToArray<float>());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void State_is_named_by_the_parameters_paths_and_does_not_change_afterwards()
    {
        var model = new TwoVectors();
        var optimizer = new Adam(model);
        optimizer.Step(Pull(model.Weight, model.Bias));
        var state = optimizer.State.ToDictionary();
        Assert.Equal(["bias.mean", "bias.square", "bias.step", "learning_rate", "step", "weight.mean", "weight.square", "weight.step"], state.Keys.Order(StringComparer.Ordinal));
        var before = state["weight.mean"].ToArray<float>();
        Assert.Equal(0.1f, before[0], 1e-6f);
        optimizer.Step(Pull(model.Weight, model.Bias));
        Assert.Equal(before, state["weight.mean"].ToArray<float>());
    }

    [Fact]
    public void A_state_that_does_not_fit_is_refused_whole_with_every_fault()
    {
        var model = new TwoVectors();
        var optimizer = new Adam(model);
        optimizer.Step(Pull(model.Weight, model.Bias));
        var state = optimizer.State.Where(entry => entry.Key != "weight.square").Append(new("extra", Tensor.Scalar(1)))
            .Select(entry => entry.Key == "bias.mean" ? new(entry.Key, Tensor.Zeros([3])) : entry);
        var error = Assert.Throws<ArgumentException>(() => new Adam(model).Load(state));
        Assert.Contains("weight.square [3] is missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("bias.mean has shape [3], [2] is needed", error.Message, StringComparison.Ordinal);
        Assert.Contains("extra is not expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_have_their_own_rate_and_decay()
    {
        var model = new TwoVectors();
        var optimizer = new SGD(
            [new(model, path => path != "bias"), new(model, path => path == "bias") { LearningRateFactor = 10, WeightDecay = 0 }], 0.01) { WeightDecay = 0.5 };
        optimizer.Step(Pull(model.Weight, model.Bias));
        Assert.Equal(1 - (0.01 * 1.5), model.Weight.Value[0].Item(), 1e-6);
        Assert.Equal(1 - 0.1, model.Bias.Value[0].Item(), 1e-6);
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays_and_its_steps_are_not_counted()
    {
        var model = new TwoVectors();
        var optimizer = new Adam(model, 0.01);
        for (var step = 0; step < 5; step++) optimizer.Step(Pull(model.Weight));
        Assert.Equal([1f, 1f], model.Bias.Value.ToArray<float>());
        // Adam's first step is as long as the learning rate, whenever it is taken.
        optimizer.Step(Pull(model.Weight, model.Bias));
        Assert.Equal(0.99, model.Bias.Value[0].Item(), 1e-6);
    }

    [Fact]
    public void Making_an_optimizer_gives_the_parameters_their_paths()
    {
        var model = new TwoVectors();
        _ = new Adam(model);
        Assert.Equal("weight", model.Weight.Path);
        Assert.False(model.Weight.HasValue);
    }

    [Fact]
    public void What_was_derived_from_a_parameter_is_dropped_when_it_changes()
    {
        var parameter = Vector(4);
        var version = parameter.Value.Storage.Version;
        parameter.Value.Storage.Derived = new object();
        new SGD([parameter]).Step(Pull(parameter));
        Assert.NotEqual(version, parameter.Value.Storage.Version);
        Assert.Null(parameter.Value.Storage.Derived);
    }

    [Fact]
    public void Gradients_may_be_views()
    {
        var parameter = new Parameter([2, 3], (shape, _) => Tensor.Zeros(shape));
        var upstream = Tensor.Arange(6).Reshape(3, 2).Transpose();
        new SGD([parameter], 1).Step(Gradients.Of(() => (parameter.Value.Transpose() * upstream.Transpose()).Sum()).Gradients);
        Assert.Equal([0f, -2f, -4f, -1f, -3f, -5f], parameter.Value.ToArray<float>());
    }

    [Fact]
    public void A_gradient_of_a_strange_parameter_is_refused_with_the_remedy()
    {
        var (own, strange) = (Vector(3), Vector(5));
        var optimizer = new SGD([own]);
        var error = Assert.Throws<ArgumentException>(() => optimizer.Step(Pull(own, strange)));
        Assert.Contains("1 of 2 gradients, the first of shape [5]", error.Message, StringComparison.Ordinal);
        Assert.Contains("optimizer.Parameters", error.Message, StringComparison.Ordinal);
        var before = strange.Value.ToArray<float>();
        optimizer.Step(Gradients.Of(() => own.Value.Sum() + strange.Value.Sum(), optimizer.Parameters).Gradients);
        Assert.Equal(before, strange.Value.ToArray<float>());
    }

    [Fact]
    public void A_step_inside_the_closure_is_refused()
    {
        var parameter = Vector(3);
        var optimizer = new SGD([parameter]);
        var gradients = Pull(parameter);
        Assert.Throws<InvalidOperationException>(() => Gradients.Of(() =>
        {
            optimizer.Step(gradients);
            return parameter.Value.Sum();
        }));
    }

    [Theory, InlineData(-1e-3), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void Impossible_learning_rates_are_refused(double rate)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([Vector(2)], rate));
        var optimizer = new Adam([Vector(2)]);
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.LearningRate = rate);
        var scheduled = new Adam([Vector(2)]) { Schedule = new Constant(rate) };
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduled.Step(Pull()));
    }

    [Fact]
    public void Impossible_settings_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([Vector(2)]) { Beta1 = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([Vector(2)]) { WeightDecay = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup([Vector(2)]) { LearningRateFactor = double.NaN });
        Assert.Throws<ArgumentException>(() => new Adam(Array.Empty<ParameterGroup>()));
        var twice = Vector(2);
        Assert.Throws<ArgumentException>(() => new Adam([twice, twice]));
        Assert.Throws<InvalidOperationException>(() => new SGD([Vector(2)]) { Nesterov = true }.Step(Pull()));
    }

    [Fact]
    public void NaN_gradients_spread_to_the_parameter_and_no_further()
    {
        var (sick, healthy) = (Vector(20), Vector(20, 2));
        var optimizer = new Adam([sick, healthy]);
        optimizer.Step(Gradients.Of(() => (sick.Value * double.NaN).Sum() + healthy.Value.Sum()).Gradients);
        Assert.All(sick.Value.ToArray<float>(), x => Assert.True(float.IsNaN(x)));
        Assert.All(healthy.Value.ToArray<float>(), x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void A_schedule_sets_the_rate_of_each_step()
    {
        var parameter = new Parameter([1], (shape, _) => Tensor.Zeros(shape));
        var optimizer = new SGD([parameter], 7) { Schedule = new StepDecay(1, every: 2, factor: 0.5) };
        Assert.Equal(1, optimizer.LearningRate);
        for (var step = 0; step < 4; step++) optimizer.Step(Pull(parameter));
        Assert.Equal(-3, parameter.Value.Item());
        optimizer.LearningRate = 10;
        optimizer.Step(Pull(parameter));
        Assert.Equal(-13, parameter.Value.Item());
    }

    [Fact]
    public void What_a_plateau_has_seen_is_part_of_the_state()
    {
        var parameter = Vector(3);
        var (first, second) = (new Plateau(1, 0.5, patience: 1), new Plateau(1, 0.5, patience: 1));
        var optimizer = new SGD([parameter]) { Schedule = first.WarmUp(2) };
        foreach (var loss in (double[])[3, 3, 3, 3]) first.Report(loss);
        new SGD([parameter]) { Schedule = second.WarmUp(2) }.Load(optimizer.State);
        Assert.Equal(0.5, second.At(0));
        second.Report(3);
        Assert.Equal(0.25, second.At(0));
    }

    [Fact]
    public void Norm_of_gradients_is_the_same_for_any_number_of_threads()
    {
        var parameters = new[] { Vector(50_000), Vector(3, 2), Vector(20_000, 3) };
        var (_, gradients) = Gradients.Of(() => parameters.Aggregate(Tensor.Scalar(0), (sum, p) => sum + p.Value.Square().Sum()));
        var exact = 2 * Math.Sqrt(parameters.Sum(p => p.Value.ToArray<float>().Sum(x => (double)x * x)));
        var before = ThreadTeam.Threads;
        var norms = new[] { 1, 2, 3 }.Select(threads =>
        {
            ThreadTeam.Threads = threads;
            return gradients.Norm();
        }).ToArray();
        ThreadTeam.Threads = before;
        Assert.Equal(exact, norms[0], 1e-6 * exact);
        Assert.Equal(norms[0], norms[1]);
        Assert.Equal(norms[0], norms[2]);
        var clipped = gradients.ClipNorm(1, out var norm);
        Assert.Equal(norms[0], norm);
        Assert.Equal(1, clipped.Norm(), 1e-6);
        Assert.Same(gradients, gradients.ClipNorm(2 * norm));
        Assert.All(gradients.ClipValue(0.5), pair => Assert.True(pair.Value.Abs().Max().Item() <= 0.5));
    }
}
