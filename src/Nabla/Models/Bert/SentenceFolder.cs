using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Text;

namespace Nabla.Models;

/// <summary>
/// The folders of sentence-transformers: <c>modules.json</c> names the parts, each part's folder holds its <c>config.json</c> and weights.
/// </summary>
internal static class SentenceFolder
{
    private const string ModulesName = "modules.json", TransformerName = "sentence_bert_config.json",
        PromptsName = "config_sentence_transformers.json", ConfigName = "config.json";

    private static readonly (string Key, SentencePooling? Pooling)[] Modes =
    [
        ("pooling_mode_cls_token", SentencePooling.First), ("pooling_mode_max_tokens", SentencePooling.Max),
        ("pooling_mode_mean_tokens", SentencePooling.Mean),
        ("pooling_mode_mean_sqrt_len_tokens", SentencePooling.MeanBySquareRoot), ("pooling_mode_weightedmean_tokens", null),
        ("pooling_mode_lasttoken", null),
    ];

    private static readonly Dictionary<string, string> Activations = new()
    {
        ["Tanh"] = "tanh", ["Identity"] = "identity", ["ReLU"] = "relu", ["GELU"] = "gelu", ["Sigmoid"] = "sigmoid",
    };

    public static SentenceEmbedder Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var (transformer, recipe, dense) = Parts(folder);
        var model = new SentenceEmbedder(BertTokenizer.Load(transformer), BertCheckpoint.Load(transformer), recipe);
        for (var i = 0; i < dense.Count; i++) Checkpoint.Load(model.Dense[i], Path.Combine(dense[i], BertCheckpoint.WeightsName));
        return model;
    }

    private static (string Transformer, SentenceRecipe Recipe, List<string> Dense) Parts(string folder)
    {
        var path = Path.Combine(folder, ModulesName);
        if (!File.Exists(path)) return (folder, new(), []);
        var (transformer, recipe, dense, pooled) = (folder, new SentenceRecipe(), new List<string>(), false);
        foreach (var module in Read(path, json => json as JsonArray ?? throw new FormatException("it is no list of modules")))
        {
            var type = (module?["type"]?.GetValue<string>() ?? "").Split('.')[^1];
            var part = Within(path, folder, module?["path"]?.GetValue<string>() ?? "");
            switch (type)
            {
                case "Transformer": (transformer, recipe) = (part, Transformer(folder, part, recipe)); break;
                case "Pooling" when !pooled:
                    (recipe, pooled) = (recipe with { Pooling = Pooling(Path.Combine(part, ConfigName)) }, true);
                    break;
                case "Dense" when pooled:
                    recipe = recipe with { Dense = [.. recipe.Dense, Dense(Path.Combine(part, ConfigName))] };
                    dense.Add(part);
                    break;
                case "Normalize" when pooled: recipe = recipe with { Normalizes = true }; break;
                default: throw new DataFileException(path, null,
                    $"holds a module \"{type}\" at a position where it is not known; Transformer, Pooling, Dense and Normalize, in this order, are.");
            }
        }
        return (transformer, recipe, dense);
    }

    private static string Within(string file, string folder, string path) => !Path.IsPathRooted(path)
        && !path.Split('/', '\\').Contains("..") ? Path.Combine(folder, path)
        : throw new DataFileException(file, null, $"names the folder \"{path}\" of a module, which is not within the model's.");

    private static SentenceRecipe Transformer(string folder, string part, SentenceRecipe recipe)
    {
        var file = Path.Combine(part, TransformerName);
        if (File.Exists(file))
            recipe = Read(file, json => recipe with { MaxTokens = json["max_seq_length"]?.GetValue<int>(),
                Lowercase = json["do_lower_case"]?.GetValue<bool>() ?? false });
        var prompts = Path.Combine(folder, PromptsName);
        if (!File.Exists(prompts)) return recipe;
        return Read(prompts, json => json["default_prompt_name"]?.GetValue<string>() is not { } name ? recipe
            : recipe with { Prompt = json["prompts"]?[name]?.GetValue<string>()
                ?? throw new FormatException($"\"default_prompt_name\" is \"{name}\", which is none of \"prompts\"") });
    }

    private static SentencePooling[] Pooling(string file) => Read(file, json =>
    {
        if (json["include_prompt"]?.GetValue<bool>() is false)
            throw new FormatException("\"include_prompt\" is false; pooling without the prompt is not implemented");
        var chosen = Modes.Where(mode => json[mode.Key]?.GetValue<bool>() ?? false).ToArray();
        if (chosen.Length == 0) throw new FormatException("no pooling mode is true");
        return Array.ConvertAll(chosen, mode => mode.Pooling
            ?? throw new FormatException($"\"{mode.Key}\" is true; that pooling is not implemented"));
    });

    private static SentenceDenseShape Dense(string file) => Read(file, json => new SentenceDenseShape(
        json["in_features"]?.GetValue<int>() ?? throw new FormatException("\"in_features\" is missing"),
        json["out_features"]?.GetValue<int>() ?? throw new FormatException("\"out_features\" is missing"),
        json["bias"]?.GetValue<bool>() ?? true, Activation(json["activation_function"]?.GetValue<string>() ?? "Tanh")));

    private static string Activation(string type) => Activations.TryGetValue(type.Split('.')[^1], out var known) ? known
        : throw new FormatException($"\"activation_function\" is \"{type}\"; known are {string.Join(", ", Activations.Keys)}");

    private static T Read<T>(string path, Func<JsonNode, T> content)
    {
        using var stream = DataFile.OpenRead(path);
        try
        {
            return content(JsonNode.Parse(stream) ?? throw new FormatException("it is null"));
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw new DataFileException(path, null, $"cannot be used: {error.Message}", error);
        }
    }

    public static void Save(SentenceEmbedder model, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var (recipe, modules) = (model.Recipe, new JsonArray());
        void Add(string type, string path)
        {
            modules.Add((JsonNode)new JsonObject { ["idx"] = modules.Count, ["name"] = $"{modules.Count}", ["path"] = path,
                ["type"] = $"sentence_transformers.models.{type}" });
            Directory.CreateDirectory(Path.Combine(folder, path));
        }
        Add("Transformer", "");
        BertCheckpoint.Save(model.Bert, folder);
        model.Tokenizer.Save(folder);
        AtomicFile.WriteJson(Path.Combine(folder, TransformerName), new JsonObject { ["max_seq_length"] = model.MaxTokens,
            ["do_lower_case"] = recipe.Lowercase });
        if (recipe.Prompt is { } prompt)
            AtomicFile.WriteJson(Path.Combine(folder, PromptsName), new JsonObject { ["prompts"] = new JsonObject { ["default"] = prompt },
                ["default_prompt_name"] = "default" });
        Add("Pooling", "1_Pooling");
        var pooling = new JsonObject { ["word_embedding_dimension"] = model.Bert.Configuration.HiddenSize };
        foreach (var (key, mode) in Modes)
            if (mode is { } known) pooling[key] = recipe.Pooling.Contains(known);
        AtomicFile.WriteJson(Path.Combine(folder, "1_Pooling", ConfigName), pooling);
        for (var i = 0; i < recipe.Dense.Count; i++)
        {
            var (path, shape) = ($"{modules.Count}_Dense", recipe.Dense[i]);
            Add("Dense", path);
            AtomicFile.WriteJson(Path.Combine(folder, path, ConfigName), new JsonObject
            {
                ["in_features"] = shape.Inputs, ["out_features"] = shape.Outputs, ["bias"] = shape.HasBias,
                ["activation_function"] = $"torch.nn.modules.{(shape.Activation == "identity" ? "linear" : "activation")}.{Activations.First(known => known.Value == shape.Activation).Key}",
            });
            Checkpoint.Save(model.Dense[i], Path.Combine(folder, path, BertCheckpoint.WeightsName));
        }
        if (recipe.Normalizes) Add("Normalize", $"{modules.Count}_Normalize");
        AtomicFile.WriteJson(Path.Combine(folder, ModulesName), modules);
    }
}
