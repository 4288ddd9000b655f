using Nabla.Hub;

namespace Nabla.Tests.Hub;

public sealed class ModelFilesTests
{
    /// <summary>The files of sentence-transformers/all-MiniLM-L6-v2.</summary>
    [Fact]
    public void Of_a_sentence_transformer_its_weights_are_chosen_once()
    {
        string[] all =
        [
            ".gitattributes", "1_Pooling/config.json", "README.md", "config.json", "config_sentence_transformers.json", "data_config.json",
            "model.safetensors", "modules.json", "onnx/model.onnx", "onnx/model_O1.onnx", "onnx/model_qint8_avx512.onnx",
            "openvino/openvino_model.bin", "openvino/openvino_model.xml", "pytorch_model.bin", "rust_model.ot", "sentence_bert_config.json",
            "special_tokens_map.json", "tf_model.h5", "tokenizer.json", "tokenizer_config.json", "train_script.py", "vocab.txt",
        ];
        string[] needed =
        [
            "1_Pooling/config.json", "README.md", "config.json", "config_sentence_transformers.json", "model.safetensors", "modules.json",
            "sentence_bert_config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
        ];
        Assert.Equal(needed, ModelFiles.Select(all));
    }

    /// <summary>The files of google-bert/bert-base-uncased.</summary>
    [Fact]
    public void Of_BERT_neither_Core_ML_nor_Flax_nor_TensorFlow_is_chosen()
    {
        string[] all =
        [
            ".gitattributes", "LICENSE", "README.md", "config.json",
            "coreml/fill-mask/float32_model.mlpackage/Data/com.apple.CoreML/weights/weight.bin", "flax_model.msgpack", "model.onnx",
            "model.safetensors", "pytorch_model.bin", "rust_model.ot", "tf_model.h5", "tokenizer.json", "tokenizer_config.json",
            "vocab.txt",
        ];
        string[] needed =
            ["LICENSE", "README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt"];
        Assert.Equal(needed, ModelFiles.Select(all));
    }

    [Fact]
    public void PyTorch_s_weights_are_chosen_where_there_are_no_safetensors()
    {
        string[] weights = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin", "pytorch_model.bin.index.json"];
        Assert.Equal(["config.json", .. weights], ModelFiles.Select(["config.json", .. weights, "training_args.bin", "optimizer.pt"]));
    }

    [Fact]
    public void Each_part_of_a_sentence_transformer_has_its_own_weights()
    {
        string[] all =
        [
            "2_Dense/config.json", "2_Dense/model.safetensors", "2_Dense/onnx/model.safetensors", "2_Dense/pytorch_model.bin",
            "3_Dense/pytorch_model.bin", "model-00001-of-00002.safetensors", "model.safetensors.index.json",
            "original/consolidated.safetensors",
        ];
        string[] needed =
        [
            "2_Dense/config.json", "2_Dense/model.safetensors", "3_Dense/pytorch_model.bin", "model-00001-of-00002.safetensors",
            "model.safetensors.index.json",
        ];
        Assert.Equal(needed, ModelFiles.Select(all));
    }

    [Fact]
    public void Tokenizers_by_pairs_and_SentencePiece_are_chosen()
    {
        string[] needed = ["merges.txt", "sentencepiece.bpe.model", "vocab.json"];
        Assert.Equal(needed, ModelFiles.Select([.. needed, "scores.txt"]));
    }
}
