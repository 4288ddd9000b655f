using Nabla.Backends.Cpu;

namespace Nabla.Tests.Tensors;

public class RandomTests
{
    [Fact]
    public void Philox_gives_the_published_known_answers()
    {
        // Random123, kat_vectors: philox4x32 10 rounds, counter 0, key 0.
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Generator.Block(0, 0));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_one_thread_and_on_two()
    {
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            var alone = Tensor.Normal([100_003], generator: new Generator(7)).ToArray<float>();
            ThreadTeam.Threads = 2;
            Assert.Equal(alone, Tensor.Normal([100_003], generator: new Generator(7)).ToArray<float>());
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Fact]
    public void A_generator_goes_on_where_its_position_says()
    {
        var first = new Generator(3);
        _ = Tensor.Uniform([10], generator: first);
        var (seed, position) = (first.Seed, first.Position);
        Assert.Equal(Tensor.Uniform([6], generator: first).ToArray<float>(), Tensor.Uniform([6], generator: new Generator(seed, position)).ToArray<float>());
    }

    [Fact]
    public void Normal_numbers_have_the_moments_of_a_normal_distribution()
    {
        var x = Tensor.Normal([400_000], mean: 2, deviation: 3, new Generator(1)).To(DType.Float64);
        var z = (x - 2) / 3;
        Assert.Equal(0, z.Mean().Item(), 0.01);
        Assert.Equal(1, z.Square().Mean().Item(), 0.01);
        Assert.Equal(0, z.Pow(3).Mean().Item(), 0.03);
        Assert.Equal(3, z.Pow(4).Mean().Item(), 0.06);
    }

    [Fact]
    public void Uniform_numbers_stay_below_the_upper_bound_even_where_floats_are_coarse()
    {
        var x = Tensor.Uniform([200_000], 16_777_214, 16_777_216, new Generator(5));
        Assert.True(x.Max().Item() < 16_777_216);
        Assert.True(x.Min().Item() >= 16_777_214);
    }

    [Fact]
    public void A_permutation_holds_every_number_once() =>
        Assert.Equal(Enumerable.Range(0, 1000), new Generator(9).Permutation(1000).Order());
}
