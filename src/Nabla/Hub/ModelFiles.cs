using System.Text.RegularExpressions;

namespace Nabla.Hub;

/// <summary>
/// Which of a repository's files a model needs: its configuration, tokenizer, weights, pooling and licence, and not the same weights for
/// other frameworks.
/// </summary>
internal static partial class ModelFiles
{
    /// <summary>Files that a model may have, and that its loaders ask for by name.</summary>
    public static readonly string[] Optional =
    [
        "config.json", "generation_config.json", "preprocessor_config.json",
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja",
        "vocab.txt", "vocab.json", "merges.txt",
        "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json",
        "model.safetensors", "model.safetensors.index.json",
    ];

    /// <summary>
    /// The files that a model needs, of all that a repository has. sentence-transformers keeps the parts of a model in folders such as
    /// 1_Pooling and 2_Dense; other folders hold the model for other programs.
    /// </summary>
    public static IReadOnlyList<string> Select(IReadOnlyList<string> files) =>
        [.. from file in files
            let folder = Folder(file)
            where folder.Length == 0 || PartFolder().IsMatch(folder)
            let name = folder.Length == 0 ? file : file[(folder.Length + 1)..]
            where Optional.Contains(name) || Other().IsMatch(name) || (PyTorch().IsMatch(name) && !HasSafetensors(files, folder))
            select file];

    /// <summary>Whether a folder has weights of a model.</summary>
    public static bool HasWeights(string folder) =>
        Directory.EnumerateFiles(folder).Any(file => IsWeights(Path.GetFileName(file)) && HubCache.HasFile(file));

    private static bool IsWeights(string name) => name.EndsWith(".safetensors", StringComparison.Ordinal) || PyTorch().IsMatch(name);

    private static bool HasSafetensors(IReadOnlyList<string> files, string folder) =>
        files.Any(file => file.EndsWith(".safetensors", StringComparison.Ordinal) && Folder(file) == folder);

    private static string Folder(string file) => file.LastIndexOf('/') is > 0 and var end ? file[..end] : "";

    [GeneratedRegex(@"^\d+_\w+\z")]
    private static partial Regex PartFolder();

    /// <summary>Weights in safetensors and their index, SentencePiece models, and the terms.</summary>
    [GeneratedRegex(@"^(.*\.safetensors|.*\.safetensors\.index\.json|.*\.model|README\.md|(LICEN[CS]E|NOTICE|COPYING)[^/]*)\z")]
    private static partial Regex Other();

    [GeneratedRegex(@"^pytorch_model.*\.bin(\.index\.json)?\z")]
    private static partial Regex PyTorch();
}
