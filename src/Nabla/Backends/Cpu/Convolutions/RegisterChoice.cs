using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>Code that runs on a register type.</summary>
internal interface IRegisterCode
{
    void Run<R, V>() where R : struct, IProductRegister<V> where V : struct;
}

/// <summary>The widest registers this process has.</summary>
internal static class RegisterChoice
{
    public static void Run<TCode>(TCode code) where TCode : struct, IRegisterCode, allows ref struct
    {
        if (Register512.IsSupported) code.Run<Register512, Vector512<float>>();
        else if (Register256.IsSupported) code.Run<Register256, Vector256<float>>();
        else if (Register128.IsSupported) code.Run<Register128, Vector128<float>>();
        else code.Run<Register1, float>();
    }
}
