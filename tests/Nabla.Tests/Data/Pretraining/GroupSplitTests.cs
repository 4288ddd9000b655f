using Nabla.Data;

namespace Nabla.Tests.Data.Pretraining;

public sealed class GroupSplitTests
{
    [Fact]
    public void A_group_is_in_one_part_wherever_it_comes()
    {
        var split = new GroupSplit(3, 0.2, 0.1);
        var documents = Dataset.From(Enumerable.Range(0, 3000)
            .Select(i => new TextDocument($"document {i}", ["A sentence."]) { Group = $"chapter {i % 1000}" }).ToArray());
        var parts = Enum.GetValues<DataPart>().Select(part => split.Take(documents, part).ToArray()).ToArray();
        Assert.Equal(documents.Select(document => document.Name).Order(),
            parts.SelectMany(part => part).Select(document => document.Name).Order());
        var groups = parts.Select(part => part.Select(document => document.Group).ToHashSet()).ToArray();
        Assert.Equal(1000, groups.Sum(part => part.Count));
        Assert.Equal(1000, groups.SelectMany(part => part).Distinct().Count());
        // Each of a thousand groups by a draw of its own: within five deviations.
        foreach (var (part, probability) in new[] { (0, 0.7), (1, 0.2), (2, 0.1) })
            Assert.InRange(groups[part].Count, (1000 * probability) - (5 * Math.Sqrt(1000 * probability * (1 - probability))),
                (1000 * probability) + (5 * Math.Sqrt(1000 * probability * (1 - probability))));
        var shuffled = split.Take(documents.Shuffle(9), DataPart.Test).Select(document => document.Group).ToHashSet();
        Assert.Equal(groups[2].Order(), shuffled.Order());
    }

    [Fact]
    public void The_seed_chooses_the_parts()
    {
        DataPart[] parts(ulong seed) => [.. Enumerable.Range(0, 100).Select(i => new GroupSplit(seed, 0.2, 0.2).PartOf($"chapter {i}"))];
        Assert.Equal(parts(1), parts(1));
        Assert.NotEqual(parts(1), parts(2));
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(DataPart.Train, new GroupSplit(1, 0, 0).PartOf($"chapter {i}")));
    }

    [Theory, InlineData(-0.1, 0.1), InlineData(0.5, 0.5), InlineData(double.NaN, 0)]
    public void Fractions_leave_something_to_learn_from(double validation, double test) =>
        Assert.StartsWith("GroupSplit: validation", Assert.Throws<ArgumentException>(() => new GroupSplit(1, validation, test)).Message);
}
