using Nabla.Backends.Cpu;

namespace Nabla;

/// <summary>The machine's processor.</summary>
public static class Processor
{
    /// <summary>
    /// How many threads work together on one op, the caller's included; at first as many as there are processors. Results do not depend on it.
    /// Set it before work begins, not while other threads compute.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public static int Threads
    {
        get => ThreadTeam.Threads;
        set => ThreadTeam.Threads = value;
    }
}
