using System.Globalization;
using Nabla.Cli.Tasks.Forecasts;
using Nabla.Data;

namespace Nabla.Cli.Datasets;

/// <summary>What the datasets that travel inside the program hold.</summary>
static class InsideContents
{
    public static Contents Digits() => new([("all", new FeatureImages(LabelledData.Digits(), new(1, 8, 8)))], null);

    public static Contents BreastCancer()
    {
        var data = LabelledData.BreastCancer();
        return new([], new([.. Enumerable.Range(1, data.Features.Shape[1]).Select(i => $"measurement {i}")], data.Features, data.Labels, data.Classes));
    }

    public static Contents Cars()
    {
        var cars = Datasets.Cars.Load();
        return new([], new(["weight (1000 lb)", "miles per gallon"], Tensor.Concat(1, cars.Weight, cars.MilesPerGallon), null, []));
    }

    public static Contents Sunspots()
    {
        using var csv = Embedded.Open("sunspots.csv");
        var (_, rows) = NumberTable.Read(csv, hasHeader: true);
        return new([], new(["year", "sunspots"], Tensor.From([.. rows.SelectMany(row => row)], [rows.Length, 2]), null, []));
    }

    public static Contents Stocks()
    {
        var prices = Series.Companies.SelectMany((company, label) => Series.Open("stocks", company).Values.Select(price => (Price: (float)price, Label: (long)label))).ToArray();
        return new([], new(["price"], Tensor.From([.. prices.Select(row => row.Price)], [prices.Length, 1]), Tensor.From([.. prices.Select(row => row.Label)], [prices.Length]), Series.Companies));
    }

    public static Contents MobyDick() => OfTexts(Texts.MobyDick().Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    public static Contents TangPoems() => OfTexts(Texts.TangPoems().Select(poem => $"{poem.Author} {poem.Title} {poem.Text}"));

    public static Contents Pronunciations() => OfTexts(Texts.Pronunciations());

    static Contents OfTexts(IEnumerable<string> texts) => new([], null) { Texts = [.. texts.Select(text => new LabelledText(text, 0))] };

    /// <summary>Images whose values are the rows of a tensor.</summary>
    sealed class FeatureImages(LabelledData data, ImageSize size) : ImageDataset(size, Array.ConvertAll(data.Labels.ToArray<long>(), label => (int)label), data.Classes)
    {
        public override void Read(long index, Span<float> target) => data.Features[(int)index].CopyTo(target);
    }
}
