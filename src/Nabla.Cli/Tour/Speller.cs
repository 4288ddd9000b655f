using System.IO.Compression;
using Nabla.Cli.Datasets;
using Nabla.Cli.Tasks;
using Nabla.Cli.Tasks.Translation;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tour;

/// <summary>
/// The model of chapter 10, from spellings to pronunciations. It travels inside the program as <c>data/speller.zip</c>, the run folder that <c>nabla train translate --data cmudict --width 64
/// --layers 2 --heads 4 --inner 256 --tokens 2048 --epochs 16 --average 0.999</c> left behind: its configuration, its tokenizers and its best checkpoint.
/// </summary>
sealed class Speller
{
    readonly Tokenizers tokenizers;

    public Speller()
    {
        var folder = Directory.CreateTempSubdirectory("nabla-speller-").FullName;
        try
        {
            using (var packed = new ZipArchive(Embedded.Open("speller.zip"))) packed.ExtractToDirectory(folder);
            var run = RunFolder.Open(folder);
            Configuration.Read(run);
            tokenizers = Tokenizers.Load(run);
            Model = (Seq2Seq)TranslationTraining.Load(Configuration, tokenizers, run.Best);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public TranslationSettings Configuration { get; } = new(new SettingList());

    public Seq2Seq Model { get; }

    /// <summary>Words that the model has not seen, from all over the alphabet, with their pronunciations.</summary>
    public PairEntry[] HeldOut(int count)
    {
        var words = PairParts.Of(PairSource.Open("cmudict", null), Configuration.Validation, Configuration.Test, Configuration.Seed).Test.Where(entry => entry.Source.All(char.IsLetter)).ToArray();
        return [.. Enumerable.Range(0, count).Select(i => words[(int)((long)i * words.Length / count)])];
    }

    /// <summary>Phoneme and word error on words: any listed pronunciation is right.</summary>
    public (double Phonemes, double Words, IReadOnlyList<Translated> Written) Judge(IReadOnlyList<PairEntry> entries)
    {
        var evaluator = new TranslationEvaluator(Model, tokenizers, TranslationTraining.Beam(Configuration, tokenizers));
        var metrics = evaluator.Evaluate(PairParts.Evaluation(entries, tokenizers, Configuration));
        return (metrics["token_error"], metrics["sequence_error"], evaluator.Translations);
    }

    /// <summary>The likeliest pronunciations of a word and how likely each is.</summary>
    public (string Text, double Probability)[] Pronounce(string word, int count)
    {
        var search = new BeamSearch(tokenizers.Start, tokenizers.TargetEnd, Configuration.MaximumLength + 1, 2 * count) { LengthPenalty = Configuration.LengthPenalty };
        return [.. search.RunAll(Model.Begin(Read(word)))[0].Take(count).Select(one => (tokenizers.Target.Decode(one.Tokens), Math.Exp(one.LogProbability)))];
    }

    /// <summary>How much each phoneme of a pronunciation, and the end, looks at each letter and the end: the mean over the heads, [phonemes + 1, letters + 1].</summary>
    public Tensor Alignment(string word, string pronunciation) => Model.Alignment(Read(word), Begun(pronunciation))[0].Mean(0);

    /// <summary>The letters' vectors after the encoder, [letters, width], with the letters' places or without.</summary>
    public Tensor Encoded(string word, bool places)
    {
        var letters = Ragged.From([tokenizers.Source.Ids(word)]);
        return places ? Model.Encode(letters).Values
            : Model.Transformer.Encode(letters.Map(ids => ids.Embedding(Model.SourceEmbedding) * Math.Sqrt(Configuration.Width))).Values;
    }

    /// <summary>The largest difference between the logits of a whole pronunciation at once, under the mask, and those of one phoneme after the other, with what was kept of those before.</summary>
    public double StepError(string word, string pronunciation)
    {
        var (whole, writing, target) = (Model.Forward(Read(word), Begun(pronunciation)).Values, Model.Begin(Read(word)), Begun(pronunciation).Values.ToArray<long>());
        return target.Select((token, place) => (writing.Next([(int)token])[0] - whole[place]).Abs().Max().Item()).Max();
    }

    Ragged Read(string word) => Ragged.From([tokenizers.Read(word)]);

    Ragged Begun(string pronunciation) => Ragged.From([[tokenizers.Start, .. tokenizers.Target.Ids(pronunciation)]]);
}
