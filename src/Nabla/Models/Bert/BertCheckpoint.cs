using Nabla.Checkpoints;

namespace Nabla.Models;

/// <summary>Loads and saves BERTs as Hugging Face's folders hold them: <c>config.json</c> beside the weights, under its names.</summary>
public static class BertCheckpoint
{
    /// <summary>The name of the weights' file in a folder.</summary>
    public const string WeightsName = "model.safetensors";

    /// <summary>The encoder of a folder, with its pooler if the checkpoint holds one.</summary>
    /// <param name="folder">A folder of Hugging Face's layout.</param>
    /// <exception cref="CheckpointException">The weights cannot be read or do not fit the configuration.</exception>
    /// <exception cref="Data.DataFileException">The configuration cannot be used.</exception>
    public static Bert Load(string folder)
    {
        using var file = Safetensors.Open(Path.Combine(folder, WeightsName));
        var pooler = file.Tensors.Any(tensor => BertNames.Canonical(tensor.Name) == "bert.pooler.dense.weight");
        var model = new Bert(BertConfiguration.Load(folder), pooler);
        Load(model, file);
        return model;
    }

    /// <summary>
    /// Sets a model's parameters from the weights of a folder. The encoder must be there and fit; what the checkpoint lacks of the head, or of the pooler,
    /// keeps its initial values and is listed as missing, as the checkpoint's other heads are listed as unexpected.
    /// </summary>
    /// <param name="model">A <see cref="Bert"/> or one of its heads.</param>
    /// <param name="path">A folder of Hugging Face's layout, or its file of weights.</param>
    /// <param name="newHead">Whether the head keeps its initial values even if the checkpoint has one, as for classes of one's own.</param>
    /// <returns>What was loaded, what is new and what was passed over.</returns>
    /// <exception cref="CheckpointException">The weights cannot be read, or a tensor is missing or does not fit. Nothing is changed then.</exception>
    public static LoadReport Load(IModule model, string path, bool newHead = false)
    {
        using var file = Safetensors.Open(Directory.Exists(path) ? Path.Combine(path, WeightsName) : path);
        return Load(model, file, newHead);
    }

    /// <summary>Writes a model's weights and its <c>config.json</c> as Hugging Face's libraries read them.</summary>
    /// <param name="model">A <see cref="Bert"/> or one of its heads.</param>
    /// <param name="folder">Is created if it does not exist.</param>
    /// <exception cref="CheckpointException">A file cannot be written; what was there before is untouched.</exception>
    public static void Save(IModule model, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var bert = model as Bert ?? (model as IBertModel)?.Bert ?? throw new ArgumentException($"BertCheckpoint: a {model?.GetType().Name} is no BERT.", nameof(model));
        Directory.CreateDirectory(folder);
        bert.Configuration.Save(folder, model is Bert ? "BertModel" : model.GetType().Name);
        Safetensors.Save(Path.Combine(folder, WeightsName), Tensors(model), new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>Hugging Face's names for the parameter of a model's path: one, or those of queries, keys and values, which are joined along the first axis.</summary>
    public static IReadOnlyList<string> NamesOf(string path) => BertNames.Of(path);

    private static LoadReport Load(IModule model, Safetensors file, bool newHead = false)
    {
        var hasHead = model is IBertModel;
        var stored = file.Tensors.Select(tensor => (Name: BertNames.Canonical(tensor.Name), Tensor: tensor)).Where(entry => entry.Name is not null)
            .GroupBy(entry => entry.Name!).ToDictionary(group => group.Key, group => group.First().Tensor);
        var (loads, missing, misfits, used) = (new List<(string Path, Parameter Parameter, StoredTensor[] From)>(), new List<string>(), new List<Misfit>(), new HashSet<string>());
        foreach (var (path, parameter) in model.Parameters())
        {
            var names = Array.ConvertAll(BertNames.Of(path), name => BertNames.Canonical(name)!);
            used.UnionWith(names);
            if (newHead && BertNames.IsHead(path, hasHead)) missing.Add(path);
            else if (names.FirstOrDefault(name => !stored.ContainsKey(name)) is { } absent)
                missing.Add(BertNames.IsHead(path, hasHead) || absent.Contains("pooler", StringComparison.Ordinal) ? path : throw Absent(file, absent));
            else if (Array.ConvertAll(names, name => stored[name]) is var tensors && Fit(parameter, tensors)) loads.Add((path, parameter, tensors));
            else misfits.Add(new(path, tensors[0].Name, $"{Share(parameter, tensors.Length)}", string.Join(", ", tensors.Select(tensor => $"{tensor.StoredAs}{tensor.Shape}"))));
        }
        // A head's decoder that is tied to the embeddings stands in some files twice.
        used.Add("cls.predictions.decoder.weight");
        string[] unexpected = [.. stored.Where(entry => !used.Contains(entry.Key)).Select(entry => entry.Value.Name).Order(StringComparer.Ordinal)];
        var report = new LoadReport(file.Path, [.. loads.Select(load => load.Path)], missing, unexpected, misfits);
        if (misfits.Count > 0) throw new CheckpointException(report);
        foreach (var (_, parameter, from) in loads)
            parameter.Set(from.Length == 1 ? file[from[0].Name] : Tensor.Concat(0, [.. from.Select(tensor => file[tensor.Name])]));
        return report;
    }

    private static Shape Share(Parameter parameter, int parts) => parameter.Shape.With(0, parameter.Shape[0] / parts);

    private static bool Fit(Parameter parameter, StoredTensor[] tensors) =>
        tensors.All(tensor => tensor.Shape == Share(parameter, tensors.Length) && tensor.DType is { } dtype && dtype.IsFloat);

    private static CheckpointException Absent(Safetensors file, string name) =>
        new(file.Path, name, "is missing: these are not the weights of a BERT of this config.json. Check that both are from one model.");

    /// <summary>The parameters under Hugging Face's names, queries, keys and values apart.</summary>
    internal static IEnumerable<KeyValuePair<string, Tensor>> Tensors(IModule model) => model.Parameters().SelectMany(member =>
    {
        var (names, value) = (BertNames.Of(member.Path), member.Parameter.Value);
        var rows = value.Shape[0] / names.Length;
        return names.Select((name, i) => KeyValuePair.Create(name, names.Length == 1 ? value : value[(i * rows)..((i + 1) * rows)]));
    });
}
