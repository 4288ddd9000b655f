using System.Runtime.CompilerServices;
using Nabla.Backends;

namespace Nabla.Ops;

/// <summary>Formulas within formulas.</summary>
internal static class Formulas
{
    extension<F>(F formula) where F : struct, IFormula
    {
        /// <summary>
        /// f(x) as a part of another formula: in registers its text, among tensors one op with its own slope, which stays finite where the slopes of
        /// its parts overflow (σ of −1000).
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V In<V>(V x) where V : struct, ILane<V>
        {
            if (typeof(V) != typeof(TensorLane)) return formula.Of(x);
            var y = Unsafe.BitCast<V, TensorLane>(x).Map(formula);
            return Unsafe.BitCast<TensorLane, V>(y);
        }
    }
}
