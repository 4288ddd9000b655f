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
        using var file = Weights.Open(folder);
        var pooler = file.Tensors.Any(tensor => BertNames.Canonical(tensor.Name) == "bert.pooler.dense.weight");
        var model = new Bert(BertConfiguration.Load(folder), pooler);
        Load(model, file);
        return model;
    }

    /// <summary>
    /// Sets a model's parameters from the weights of a folder. The encoder must be there and fit; what the checkpoint lacks of the head, or
    /// of the pooler, keeps its initial values and is listed as missing, as the checkpoint's other heads are listed as unexpected.
    /// </summary>
    /// <param name="model">A <see cref="Bert"/> or one of its heads.</param>
    /// <param name="path">A folder of Hugging Face's layout, or its file of weights.</param>
    /// <param name="newHead">Whether the head keeps its initial values even if the checkpoint has one, as for classes of one's own.</param>
    /// <returns>What was loaded, what is new and what was passed over.</returns>
    /// <exception cref="CheckpointException">The weights cannot be read, or a tensor is missing or does not fit. Nothing is changed
    /// then.</exception>
    public static LoadReport Load(IModule model, string path, bool newHead = false)
    {
        using var file = Weights.Open(path);
        return Load(model, file, newHead);
    }

    /// <summary>Writes a model's weights and its <c>config.json</c> as Hugging Face's libraries read them.</summary>
    /// <param name="model">A <see cref="Bert"/> or one of its heads.</param>
    /// <param name="folder">Is created if it does not exist.</param>
    /// <param name="floats">How numbers are stored, such as <see cref="StoredType.Float16"/>; null: as the parameters hold them.</param>
    /// <exception cref="CheckpointException">A file cannot be written; what was there before is untouched.</exception>
    public static void Save(IModule model, string folder, StoredType? floats = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var bert = model as Bert ?? (model as IBertModel)?.Bert
            ?? throw new ArgumentException($"BertCheckpoint: a {model?.GetType().Name} is no BERT.", nameof(model));
        Directory.CreateDirectory(folder);
        bert.Configuration.Save(folder, model is Bert ? "BertModel" : model.GetType().Name);
        Safetensors.Save(Path.Combine(folder, WeightsName), Tensors(model), new Dictionary<string, string> { ["format"] = "pt" }, floats);
    }

    /// <summary>Hugging Face's name of the parameter of a model's path.</summary>
    public static string NameOf(string path) => BertNames.Of(path);

    private static LoadReport Load(IModule model, Weights file, bool newHead = false)
    {
        var hasHead = model is IBertModel;
        var stored = file.Tensors.Select(tensor => (Name: BertNames.Canonical(tensor.Name), Tensor: tensor)).Where(entry =>
            entry.Name is not null)
            .GroupBy(entry => entry.Name!).ToDictionary(group => group.Key, group => group.First().Tensor);
        var (loads, missing, misfits, used) = (new List<(string Path, Parameter Parameter, StoredTensor From)>(), new List<string>(),
            new List<Misfit>(), new HashSet<string>());
        foreach (var (path, parameter) in model.Parameters())
        {
            var name = BertNames.Canonical(BertNames.Of(path))!;
            used.Add(name);
            if (newHead && BertNames.IsHead(path, hasHead)) missing.Add(path);
            else if (!stored.TryGetValue(name, out var tensor))
                missing.Add(BertNames.IsHead(path, hasHead) || name.Contains("pooler", StringComparison.Ordinal) ? path
                    : throw Absent(file, name));
            else if (tensor.Shape == parameter.Shape && tensor.DType is { } dtype && dtype.IsFloat) loads.Add((path, parameter, tensor));
            else misfits.Add(new(path, tensor.Name, $"{parameter.DType}{parameter.Shape}", $"{tensor.StoredAs}{tensor.Shape}"));
        }
        // A head's decoder that is tied to the embeddings stands in some files twice.
        used.Add("cls.predictions.decoder.weight");
        string[] unexpected = [.. stored.Where(entry => !used.Contains(entry.Key)).Select(entry =>
            entry.Value.Name).Order(StringComparer.Ordinal)];
        var report = new LoadReport(file.Path, [.. loads.Select(load => load.Path)], missing, unexpected, misfits);
        if (misfits.Count > 0) throw new CheckpointException(report);
        foreach (var (_, parameter, from) in loads) parameter.Set(file[from.Name]);
        return report;
    }

    private static CheckpointException Absent(Weights file, string name) =>
        new(file.Path, name, "is missing: these are not the weights of a BERT of this config.json. Check that both are from one model.");

    /// <summary>The parameters under Hugging Face's names.</summary>
    internal static IEnumerable<KeyValuePair<string, Tensor>> Tensors(IModule model) =>
        model.Parameters().Select(member => KeyValuePair.Create(BertNames.Of(member.Path), member.Parameter.Value));
}
