namespace Nabla.Cli.Datasets;

/// <summary>Examples with the class of each.</summary>
/// <param name="Features">[examples, features]</param>
/// <param name="Labels">Int64 [examples], 0 ≤ label &lt; classes.</param>
/// <param name="Classes">What the classes are called.</param>
sealed record LabelledData(Tensor Features, Tensor Labels, string[] Classes)
{
    public int Count => Features.Shape[0];

    /// <summary>1,797 handwritten digits: 64 pixels of 0–1.</summary>
    public static LabelledData Digits()
    {
        using var file = Embedded.Open("digits.csv.gz");
        using var csv = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress);
        var (_, rows) = NumberTable.Read(csv, hasHeader: false);
        return new(Columns(rows, pixel => pixel / 16), LastColumn(rows, label => (long)label), [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")]);
    }

    /// <summary>569 tissue samples, 30 measurements each; class 1 is malignant, what the test is to find (the file has it the other way round).</summary>
    public static LabelledData BreastCancer()
    {
        using var csv = Embedded.Open("breast_cancer.csv");
        var (header, rows) = NumberTable.Read(csv, hasHeader: true);
        return new(Columns(rows, value => value), LastColumn(rows, label => 1 - (long)label), [header[3], header[2]]);
    }

    /// <summary>The examples at these places.</summary>
    public LabelledData At(int[] places)
    {
        var index = Tensor.From(Array.ConvertAll(places, place => (long)place), [places.Length]);
        return this with { Features = Features.IndexSelect(0, index), Labels = Labels.IndexSelect(0, index) };
    }

    /// <summary>
    /// Cuts the examples into parts of these shares, at random from a seed, so that every class has its share in every part (stratified). The last part takes what rounding leaves.
    /// </summary>
    public LabelledData[] Split(ulong seed, params ReadOnlySpan<double> shares)
    {
        var parts = new List<int>[shares.Length];
        for (var part = 0; part < parts.Length; part++) parts[part] = [];
        var (labels, random) = (Labels.ToArray<long>(), new Generator(seed));
        for (var label = 0; label < Classes.Length; label++)
        {
            var members = Enumerable.Range(0, labels.Length).Where(i => labels[i] == label).ToArray();
            var order = random.Permutation(members.Length);
            var (start, upTo) = (0, 0.0);
            for (var part = 0; part < parts.Length; part++)
            {
                upTo += shares[part];
                var end = part == parts.Length - 1 ? members.Length : (int)Math.Round(upTo * members.Length);
                for (; start < end; start++) parts[part].Add(members[order[start]]);
            }
        }
        return [.. parts.Select(places => At([.. places]))];
    }

    static Tensor Columns(float[][] rows, Func<float, float> scale) =>
        Tensor.From([.. rows.SelectMany(row => row[..^1].Select(scale))], [rows.Length, rows[0].Length - 1]);

    static Tensor LastColumn(float[][] rows, Func<float, long> label) => Tensor.From([.. rows.Select(row => label(row[^1]))], [rows.Length]);
}
