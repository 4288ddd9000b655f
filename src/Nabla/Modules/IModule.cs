using Nabla.Ops;

namespace Nabla;

/// <summary>
/// A part of a model: it has parameters, buffers and other modules. A source generator writes <see cref="Describe"/> for every
/// <c>partial class</c> that implements it, from the get-only properties.
/// </summary>
public interface IModule
{
    /// <summary>Names the members in order.</summary>
    void Describe(Members members);
}

/// <summary>A module of one tensor.</summary>
public interface ILayer : IModule
{
    /// <summary>The layer's function.</summary>
    Tensor Forward(Tensor x);
}

/// <summary>Collects the parameters and buffers of a module and of all modules within it, each under its path.</summary>
public sealed class Members
{
    private readonly List<(string Path, Parameter Parameter)> parameters = [];
    private readonly List<(string Path, ModuleBuffer Buffer)> buffers = [];
    private readonly HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
    private string prefix = "";

    /// <summary>The parameters in order; one that is used in two places is listed once, under its first path.</summary>
    public IReadOnlyList<(string Path, Parameter Parameter)> Parameters => parameters;

    /// <summary>The buffers in order.</summary>
    public IReadOnlyList<(string Path, ModuleBuffer Buffer)> Buffers => buffers;

    /// <summary>Lists a module's members.</summary>
    public static Members Of(IModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var members = new Members();
        members.seen.Add(module);
        module.Describe(members);
        return members;
    }

    /// <summary>Adds a parameter; null adds nothing.</summary>
    public void Add(string name, Parameter? parameter)
    {
        if (parameter is not null && seen.Add(parameter)) parameters.Add((prefix + name, parameter));
    }

    /// <summary>Adds a buffer; null adds nothing.</summary>
    public void Add(string name, ModuleBuffer? buffer)
    {
        if (buffer is not null && seen.Add(buffer)) buffers.Add((prefix + name, buffer));
    }

    /// <summary>Adds all members of a module under its name; null adds nothing.</summary>
    public void Add(string name, IModule? module)
    {
        if (module is null || !seen.Add(module)) return;
        var before = prefix;
        prefix = $"{before}{name}.";
        module.Describe(this);
        prefix = before;
    }

    /// <summary>Adds modules under their place in the list: <c>name.0</c>, <c>name.1</c>, …</summary>
    public void Add(string name, IEnumerable<IModule>? modules)
    {
        var index = 0;
        foreach (var module in modules ?? []) Add($"{name}.{index++}", module);
    }
}

/// <summary>What every module can do.</summary>
public static class Modules
{
    /// <summary>Sets the seed from which the parameters' first values come, each from (seed, path). Call it before the first use; returns the module.</summary>
    public static M Initialize<M>(this M module, ulong seed) where M : IModule
    {
        foreach (var (path, parameter) in Members.Of(module).Parameters) parameter.Place(path, seed);
        return module;
    }

    /// <summary>
    /// Makes all parameters, and the buffers of floats, tensors of another type: Float64 for checks and for numbers that must not drift, Float32 to go back. Values are kept up to rounding;
    /// those that come into being later are the same random numbers in the new type. Inputs then have to be of that type too: <c>x.To(DType.Float64)</c>. Returns the module.
    /// </summary>
    /// <param name="module">What to move.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <exception cref="ArgumentException">The type is neither.</exception>
    /// <exception cref="InvalidOperationException">Called inside a closure of <c>Gradients.Of</c>.</exception>
    public static M To<M>(this M module, DType dtype) where M : IModule
    {
        if (!dtype.IsFloat) throw new ArgumentException($"Modules.To: {dtype}: a module computes in Float32 or Float64.", nameof(dtype));
        if (Recorder.Current is not null)
            throw new InvalidOperationException("Modules.To inside Gradients.Of would replace the parameters that the closure has noted. Move the module before it.");
        var members = Members.Of(module);
        foreach (var (_, parameter) in members.Parameters) parameter.To(dtype);
        foreach (var (_, buffer) in members.Buffers) buffer.To(dtype);
        return module;
    }

    /// <summary>
    /// Freezes all parameters of a module (<see cref="Parameter.Freeze"/>): they are neither differentiated nor trained. Where all
    /// parameters below a layer are frozen, the backward pass ends at that layer. Batch normalisation still updates its running statistics
    /// and dropout still drops inside <c>Gradients.Of</c>, as in PyTorch; to stop that, run the module in <c>Mode.Evaluate()</c>. Returns
    /// the module.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called inside a closure of <c>Gradients.Of</c>.</exception>
    public static M Freeze<M>(this M module) where M : IModule
    {
        foreach (var (_, parameter) in Members.Of(module).Parameters) parameter.Freeze();
        return module;
    }

    /// <summary>Trains all parameters of a module again. Returns the module.</summary>
    /// <exception cref="InvalidOperationException">Called inside a closure of <c>Gradients.Of</c>.</exception>
    public static M Unfreeze<M>(this M module) where M : IModule
    {
        foreach (var (_, parameter) in Members.Of(module).Parameters) parameter.Unfreeze();
        return module;
    }

    /// <summary>The parameters in order, with their paths.</summary>
    public static IReadOnlyList<(string Path, Parameter Parameter)> Parameters(this IModule module) => Members.Of(module).Parameters;

    /// <summary>The buffers in order, with their paths.</summary>
    public static IReadOnlyList<(string Path, ModuleBuffer Buffer)> Buffers(this IModule module) => Members.Of(module).Buffers;

    /// <summary>How many numbers the parameters hold, frozen ones included.</summary>
    public static long ParameterCount(this IModule module) => module.Parameters().Sum(p => p.Parameter.Shape.Length);
}
