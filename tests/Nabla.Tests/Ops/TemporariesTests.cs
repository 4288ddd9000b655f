using Nabla.Initializers;
using Nabla.Layers;
using Temporaries = Nabla.Ops.Temporaries;

namespace Nabla.Tests.Ops;

public class TemporariesTests
{
    static Tensor Large(float value) => Tensor.Full([1000], value) + 0;

    static bool IsGivenBack(Tensor tensor)
    {
        try
        {
            tensor.ToArray<float>();
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    [Fact]
    public void All_is_given_back_but_what_was_made_before_and_what_is_kept()
    {
        var before = Large(1);
        Tensor within, kept;
        using (var temporaries = Temporaries.Begin())
        {
            within = before + 1;
            kept = temporaries.Keep((within * 2)[100..200]);
        }
        Assert.True(IsGivenBack(within));
        Assert.Equal(1, before.ToArray<float>()[^1]);
        Assert.All(kept.ToArray<float>(), value => Assert.Equal(4, value));
    }

    [Fact]
    public void What_is_kept_within_is_given_back_by_who_is_around_it()
    {
        Tensor inner, outer;
        using (var around = Temporaries.Begin())
        {
            using (var temporaries = Temporaries.Begin()) inner = temporaries.Keep(Large(1));
            Assert.False(IsGivenBack(inner));
            outer = around.Keep(inner + 1);
        }
        Assert.True(IsGivenBack(inner));
        Assert.Equal(2, outer.ToArray<float>()[0]);
    }

    [Fact]
    public void Parameters_that_get_their_first_value_within_live_on()
    {
        var linear = new Linear(50, 40).Initialize(1);
        Tensor y;
        using (var temporaries = Temporaries.Begin()) y = temporaries.Keep(linear.Forward(Tensor.Ones([30, 50])));
        Assert.Equal(y.ToArray<float>(), linear.Forward(Tensor.Ones([30, 50])).ToArray<float>());
    }

    [Fact]
    public void While_operations_are_recorded_nothing_is_given_back()
    {
        var x = new Parameter([1000], Initialize.Constant(2));
        var (_, gradients) = Gradients.Of(() =>
        {
            Tensor loss;
            using (Temporaries.Begin()) loss = (x.Value * x).Sum();
            return loss;
        });
        Assert.All(gradients[x].ToArray<float>(), value => Assert.Equal(4, value));
    }

    [Fact]
    public void A_transformer_in_use_gives_the_same_numbers_as_one_that_is_recorded()
    {
        var transformer = new Transformer(new TransformerShape(64, 4, 128), 2, 2).Initialize(1);
        var (source, target) = (new Ragged(Tensor.Normal([60, 64], 0, 1, Generator.For(1, "source")), [20, 30, 10]), new Ragged(Tensor.Normal([45, 64], 0, 1, Generator.For(1, "target")), [15, 15, 15]));
        var used = transformer.Decode(target, transformer.Encode(source)).Values.ToArray<float>();
        float[]? recorded = null;
        Gradients.Of(() =>
        {
            var values = transformer.Decode(target, transformer.Encode(source)).Values;
            recorded = values.ToArray<float>();
            return values.Sum();
        });
        Assert.Equal(recorded!, used, (a, b) => Math.Abs(a - b) < 1e-5);
    }
}
