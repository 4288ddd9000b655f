using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu;

/// <summary>
/// Drops elements by Philox numbers, eight blocks at a time: of each 32 elements, number i takes word i / 8 of block i % 8, so that vectors need no shuffling
/// and every processor gives the same bits.
/// </summary>
internal static unsafe class DropoutLoops
{
    private const int Group = 32, Blocks = 8, Chunk = 8192;

    /// <summary>
    /// Sets numbers aside for so many elements; returns the first block, a multiple of eight, so that within a group only the counter's low word differs.
    /// </summary>
    public static ulong Reserve(Generator generator, long length)
    {
        var groups = (length + Group - 1) / Group;
        return (generator.Take((groups * Group) + (4 * (Blocks - 1))) + Blocks - 1) & ~(Blocks - 1UL);
    }

    /// <summary>y := x with dropped elements; y is contiguous.</summary>
    public static void Run(Tensor x, Tensor y, double probability, ulong seed, ulong block)
    {
        if (!x.IsContiguous)
        {
            CopyLoops.Copy(x, y);
            x = y;
        }
        var scale = probability < 1 ? (float)(1 / (1 - probability)) : 0;
        var least = (uint)Math.Min(Math.Round(probability * 4294967296.0), uint.MaxValue);
        var part = new Part(x.Pointer<float>(), y.Pointer<float>(), y.Length, scale, least, seed, block);
        ThreadTeam.Run((int)((y.Length + Chunk - 1) / Chunk), ref part);
    }

    private readonly struct Part(float* x, float* y, long length, float scale, uint least, ulong seed, ulong block) : IPart
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int part)
        {
            var (start, end) = ((long)part * Chunk, Math.Min(length, ((long)part + 1) * Chunk));
            var words = stackalloc uint[Group];
            for (var i = start; i < end; i += Group)
            {
                var at = block + (ulong)(i / Group * Blocks);
                if (EightBlocks.IsSupported) Draw256(at, words);
                else Draw(at, words);
                Keep(i, (int)Math.Min(Group, end - i), words);
            }
        }

        private void Draw(ulong at, uint* words)
        {
            for (var b = 0; b < Blocks; b++) (words[b], words[b + 8], words[b + 16], words[b + 24]) = Generator.Block(seed, at + (ulong)b);
        }

        /// <summary><see cref="Generator.Block"/> for eight blocks.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Draw256(ulong at, uint* words)
        {
            var (c0, c1, c2, c3) = EightBlocks.Of(
                seed, Vector256.Create((uint)at) + Vector256<uint>.Indices, Vector256.Create((uint)(at >> 32)), Vector256<uint>.Zero, Vector256<uint>.Zero);
            c0.Store(words);
            c1.Store(words + 8);
            c2.Store(words + 16);
            c3.Store(words + 24);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Keep(long i, int count, uint* words)
        {
            float* source = x + i, target = y + i;
            var j = 0;
            if (Vector256.IsHardwareAccelerated)
            {
                for (; j <= count - 8; j += 8)
                {
                    var kept = Vector256.GreaterThanOrEqual(Vector256.Load(words + j), Vector256.Create(least)).AsSingle();
                    Vector256.ConditionalSelect(kept, Vector256.Load(source + j) * scale, Vector256<float>.Zero).Store(target + j);
                }
            }
            for (; j < count; j++) target[j] = words[j] >= least ? source[j] * scale : 0;
        }
    }
}
