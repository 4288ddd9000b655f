using CsCheck;
using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class SplitTests
{
    static Gen<int[]> Labels => Gen.Int[0, 4].Array[2, 80];

    static Dataset<(int Place, int Label)> Items(int[] labels) => Dataset.From([.. labels.Select((label, place) => (place, label))]);

    [Fact]
    public void Parts_are_disjoint_and_cover_all() =>
        Gen.Select(Gen.Int[0, 200], Gen.Double[0.05, 1].Array[1, 5], Gen.ULong).Sample((count, weights, seed) =>
        {
            var shares = Array.ConvertAll(weights, weight => weight / weights.Sum());
            var parts = Compositions.Numbers(count).Split(seed, shares);
            Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), parts.SelectMany(part => part).Order());
            for (var i = 0; i < parts.Length; i++) Assert.InRange(parts[i].Count - (shares[i] * count), -1, 1);
        }, iter: 200);

    [Fact]
    public void Stratified_parts_are_disjoint_cover_all_and_hold_each_class_by_its_share() =>
        Gen.Select(Labels, Gen.Double[0.1, 0.9], Gen.ULong).Sample((labels, share, seed) =>
        {
            var parts = Items(labels).StratifiedSplit(seed, item => item.Label, share, 1 - share);
            Assert.Equal(Enumerable.Range(0, labels.Length), parts.SelectMany(part => part).Select(item => item.Place).Order());
            foreach (var members in labels.GroupBy(label => label))
                Assert.InRange(parts[0].Count(item => item.Label == members.Key) - (share * members.Count()), -1, 1);
        }, iter: 200);

    [Fact]
    public void Each_item_is_held_out_once_and_folds_hold_each_class_alike_but_for_one() =>
        Gen.Select(Labels, Gen.Int[2, 6], Gen.ULong).Where((labels, folds, _) => labels.Length >= folds).Sample((labels, folds, seed) =>
        {
            var made = Items(labels).StratifiedFolds(folds, seed, item => item.Label);
            Assert.Equal(Enumerable.Range(0, labels.Length), made.SelectMany(fold => fold.Validation).Select(item => item.Place).Order());
            foreach (var fold in made)
            {
                Assert.Equal(Enumerable.Range(0, labels.Length), fold.Train.Concat(fold.Validation).Select(item => item.Place).Order());
                Assert.InRange(fold.Validation.Count, labels.Length / folds, (labels.Length + folds - 1) / folds);
                foreach (var members in labels.GroupBy(label => label))
                    Assert.InRange(fold.Validation.Count(item => item.Label == members.Key), members.Count() / folds, (members.Count() + folds - 1) / folds);
            }
        }, iter: 200);

    [Fact]
    public void Another_seed_splits_otherwise()
    {
        var (a, b) = (Compositions.Numbers(100).Split(1, 0.5, 0.5)[0], Compositions.Numbers(100).Split(2, 0.5, 0.5)[0]);
        Assert.NotEqual(a, b);
        Assert.Equal(a, Compositions.Numbers(100).Split(1, 0.5, 0.5)[0]);
    }

    [Fact]
    public void Shares_that_do_not_sum_to_one_are_refused() =>
        Assert.Equal("Split: shares of 0.5, 0.3: each must be above 0 and their sum 1. To leave items out, name a last share for them.",
            Assert.Throws<ArgumentException>(() => Compositions.Numbers(10).Split(1, 0.5, 0.3)).Message);

    [Fact]
    public void Weights_make_every_class_count_alike()
    {
        var balance = ClassBalance.Of([0, 0, 0, 1, 3, 3], classes: 4);
        Assert.Equal([3, 1, 0, 2], balance.Counts);
        Assert.Equal([0.5, 1 / 6.0, 0, 1 / 3.0], balance.Shares);
        // scikit-learn's compute_class_weight('balanced'): n / (classes · count).
        Assert.Equal([6 / 9f, 2, 0, 1], balance.Weights.ToArray<float>());
        Assert.Equal("ClassBalance: label 4 of example 1: there are 3 classes, 0 to 2.", Assert.Throws<ArgumentException>(() => ClassBalance.Of([0, 4], 3)).Message);
    }
}
