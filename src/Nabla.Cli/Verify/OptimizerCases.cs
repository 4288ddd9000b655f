using Nabla.Optimizers;
using Nabla.Schedules;

namespace Nabla.Cli.Verify;

/// <summary>Cases of optimizers (a parameter's path under given gradients), schedules (the rate of each step) and gradient clipping.</summary>
internal static class OptimizerCases
{
    public static void Run(VerifyCase @case, Comparison comparison)
    {
        switch (@case.Op)
        {
            case "learning_rate_schedule": Rates(@case, comparison); break;
            case "clip_gradient_norm": Clipping(@case, comparison); break;
            default: Trajectory(@case, comparison); break;
        }
    }

    private static void Trajectory(VerifyCase @case, Comparison comparison)
    {
        var (start, gradients, expected) = (@case.Tensor("start"), @case.Tensor("gradients"), @case.Tensor("trajectory"));
        var parameter = new Parameter(start.Shape, (_, _) => start);
        var optimizer = Create(@case, parameter);
        var path = new List<double>();
        for (var step = 0; step < gradients.Shape[0]; step++)
        {
            var gradient = @case.Flag("maximize") ? -gradients[step] : gradients[step];
            optimizer.Step(Gradients.Of(() => (parameter * gradient).Sum()).Gradients);
            path.AddRange(parameter.Value.To(DType.Float64).ToArray<double>());
        }
        comparison.Add("trajectory", expected.To(DType.Float64).ToArray<double>(), [.. path]);
    }

    private static Optimizer Create(VerifyCase @case, ParameterGroup parameter)
    {
        ParameterGroup[] groups = [parameter];
        double Rate(double otherwise) => @case.Number("lr", otherwise);
        var (beta1, beta2) = Betas(@case);
        var decay = @case.Number("weight_decay", @case.Op == "AdamW" ? 0.01 : 0);
        double Epsilon(double otherwise = 1e-8) => @case.Number("eps", otherwise);
        return @case.Op switch
        {
            "SGD" => new SGD(groups, Rate(1e-3))
            {
                Momentum = @case.Number("momentum", 0), Dampening = @case.Number("dampening", 0), Nesterov = @case.Flag("nesterov"), WeightDecay = decay,
            },
            "Adam" => new Adam(groups, Rate(1e-3)) { Beta1 = beta1, Beta2 = beta2, Epsilon = Epsilon(), Amsgrad = @case.Flag("amsgrad"), WeightDecay = decay },
            "AdamW" => new AdamW(groups, Rate(1e-3)) { Beta1 = beta1, Beta2 = beta2, Epsilon = Epsilon(), Amsgrad = @case.Flag("amsgrad"), WeightDecay = decay },
            "RMSprop" => new RMSprop(groups, Rate(1e-2))
            {
                Alpha = @case.Number("alpha", 0.99), Epsilon = Epsilon(), Momentum = @case.Number("momentum", 0), Centered = @case.Flag("centered"), WeightDecay = decay,
            },
            "Adagrad" => new Adagrad(groups, Rate(1e-2))
            {
                RateDecay = @case.Number("lr_decay", 0), InitialSum = @case.Number("initial_accumulator_value", 0), Epsilon = Epsilon(1e-10), WeightDecay = decay,
            },
            "Adadelta" => new Adadelta(groups, Rate(1)) { Rho = @case.Number("rho", 0.9), Epsilon = Epsilon(1e-6), WeightDecay = decay },
            "Adamax" => new Adamax(groups, Rate(2e-3)) { Beta1 = beta1, Beta2 = beta2, Epsilon = Epsilon(), WeightDecay = decay },
            "NAdam" => new NAdam(groups, Rate(2e-3))
            {
                Beta1 = beta1, Beta2 = beta2, Epsilon = Epsilon(), MomentumDecay = @case.Number("momentum_decay", 4e-3), WeightDecay = decay,
            },
            "RAdam" => new RAdam(groups, Rate(1e-3)) { Beta1 = beta1, Beta2 = beta2, Epsilon = Epsilon(), WeightDecay = decay },
            _ => throw new NotBuiltException(@case.Op),
        };
    }

    private static (double, double) Betas(VerifyCase @case)
    {
        if (@case.Attribute("betas") is not { } betas) return (0.9, 0.999);
        return betas.GetArrayLength() == 2 ? (betas[0].GetDouble(), betas[1].GetDouble()) : throw new VerifyException("\"betas\" is not a pair of numbers");
    }

    private static void Rates(VerifyCase @case, Comparison comparison)
    {
        var expected = @case.Tensor("rates").To(DType.Float64).ToArray<double>();
        var (schedule, rate) = (@case.Text("kind", ""), @case.Number("base", 0.1));
        Schedule made = schedule switch
        {
            "step" => new StepDecay(rate, @case.Whole("step_size", 1), @case.Number("gamma", 0.1)),
            "cosine" => new CosineDecay(rate, @case.Whole("t_max", 1), @case.Number("eta_min", 0)),
            "exponential" => new ExponentialDecay(rate, @case.Number("gamma", 0.1)),
            "one_cycle" => new OneCycle(
                @case.Number("max_lr", rate), @case.Whole("total_steps", 1), @case.Number("pct_start", 0.3), @case.Number("div_factor", 25), @case.Number("final_div_factor", 1e4)),
            "warmup_linear" => WarmUp(new LinearDecay(rate, @case.Whole("total", 1) - @case.Whole("warmup", 0)), @case.Whole("warmup", 0)),
            "warmup_inverse_sqrt" => new InverseSquareRoot(rate, @case.Whole("warmup", 1)),
            _ => throw new NotBuiltException($"learning_rate_schedule {schedule}"),
        };
        comparison.Add("rates", expected, [.. Enumerable.Range(0, expected.Length).Select(step => made.At(step))]);
    }

    private static Schedule WarmUp(Schedule schedule, int steps) => steps > 0 ? schedule.WarmUp(steps) : schedule;

    private static void Clipping(VerifyCase @case, Comparison comparison)
    {
        var gradients = @case.Inputs.Select(@case.Tensor).ToArray();
        var parameters = gradients.Select(gradient => new Parameter(gradient.Shape, (shape, _) => Tensor.Zeros(shape))).ToArray();
        var (_, found) = Gradients.Of(() => parameters.Select((parameter, i) => (parameter * gradients[i]).Sum()).Aggregate((a, b) => a + b));
        var clipped = found.ClipNorm(@case.Number("max", 1), out var norm);
        for (var i = 0; i < parameters.Length; i++) comparison.Add($"clipped{i}", @case.Tensor($"clipped{i}"), clipped[parameters[i]]);
        comparison.Add("total", @case.Tensor("total"), Tensor.Scalar(norm));
    }
}
