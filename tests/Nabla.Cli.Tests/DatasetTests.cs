using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Nabla.Cli.Datasets;

namespace Nabla.Cli.Tests;

public class DatasetTests
{
    [Fact]
    public void Cars_without_a_consumption_are_dropped_and_counted()
    {
        var cars = Cars.Load();
        Assert.Equal((398, 8), (cars.Count, cars.Dropped));
        Assert.Equal(("chevrolet chevelle malibu", 18f, 3.504f), (cars.Names[0], cars.MilesPerGallon[0, 0].Item<float>(), cars.Weight[0, 0].Item<float>()));
    }

    [Fact]
    public void Digits_are_1797_pictures_of_0_to_1()
    {
        var digits = LabelledData.Digits();
        Assert.Equal(Shape.Create(1797, 64), digits.Features.Shape);
        Assert.Equal((0.0, 1.0), ((double)digits.Features.Min(), (double)digits.Features.Max()));
        // Published with the set: how many there are of each digit.
        Assert.Equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], Counts(digits));
    }

    [Fact]
    public void Of_569_samples_212_are_malignant()
    {
        var cancer = LabelledData.BreastCancer();
        Assert.Equal(Shape.Create(569, 30), cancer.Features.Shape);
        Assert.Equal(["benign", "malignant"], cancer.Classes);
        Assert.Equal([357, 212], Counts(cancer));
    }

    [Fact]
    public void A_stratified_split_keeps_every_example_once_and_each_class_in_its_share()
    {
        var digits = LabelledData.Digits();
        var parts = digits.Split(7, 0.7, 0.1, 0.2);
        Assert.Equal(digits.Count, parts.Sum(part => part.Count));
        var whole = Counts(digits);
        foreach (var (part, share) in parts.Zip([0.7, 0.1, 0.2]))
            Assert.All(Counts(part).Zip(whole), pair => Assert.InRange(pair.First, share * pair.Second - 1.01, share * pair.Second + 1.01));
        static double Sum(LabelledData data) => (double)data.Features.To(DType.Float64).Sum();
        Assert.Equal(Sum(digits), parts.Sum(Sum), 6);
        Assert.Equal(parts[2].Features.ToArray<float>(), digits.Split(7, 0.7, 0.1, 0.2)[2].Features.ToArray<float>());
        Assert.NotEqual(parts[2].Features.ToArray<float>(), digits.Split(8, 0.7, 0.1, 0.2)[2].Features.ToArray<float>());
    }

    [Fact]
    public void Standardised_features_have_mean_0_and_deviation_1()
    {
        var x = LabelledData.BreastCancer().Features;
        var z = new Standardization(x).Of(x);
        Assert.All(z.Mean(0).ToArray<float>(), mean => Assert.Equal(0, mean, 1e-4));
        Assert.All(z.Square().Mean(0).ToArray<float>(), variance => Assert.Equal(1, variance, 1e-3));
    }

    /// <summary>The page lies beside the program, wherever it is put.</summary>
    [Fact]
    public void Every_embedded_file_is_the_one_of_the_page_that_says_its_source_and_its_terms()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "README.md"));
        var names = typeof(Embedded).Assembly.GetManifestResourceNames().Where(name => name.StartsWith("data/", StringComparison.Ordinal)).Select(name => name["data/".Length..]).ToArray();
        Assert.NotEmpty(names);
        foreach (var name in names)
        {
            using var file = Embedded.Open(name);
            Assert.Matches($@"\| `{Regex.Escape(name)}` \|.*\| `{Convert.ToHexStringLower(SHA256.HashData(file))}` \|", page);
            Assert.Matches($@"(?m)^## .*\b{Regex.Escape(name)}\b", page);
        }
        Assert.Contains("UNICODE, INC. LICENSE AGREEMENT", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "THIRD-PARTY-NOTICES.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_embedded_file_is_a_listed_dataset_or_a_model()
    {
        var listed = Collection.All.Where(one => one.Known is null).Select(one => one.Place!.Split(' ')[^1]);
        var models = new[] { "cars-lstm.safetensors", "moby-dick-attention.safetensors", "moby-dick-lstm.safetensors", "nabla-bert-mini.zip",
            "speller.zip" };
        var names = typeof(Embedded).Assembly.GetManifestResourceNames().Where(name => name.StartsWith("data/", StringComparison.Ordinal)).Select(name => name["data/".Length..]);
        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Concat(models).Order(StringComparer.Ordinal));
    }

    static int[] Counts(LabelledData data) => [.. data.Labels.ToArray<long>().CountBy(label => label).OrderBy(count => count.Key).Select(count => count.Value)];
}
