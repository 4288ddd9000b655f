using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>Runs attentions on the team, with the widest registers of this processor.</summary>
internal static class AttentionLoops
{
    public static void Forward<TProblems>(TProblems problems) where TProblems : struct, IAttentionProblems
    {
        if (Register512.IsSupported) new AttentionForward<Register512, Vector512<float>, Float512, TProblems>(problems).Run();
        else if (Register256.IsSupported) new AttentionForward<Register256, Vector256<float>, Float256, TProblems>(problems).Run();
        else if (Register128.IsSupported) new AttentionForward<Register128, Vector128<float>, Float128, TProblems>(problems).Run();
        else new AttentionForward<Register1, float, Float1, TProblems>(problems).Run();
    }

    public static void Backward<TProblems>(TProblems problems) where TProblems : struct, IAttentionProblems
    {
        if (Register512.IsSupported) new AttentionBackward<Register512, Vector512<float>, Float512, TProblems>(problems).Run();
        else if (Register256.IsSupported) new AttentionBackward<Register256, Vector256<float>, Float256, TProblems>(problems).Run();
        else if (Register128.IsSupported) new AttentionBackward<Register128, Vector128<float>, Float128, TProblems>(problems).Run();
        else new AttentionBackward<Register1, float, Float1, TProblems>(problems).Run();
    }
}
