using Nabla.Cli.Datasets;
using Nabla.Cli.Sentences;
using Nabla.Data;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Cli.Tour;

/// <summary>
/// The model of chapter 11: a small BERT that was pretrained by <c>nabla pretrain</c> on the training chapters of
/// <see cref="EnglishCorpus"/>. What it is tested on here are the test chapters, which it has never seen.
/// </summary>
sealed class MiniBert
{
    const ulong Seed = 11;

    public MiniBert()
    {
        Tokenizer = BertTokenizer.Load(Folder);
        Pieces = PretrainingTokenizer.From(Tokenizer);
        Model = new(BertConfiguration.Load(Folder));
        BertCheckpoint.Load(Model, Folder);
        Filler = MaskFiller.Load(Folder);
        Documents = EnglishCorpus.Documents(DataPart.Test).ToArray();
        Examples = Dataset.From(Dataset.From(Documents).Tokenize(Pieces).ToArray()).ToPretrainingExamples(Pieces,
            new() { MaxLength = Model.Bert.Configuration.MaxPositions, ShortProbability = 0 }, Seed).ToArray();
    }

    /// <summary>Where the model is, in Hugging Face's layout.</summary>
    public static string Folder => BuiltInModel.Folder;

    public BertTokenizer Tokenizer { get; }

    public PretrainingTokenizer Pieces { get; }

    public BertForPreTraining Model { get; }

    public MaskFiller Filler { get; }

    public BertConfiguration Sizes => Model.Bert.Configuration;

    /// <summary>The test chapters.</summary>
    public IReadOnlyList<TextDocument> Documents { get; }

    /// <summary>The test chapters as pairs of segments, half of which follow each other, in a random order of the chapters.</summary>
    public IReadOnlyList<PretrainingExample> Examples { get; }

    /// <summary>So many of <see cref="Examples"/>, from all over them.</summary>
    public PretrainingExample[] Sample(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Examples[(int)((long)i * Examples.Count / count)])];

    /// <summary>Whether a sentence stands in the test chapters.</summary>
    public bool IsHeldOut(string sentence) => Documents.Any(document => document.Sentences.Contains(sentence));

    /// <summary>Tokens as text.</summary>
    public string Text(IEnumerable<PretrainingToken> tokens) => Tokenizer.Decode(tokens.Select(token => token.Id));
}
