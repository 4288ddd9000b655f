using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Cli.Datasets;

/// <summary>Cars of 1970–1982 whose consumption is known.</summary>
/// <param name="Names">What each car is called.</param>
/// <param name="Weight">In thousands of pounds. [cars, 1]</param>
/// <param name="MilesPerGallon">[cars, 1]</param>
/// <param name="Dropped">How many cars were left out because their consumption is unknown.</param>
sealed record Cars(string[] Names, Tensor Weight, Tensor MilesPerGallon, int Dropped)
{
    public int Count => Names.Length;

    public static Cars Load()
    {
        using var stream = Embedded.Open("cars.json");
        var all = JsonSerializer.Deserialize(stream, CarsJson.Default.CarArray)!;
        var known = all.Where(car => car is { MilesPerGallon: not null, Weight: not null }).ToArray();
        return new(
            [.. known.Select(car => car.Name)],
            Tensor.From([.. known.Select(car => car.Weight!.Value / 1000)], [known.Length, 1]),
            Tensor.From([.. known.Select(car => car.MilesPerGallon!.Value)], [known.Length, 1]),
            all.Length - known.Length);
    }
}

/// <summary>One entry of cars.json.</summary>
sealed record Car(
    [property: JsonPropertyName("Name")] string Name,
    [property: JsonPropertyName("Miles_per_Gallon")] float? MilesPerGallon,
    [property: JsonPropertyName("Weight_in_lbs")] float? Weight);

[JsonSerializable(typeof(Car[]))]
sealed partial class CarsJson : JsonSerializerContext;
