using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Schedules;

namespace Nabla.Tests.Optimizers;

public sealed class ParameterGroupTests
{
    const double Rate = 5e-5, Decay = 0.01;

    /// <summary>Embeddings, two layers and a head, as a Transformer has them.</summary>
    sealed class Encoder : IModule
    {
        public Embedding Words { get; } = new(7, 4);

        public Sequential[] Layers { get; } = [new(new Linear(4, 4), new LayerNorm([4])), new(new Linear(4, 4), new LayerNorm([4]))];

        public Linear Head { get; } = new(4, 2);

        public void Describe(Members members)
        {
            members.Add("words", Words);
            members.Add("layers", Layers);
            members.Add("head", Head);
        }
    }

    static Dictionary<string, double[]> Values(IModule model) =>
        model.Parameters().ToDictionary(member => member.Path, member => member.Parameter.Value.To(DType.Float64).ToArray<double>());

    /// <summary>Gradients of one number each.</summary>
    static Gradients Even(Encoder model, double number) =>
        Gradients.Of(() => model.Parameters().Aggregate(Tensor.Scalar(0, DType.Float64), (sum, member) =>
            sum + (member.Parameter.Value.To(DType.Float64) * number).Sum())).Gradients;

    /// <summary>What one step does where all gradients are 1: SGD moves a parameter by its rate.</summary>
    static Dictionary<string, double> Moved(Encoder model, Optimizer optimizer)
    {
        var before = Values(model);
        optimizer.Step(Even(model, 1));
        return Values(model).ToDictionary(entry => entry.Key, entry => before[entry.Key][0] - entry.Value[0]);
    }

    [Fact]
    public void Biases_and_normalisation_have_no_weight_decay()
    {
        var model = new Encoder().Initialize(1).To(DType.Float64);
        foreach (var (_, parameter) in model.Parameters()) parameter.Set(parameter.Value + 0.5);
        var optimizer = new AdamW(ParameterGroup.ForFineTuning(model), 0.1) { WeightDecay = 0.5 };
        var before = Values(model);
        optimizer.Step(Even(model, 0));
        var undecayed = Values(model).Where(entry => entry.Value.SequenceEqual(before[entry.Key])).Select(entry => entry.Key);
        Assert.Equal(
            [
                "head.bias", "layers.0.0.bias", "layers.0.1.bias", "layers.0.1.weight",
                "layers.1.0.bias", "layers.1.1.bias", "layers.1.1.weight",
            ],
            undecayed.Order(StringComparer.Ordinal));
        Assert.Equal(before["words.weight"][0] * 0.95, model.Words.Weight.Value.ToArray<double>()[0], 1e-15);
    }

    [Fact]
    public void Lower_layers_have_lower_rates()
    {
        var model = new Encoder().Initialize(1).To(DType.Float64);
        var moved = Moved(model, new SGD(ParameterGroup.ForFineTuning(model, "layers", 0.5), 1));
        static double Expected(string path) => path switch
        {
            "words.weight" => 0.125,
            _ when path.StartsWith("layers.0.", StringComparison.Ordinal) => 0.25,
            _ when path.StartsWith("layers.1.", StringComparison.Ordinal) => 0.5,
            _ => 1,
        };
        foreach (var (path, rate) in moved) Assert.Equal(Expected(path), rate, 1e-12);
    }

    [Fact]
    public void Depths_can_be_given()
    {
        var model = new Encoder().Initialize(1).To(DType.Float64);
        static int Depth(string path) => path.StartsWith("head", StringComparison.Ordinal) ? 0 : 2;
        var moved = Moved(model, new SGD(ParameterGroup.ForFineTuning(model, Depth, 0.1), 1));
        Assert.Equal(0.01, moved["words.weight"], 1e-12);
        Assert.Equal(1, moved["head.bias"], 1e-12);
    }

    [Fact]
    public void Layers_that_do_not_exist_are_refused_with_a_path_that_does()
    {
        var error = Assert.Throws<ArgumentException>(() => ParameterGroup.ForFineTuning(new Encoder(), "encoder.layers", 0.9));
        Assert.Contains("layers.0.0.weight", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ParameterGroup.ForFineTuning(new Encoder(), "layers", 0));
    }

    [Fact]
    public void The_state_of_groups_has_the_names_of_one_group()
    {
        static IEnumerable<string> Names(Encoder model, Optimizer optimizer)
        {
            Moved(model, optimizer);
            return optimizer.State.Select(entry => entry.Key).Order(StringComparer.Ordinal);
        }
        var (one, many) = (new Encoder().Initialize(1), new Encoder().Initialize(1));
        Assert.Equal(Names(one, new AdamW(one)), Names(many, new AdamW(ParameterGroup.ForFineTuning(many, "layers", 0.9))));
    }

    [Fact]
    public void A_factor_of_a_groups_own_applies_to_assigned_rates_and_to_schedules()
    {
        Parameter Zero() => new([1], Nabla.Initializers.Initialize.Zeros);
        var (plain, scheduled) = (Zero(), Zero());
        ParameterGroup own = new([scheduled]) { LearningRateFactor = 2, ScheduleFactor = step => step == 0 ? 0 : 1.0 / step };
        var optimizer = new SGD([new([plain]), own], 1);
        void Step() => optimizer.Step(Gradients.Of(() => -(plain.Value + scheduled.Value).Sum()).Gradients);
        Step();
        Assert.Equal((1, 0), (plain.Value.Item(), scheduled.Value.Item()));
        optimizer.LearningRate = 4;
        Step();
        Assert.Equal((5, 8), (plain.Value.Item(), scheduled.Value.Item()));
        optimizer.Schedule = new Constant(16);
        Step();
        Assert.Equal((21, 24), (plain.Value.Item(), scheduled.Value.Item()));
    }

    [Fact]
    public void A_factor_below_0_is_refused()
    {
        var parameter = new Parameter([1], Nabla.Initializers.Initialize.Zeros);
        var optimizer = new SGD([new([parameter]) { ScheduleFactor = _ => -1 }], 1);
        var (_, gradients) = Gradients.Of(() => parameter.Value.Sum());
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Step(gradients));
        Assert.Equal("ScheduleFactor", error.ParamName);
    }

    /// <summary>torch.optim.AdamW, step by step in the order of its operations, over the 60 steps of a fine-tuning.</summary>
    [Fact]
    public void Sixty_steps_with_warm_up_and_clipping_follow_the_formulas_of_PyTorch()
    {
        var parameter = new Parameter([3], (_, _) => Tensor.From(0.3, -1.2, 0.05));
        parameter.To(DType.Float64);
        var optimizer = new AdamW([parameter], Rate) { WeightDecay = Decay, Schedule = new LinearWithWarmUp(Rate, 6, 60) };
        double[] p = [0.3, -1.2, 0.05], mean = new double[3], square = new double[3];
        for (var t = 1; t <= 60; t++)
        {
            var step = t;
            Tensor Loss() => (parameter.Value * Tensor.From(Math.Sin(step), 3 * Math.Cos(step), 0.5)).Sum();
            var clipped = Gradients.Of(Loss).Gradients.ClipNorm(1, out var norm);
            optimizer.Step(clipped);

            double[] g = [Math.Sin(t), 3 * Math.Cos(t), 0.5];
            var total = Math.Sqrt(g.Sum(x => x * x));
            Assert.Equal(total, norm, 1e-12);
            var rate = Rate * (t - 1 < 6 ? (t - 1) / 6.0 : (60 - (t - 1)) / 54.0);
            for (var i = 0; i < 3; i++)
            {
                g[i] *= Math.Min(1, 1 / (total + 1e-6));
                p[i] *= 1 - (rate * Decay);
                mean[i] += (g[i] - mean[i]) * (1 - 0.9);
                square[i] = (square[i] * 0.999) + ((1 - 0.999) * g[i] * g[i]);
                var denominator = (Math.Sqrt(square[i]) / Math.Sqrt(1 - Math.Pow(0.999, t))) + 1e-8;
                p[i] -= rate / (1 - Math.Pow(0.9, t)) * (mean[i] / denominator);
                Assert.Equal(p[i], parameter.Value.ToArray<double>()[i], 1e-15);
            }
        }
    }
}
