using Nabla.Backends;
using Nabla.Ops;

namespace Nabla.Tests.Ops;

/// <summary>Every op against finite differences in float64, on plain and on strided, flipped and stretched inputs; then float32, with its fused kernels, against float64.</summary>
public class OpGradientTests
{
    const double Tolerance = 1e-6;

    public static TheoryData<string> Names => [.. OpCase.All.Select(c => c.Name)];

    public static TheoryData<string> Smooth => [.. OpCase.All.Where(c => c.Smooth).Select(c => c.Name)];

    static OpCase Case(string name) => OpCase.All.Single(c => c.Name == name);

    [Theory, MemberData(nameof(Names))]
    public void Gradient_agrees_with_differences(string name)
    {
        var (of, inputs) = (Case(name).Of, Case(name).Inputs);
        Demand(GradientCheck.Of(() => of(inputs), inputs));
    }

    [Theory, MemberData(nameof(Names))]
    public void Gradient_through_views_agrees_with_differences(string name)
    {
        var (of, inputs) = (Case(name).Of, Case(name).Inputs);
        // The same numbers as parts of larger, transposed memory; then backwards.
        Tensor[] parts = [.. inputs.Select(x => Reversed(x.Pad(Around(x), Around(x), 9)).Clone())], flipped = [.. inputs.Select(x => Flipped(x).Clone())];
        Demand(GradientCheck.Of(() => of([.. parts.Select(p => Inside(Reversed(p)))]), parts));
        Demand(GradientCheck.Of(() => of([.. flipped.Select(Flipped)]), flipped));
        if (Case(name).TiesAreKinks) return;
        Tensor[] narrow = [.. inputs.Select(x => x.Rank == 0 ? x.Clone() : x.Slice(-1, 0, 1).Clone())];
        Demand(GradientCheck.Of(() => of([.. narrow.Select((n, i) => n.Expand(inputs[i].Shape))]), narrow));
    }

    [Theory, MemberData(nameof(Smooth))]
    public void Second_derivatives_agree_with_differences_of_the_first(string name)
    {
        var (of, inputs) = (Case(name).Of, Case(name).Inputs);
        var upstream = OpCase.Numbers(of(inputs).Shape, seed: 9);
        Demand(GradientCheck.Of(() =>
        {
            var (_, gradients) = Gradients.Pullback(() => of(inputs), upstream, inputs);
            return Tensor.Concat(0, [.. inputs.Select(x => gradients[x].Flatten())]);
        }, [.. inputs, upstream]), 1e-5);
    }

    [Theory, MemberData(nameof(Names))]
    public void Float32_and_its_gradients_agree_with_float64(string name)
    {
        var (of, inputs) = (Case(name).Of, Case(name).Inputs);
        Agree(of, inputs, x => x, name);
        Agree(of, [.. inputs.Select(x => Reversed(x.Pad(Around(x), Around(x), 9)).Clone())], p => Inside(Reversed(p)), name);
        Agree(of, [.. inputs.Select(x => Flipped(x).Clone())], Flipped, name);
    }

    static void Agree(Func<Tensor[], Tensor> of, Tensor[] sources, Func<Tensor, Tensor> view, string name)
    {
        Tensor[] single = [.. sources.Select(x => x.To(DType.Float32))], full = [.. single.Select(x => x.To(DType.Float64))];
        var upstream = OpCase.Numbers(of([.. full.Select(view)]).Shape, seed: 9).To(DType.Float32);
        var (y32, g32) = Gradients.Pullback(() => of([.. single.Select(view)]), upstream, single);
        var (y64, g64) = Gradients.Pullback(() => of([.. full.Select(view)]), upstream.To(DType.Float64), full);
        Reference.AssertClose(y64, y32, name, 2e-6);
        for (var i = 0; i < single.Length; i++) Reference.AssertClose(g64[full[i]], g32[single[i]], $"{name}, gradient {i}", 1e-5);
    }

    [Theory, MemberData(nameof(Names))]
    public void Gradient_of_one_input_alone_is_that_among_all(string name)
    {
        var of = Case(name).Of;
        foreach (var type in new[] { DType.Float32, DType.Float64 })
        {
            Tensor[] inputs = [.. Case(name).Inputs.Select(x => x.To(type))];
            var upstream = OpCase.Numbers(of(inputs).Shape, seed: 9).To(type);
            var (_, all) = Gradients.Pullback(() => of(inputs), upstream, inputs);
            foreach (var input in inputs)
            {
                var (_, alone) = Gradients.Pullback(() => of(inputs), upstream, input);
                Reference.AssertClose(all[input].To(DType.Float64), alone[input], $"{name}, {type}", 1e-6);
            }
        }
    }

    /// <summary>Ops through which no gradient flows by their nature: what they give are truths and places, not amounts.</summary>
    static readonly Type[] Discrete = [typeof(Compare<>), typeof(ArgExtreme), typeof(ArgSort)];

    [Fact]
    public void Every_op_of_the_library_has_a_case()
    {
        var seen = new Seen();
        foreach (var @case in OpCase.All) seen.Watch(@case);
        var types = typeof(Op).Assembly.GetTypes();
        var formulas = types.Where(t => t.IsValueType && typeof(IFormula).IsAssignableFrom(t)).Select(t => typeof(Elementwise<>).MakeGenericType(t));
        var binary = types.Where(t => t.IsValueType && typeof(IBinaryFormula).IsAssignableFrom(t)).Select(t => typeof(BinaryElementwise<>).MakeGenericType(t));
        var cells = types.Where(t => t.IsValueType && typeof(IRecurrentCell).IsAssignableFrom(t)).Select(t => typeof(Recurrence<>).MakeGenericType(t));
        var ops = types.Where(t => typeof(Op).IsAssignableFrom(t) && !t.IsAbstract && !t.IsGenericTypeDefinition && !Discrete.Contains(t));
        Type[] generic = [typeof(Elementwise<>), typeof(BinaryElementwise<>), typeof(Compare<>), typeof(Recurrence<>)];
        Assert.Empty(types.Where(t => typeof(Op).IsAssignableFrom(t) && t.IsGenericTypeDefinition).Except(generic).Where(t => !t.IsAbstract).Select(t => t.Name));
        Assert.Empty(formulas.Concat(binary).Concat(cells).Concat(ops).Except(seen.Ops).Select(t => t.IsGenericType ? t.GenericTypeArguments[0].Name : t.Name));
    }

    /// <summary>The types of the ops that run, while it listens.</summary>
    sealed class Seen : IRecorder
    {
        public HashSet<Type> Ops { get; } = [];

        public bool Tracks(ReadOnlySpan<Tensor> inputs) => false;

        public void Record(Op op, ReadOnlySpan<Tensor> inputs, Tensor output, Tensor[]? saved = null) => Ops.Add(op.GetType());

        public void Watch(OpCase @case)
        {
            Recorder.Current = this;
            try { @case.Of(@case.Inputs); }
            finally { Recorder.Current = null; }
        }
    }

    static void Demand(GradientCheck check, double tolerance = Tolerance) => Assert.True(check.WorstError <= tolerance, check.ToString());

    static int[] Around(Tensor x) => [.. Enumerable.Repeat(1, x.Rank)];

    static Tensor Inside(Tensor x)
    {
        for (var axis = 0; axis < x.Rank; axis++) x = x.Slice(axis, 1, x.Shape[axis] - 1);
        return x;
    }

    static Tensor Reversed(Tensor x) => x.Permute([.. Enumerable.Range(0, x.Rank).Reverse()]);

    static Tensor Flipped(Tensor x)
    {
        for (var axis = 0; axis < x.Rank; axis++) x = x.Flip(axis);
        return x;
    }
}
