using System.Text.Json;
using Nabla.Optimizers;

namespace Nabla.Tests.Optimizers;

public class OptimizerReferenceTests
{
    public static TheoryData<string> Optimizers => [.. Reference.Cases("optimizers").Where(c => c.Has("trajectory")).Select(c => c.Name)];

    [Theory, MemberData(nameof(Optimizers))]
    public void Twenty_five_steps_follow_PyTorch(string name) => Follow(name, DType.Float32, 2e-6);

    /// <summary>The reference values were computed in float64; they, the start and the gradients are stored in float32.</summary>
    [Theory, MemberData(nameof(Optimizers))]
    public void In_float64_they_follow_PyTorch_to_the_rounding_of_what_is_stored(string name) => Follow(name, DType.Float64, 2e-7);

    static void Follow(string name, DType dtype, double tolerance)
    {
        var reference = Reference.Case("optimizers", name);
        var (start, gradients, trajectory) = (reference["start"], reference["gradients"].To(dtype), reference["trajectory"]);
        var parameter = new Parameter(start.Shape, (_, _) => start);
        parameter.To(dtype);
        var optimizer = Make(reference, parameter);
        for (var step = 0; step < gradients.Shape[0]; step++)
        {
            var gradient = gradients[step];
            optimizer.Step(Gradients.Of(() => (parameter * gradient).Sum()).Gradients);
            Reference.AssertClose(trajectory[step], parameter, $"{name}, step {step}", tolerance);
        }
    }

    static Optimizer Make(ReferenceCase c, Parameter p)
    {
        var (rate, decay) = (c.Number("lr"), c.Number("weight_decay"));
        var (beta1, beta2) = c.Attributes.TryGetProperty("betas", out var betas) ? (betas[0].GetDouble(), betas[1].GetDouble()) : (0.9, 0.999);
        return c.Op switch
        {
            "SGD" => new SGD([p], rate) { WeightDecay = decay, Momentum = c.Number("momentum"), Nesterov = c.Flag("nesterov") },
            "Adam" => new Adam([p], rate) { WeightDecay = decay, Beta1 = beta1, Beta2 = beta2, Amsgrad = c.Flag("amsgrad") },
            "AdamW" => new AdamW([p], rate) { WeightDecay = decay, Beta1 = beta1, Beta2 = beta2, Epsilon = c.Number("eps", 1e-8) },
            "RMSprop" => new RMSprop([p], rate) { Alpha = c.Number("alpha", 0.99), Momentum = c.Number("momentum") },
            "Adagrad" => new Adagrad([p], rate),
            "Adadelta" => new Adadelta([p], rate),
            "Adamax" => new Adamax([p], rate),
            "NAdam" => new NAdam([p], rate),
            "RAdam" => new RAdam([p], rate),
            _ => throw new NotSupportedException(c.Op),
        };
    }

    [Fact]
    public void Clipping_by_norm_follows_PyTorch()
    {
        var reference = Reference.Case("optimizers", "clip_norm");
        Tensor[] parameters = [Tensor.Zeros(reference["grad0"].Shape), Tensor.Zeros(reference["grad1"].Shape)];
        var (_, gradients) = Gradients.Of(() => (parameters[0] * reference["grad0"]).Sum() + (parameters[1] * reference["grad1"]).Sum(), parameters);
        var clipped = gradients.ClipNorm(reference.Number("max"), out var norm);
        Assert.Equal(reference["total"].Item(), norm, 1e-5);
        for (var i = 0; i < 2; i++) Reference.AssertClose(reference[$"clipped{i}"], clipped[parameters[i]], $"clipped{i}", 1e-6);
    }

    /// <summary>The formulas of the classes once more, in float64 and without state arrays in between: what the reference values do not vary.</summary>
    [Fact]
    public void Centered_RMSprop_divides_by_the_deviation()
    {
        var (p, square, mean) = (0.5, 0.0, 0.0);
        var parameter = Of(0.5f);
        var optimizer = new RMSprop([parameter], 0.01) { Centered = true, WeightDecay = 0.1 };
        for (var step = 1; step <= 10; step++)
        {
            var g = Math.Sin(step) + (0.1 * p);
            square = (0.99 * square) + (0.01 * g * g);
            mean = (0.99 * mean) + (0.01 * g);
            p -= 0.01 * g / (Math.Sqrt(square - (mean * mean)) + 1e-8);
            Push(optimizer, parameter, Math.Sin(step));
            Assert.Equal(p, parameter.Value.Item(), 1e-5);
        }
    }

    [Fact]
    public void Dampening_leaves_out_a_share_of_every_gradient_but_the_first()
    {
        var (p, direction) = (0.5, 0.0);
        var parameter = Of(0.5f);
        var optimizer = new SGD([parameter], 0.1) { Momentum = 0.9, Dampening = 0.25 };
        for (var step = 1; step <= 5; step++)
        {
            direction = step == 1 ? step : (0.9 * direction) + (0.75 * step);
            p -= 0.1 * direction;
            Push(optimizer, parameter, step);
            Assert.Equal(p, parameter.Value.Item(), 1e-5);
        }
    }

    [Fact]
    public void Adagrad_lets_its_rate_fall_and_begins_its_sum_where_told()
    {
        var (p, sum) = (0.5, 0.25);
        var parameter = Of(0.5f);
        var optimizer = new Adagrad([parameter], 0.1) { RateDecay = 0.5, InitialSum = 0.25 };
        for (var step = 1; step <= 5; step++)
        {
            sum += step * step;
            p -= 0.1 / (1 + ((step - 1) * 0.5)) * step / (Math.Sqrt(sum) + 1e-10);
            Push(optimizer, parameter, step);
            Assert.Equal(p, parameter.Value.Item(), 1e-5);
        }
    }

    [Fact]
    public void RAdam_rectifies_from_the_sixth_step_on()
    {
        var (p, m, v) = (0.5, 0.0, 0.0);
        var parameter = Of(0.5f);
        var optimizer = new RAdam([parameter], 0.01);
        for (var t = 1; t <= 12; t++)
        {
            var g = 1.0 / t;
            (m, v) = ((0.9 * m) + (0.1 * g), (0.999 * v) + (0.001 * g * g));
            var (most, mean) = (1999.0, m / (1 - Math.Pow(0.9, t)));
            var rho = most - (2 * t * Math.Pow(0.999, t) / (1 - Math.Pow(0.999, t)));
            Assert.Equal(t > 5, rho > 5);
            var rectifier = Math.Sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho));
            p -= rho > 5 ? 0.01 * mean * rectifier * Math.Sqrt(1 - Math.Pow(0.999, t)) / (Math.Sqrt(v) + 1e-8) : 0.01 * mean;
            Push(optimizer, parameter, g);
            Assert.Equal(p, parameter.Value.Item(), 1e-5);
        }
    }

    static Parameter Of(float value) => new(Shape.Scalar, (_, _) => Tensor.Scalar(value));

    static void Push(Optimizer optimizer, Parameter parameter, double gradient) =>
        optimizer.Step(Gradients.Of(() => parameter * Tensor.Scalar(gradient)).Gradients);
}
