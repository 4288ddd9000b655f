using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Models;

public sealed partial record BertConfiguration
{
    /// <summary>
    /// Keys of transformers' configurations that do not change what a BERT computes, or only what other programs do with it.
    /// </summary>
    private static readonly HashSet<string> Inert =
    [
        "_name_or_path", "_commit_hash", "_attn_implementation", "_attn_implementation_autoset", "architectures", "attn_implementation",
        "auto_map", "bos_token_id", "directionality",
        "dtype", "eos_token_id", "finetuning_task", "gradient_checkpointing", "model_type", "output_attentions", "output_hidden_states",
        "pooler_fc_size", "pooler_num_attention_heads",
        "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type", "return_dict", "sep_token_id", "cls_token_id", "mask_token_id",
        "tokenizer_class", "torch_dtype", "torchscript",
        "transformers_version", "use_bfloat16", "use_cache", "chunk_size_feed_forward", "task_specific_params", "language", "name",
        "revision", "prefix", "sentence_transformers",
        "adapters", "is_composition",
    ];

    /// <summary>Keys of text generation, which older versions of transformers wrote into every configuration.</summary>
    private static readonly HashSet<string> Generation =
    [
        "bad_words_ids", "begin_suppress_tokens", "decoder_start_token_id", "diversity_penalty", "do_sample", "early_stopping",
        "encoder_no_repeat_ngram_size",
        "exponential_decay_length_penalty", "forced_bos_token_id", "forced_eos_token_id", "length_penalty", "max_length", "min_length",
        "no_repeat_ngram_size", "num_beam_groups",
        "num_beams", "num_return_sequences", "output_scores", "remove_invalid_values", "repetition_penalty", "return_dict_in_generate",
        "suppress_tokens", "temperature",
        "tf_legacy_loss", "top_k", "top_p", "typical_p",
    ];

    /// <summary>Keys that must have the value at which they change nothing: what else they ask for Nabla does not have.</summary>
    private static readonly Dictionary<string, (Func<JsonNode?, bool> Holds, string Needed)> Demanded = new()
    {
        ["position_embedding_type"] = (value => value is null || Is(value, "absolute"),
            "\"absolute\"; relative positions are not implemented"),
        ["is_decoder"] = (IsFalse, "false; a BERT as a decoder is not implemented"),
        ["is_encoder_decoder"] = (IsFalse, "false; encoder-decoder models are not BERTs"),
        ["add_cross_attention"] = (IsFalse, "false; cross-attention of a BERT is not implemented"),
        ["cross_attention_hidden_size"] = (value => value is null, "null; cross-attention of a BERT is not implemented"),
        ["tie_encoder_decoder"] = (IsFalse, "false; encoder-decoder models are not BERTs"),
        ["pruned_heads"] = (value => value is null or JsonObject { Count: 0 }, "empty; pruned heads are not implemented"),
        ["quantization_config"] = (value => value is null, "null; quantised checkpoints are not implemented"),
    };

    /// <summary>The configuration of a <c>config.json</c>.</summary>
    /// <exception cref="FormatException">A key is missing, unknown, or asks for what Nabla does not have.</exception>
    internal static BertConfiguration Parse(JsonObject json)
    {
        if (json["model_type"]?.GetValue<string>() is { } type and not "bert")
            throw new FormatException($"\"model_type\" is \"{type}\"; \"bert\" is needed. Other architectures are not implemented");
        var keys = new Keys(json);
        var parsed = new BertConfiguration
        {
            VocabularySize = keys.Whole("vocab_size"),
            HiddenSize = keys.Whole("hidden_size"),
            HiddenLayers = keys.Whole("num_hidden_layers"),
            AttentionHeads = keys.Whole("num_attention_heads"),
            IntermediateSize = keys.Whole("intermediate_size"),
            HiddenActivation = keys.Text("hidden_act") ?? "gelu",
            HiddenDropout = keys.Number("hidden_dropout_prob") ?? 0.1,
            AttentionDropout = keys.Number("attention_probs_dropout_prob") ?? 0.1,
            ClassifierDropout = keys.Number("classifier_dropout"),
            MaxPositions = keys.Whole("max_position_embeddings", 512),
            TokenTypes = keys.Whole("type_vocab_size", 2),
            InitializerRange = keys.Number("initializer_range") ?? 0.02,
            LayerNormEpsilon = keys.Number("layer_norm_eps") ?? 1e-12,
            PaddingId = json.ContainsKey("pad_token_id") ? keys.OptionalWhole("pad_token_id") : 0,
            TieWordEmbeddings = keys.Flag("tie_word_embeddings") ?? true,
            Labels = keys.Labels(),
            ProblemType = keys.Text("problem_type"),
            Other = keys.Rest(),
        };
        parsed.Validate();
        return parsed;
    }

    private void Validate()
    {
        if (HiddenSize % AttentionHeads != 0)
            throw new FormatException($"\"hidden_size\" {HiddenSize} is no multiple of \"num_attention_heads\" {AttentionHeads}");
        if (PaddingId is { } padding && (uint)padding >= (uint)VocabularySize)
            throw new FormatException($"\"pad_token_id\" is {padding}; ids are 0 … {VocabularySize - 1} (\"vocab_size\")");
        if (ProblemType is not (null or "regression" or "single_label_classification" or "multi_label_classification"))
            throw new FormatException($"\"problem_type\" is \"{ProblemType}\"; regression, single_label_classification and multi_label_classification are known");
    }

    /// <summary>The file's content.</summary>
    internal JsonObject ToJson(string architecture)
    {
        Validate();
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(architecture), ["model_type"] = "bert", ["vocab_size"] = VocabularySize,
            ["hidden_size"] = HiddenSize,
            ["num_hidden_layers"] = HiddenLayers, ["num_attention_heads"] = AttentionHeads, ["intermediate_size"] = IntermediateSize,
            ["hidden_act"] = HiddenActivation,
            ["hidden_dropout_prob"] = HiddenDropout, ["attention_probs_dropout_prob"] = AttentionDropout,
            ["classifier_dropout"] = ClassifierDropout,
            ["max_position_embeddings"] = MaxPositions, ["type_vocab_size"] = TokenTypes, ["initializer_range"] = InitializerRange,
            ["layer_norm_eps"] = LayerNormEpsilon,
            ["pad_token_id"] = PaddingId, ["position_embedding_type"] = "absolute", ["tie_word_embeddings"] = TieWordEmbeddings,
            ["id2label"] = new JsonObject(Labels.Select((label, i) => KeyValuePair.Create($"{i}", (JsonNode?)label))),
            ["label2id"] = new JsonObject(Labels.Select((label, i) => KeyValuePair.Create(label, (JsonNode?)i))),
        };
        if (ProblemType is not null) json["problem_type"] = ProblemType;
        foreach (var (key, value) in Other)
            if (!json.ContainsKey(key)) json[key] = value?.DeepClone();
        return json;
    }

    private static bool IsFalse(JsonNode? value) => value is null || value.GetValueKind() == JsonValueKind.False;

    private static bool Is(JsonNode value, string text) => value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == text;

    /// <summary>Reads the keys of a file, and knows which nobody has read.</summary>
    private sealed class Keys(JsonObject json)
    {
        private readonly HashSet<string> read = [];

        public int Whole(string key) => OptionalWhole(key) ?? throw new FormatException($"\"{key}\" is missing");

        public int Whole(string key, int otherwise) => OptionalWhole(key) ?? otherwise;

        public int? OptionalWhole(string key) => Value(key) is not { } value ? null
            : value.GetValueKind() == JsonValueKind.Number && double.IsInteger(value.GetValue<double>())
                && Math.Abs(value.GetValue<double>()) <= int.MaxValue ? (int)value.GetValue<double>()
            : throw new FormatException($"\"{key}\" is {value.ToJsonString()}; a whole number is needed");

        public double? Number(string key) => Value(key) is not { } value ? null
            : value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>()
                : throw new FormatException($"\"{key}\" is {value.ToJsonString()}; a number is needed");

        public bool? Flag(string key) => Value(key) is not { } value ? null
            : value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? value.GetValue<bool>()
                : throw new FormatException($"\"{key}\" is {value.ToJsonString()}; true or false is needed");

        public string? Text(string key) => Value(key) is not { } value ? null
            : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
                : throw new FormatException($"\"{key}\" is {value.ToJsonString()}; a text is needed");

        /// <summary>The labels by <c>id2label</c>, else as many as <c>num_labels</c> says, else two.</summary>
        public IReadOnlyList<string> Labels()
        {
            var count = OptionalWhole("num_labels") ?? OptionalWhole("_num_labels");
            _ = Value("label2id");
            if (Value("id2label") is not { } value) return [.. Enumerable.Range(0, count ?? 2).Select(i => $"LABEL_{i}")];
            if (value is not JsonObject names) throw new FormatException("\"id2label\" is no object");
            return [.. Enumerable.Range(0, names.Count).Select(i => names[$"{i}"]?.GetValue<string>()
                ?? throw new FormatException($"\"id2label\" names {names.Count} labels, but none for {i}"))];
        }

        /// <summary>The keys that change nothing here.</summary>
        public JsonObject Rest()
        {
            var rest = new JsonObject();
            foreach (var (key, value) in json)
            {
                if (read.Contains(key)) continue;
                if (Demanded.TryGetValue(key, out var demand))
                {
                    if (!demand.Holds(value))
                        throw new FormatException($"\"{key}\" is {value?.ToJsonString() ?? "null"}; it must be {demand.Needed}");
                }
                else if (!Inert.Contains(key) && !Generation.Contains(key))
                {
                    throw new FormatException($"\"{key}\" is a key that is not known here: what it changes would be missed. Remove it if it changes nothing");
                }
                rest[key] = value?.DeepClone();
            }
            return rest;
        }

        private JsonNode? Value(string key)
        {
            read.Add(key);
            return json[key];
        }
    }
}
