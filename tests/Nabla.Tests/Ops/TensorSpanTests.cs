using System.Numerics.Tensors;

namespace Nabla.Tests.Ops;

public class TensorSpanTests
{
    [Fact]
    public void A_tensor_goes_to_the_platforms_tensors_and_back()
    {
        var x = Tensor.Arange(6).Reshape(2, 3);
        var span = x.AsTensorSpan<float>();
        Assert.Equal([2, 3], span.Lengths.ToArray());
        Assert.Equal(5, span[1, 2]);
        var doubled = System.Numerics.Tensors.Tensor.Add(span, span);
        var back = Tensor.From<float>(doubled);
        Assert.Equal([2, 3], back.Shape);
        Assert.Equal([0f, 2, 4, 6, 8, 10], back.ToArray<float>());
        GC.KeepAlive(x);
    }

    [Fact]
    public void Views_are_copied_in_row_major_order()
    {
        Assert.Equal(3, Tensor.Arange(6).Reshape(2, 3).Transpose().AsTensorSpan<float>()[0, 1]);
        var platform = System.Numerics.Tensors.Tensor.Create<long>([1, 2, 3, 4, 5, 6], [2, 3]);
        Assert.Equal([2L, 5], Tensor.From<long>(platform.AsReadOnlyTensorSpan().Slice([0..2, 1..2])).ToArray<long>());
    }

    [Fact]
    public void Zero_axes_and_zero_elements_survive()
    {
        Assert.Equal(0, Tensor.From<float>(Tensor.Zeros([2, 0]).AsTensorSpan<float>()).Length);
        Assert.Throws<InvalidOperationException>(() => Tensor.Zeros([2]).AsTensorSpan<double>());
    }
}
