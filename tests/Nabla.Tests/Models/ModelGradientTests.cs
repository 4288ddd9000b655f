using Nabla.Layers;
using Nabla.Losses;
using Nabla.Models;

namespace Nabla.Tests.Models;

/// <summary>The gradients of whole models, in float64 against finite differences and in float32, with all kernels, against float64.</summary>
public class ModelGradientTests
{
    /// <summary>A model and its loss on some input, which is given in a type.</summary>
    public sealed record Case(IModule Model, Func<DType, Tensor> Loss);

    static readonly Dictionary<string, Func<Case>> Cases = new()
    {
        ["Seq2Seq"] = () => Translation(new Seq2Seq(new(9, 11, new(8, 2, 12)) { EncoderLayers = 2, DecoderLayers = 2 })),
        ["Seq2Seq, learned positions, normalised first"] = () =>
            Translation(new Seq2Seq(new(9, 11, new(8, 2, 12) { NormFirst = true, Gelu = true }) { EncoderLayers = 1, DecoderLayers = 2, LearnedPositions = 12, TiedOutput = false })),
        ["RecurrentSeq2Seq"] = () => Translation(new RecurrentSeq2Seq(new(9, 11, 5, 6) { Layers = 2 })),
        ["CharacterModel of LSTM"] = () => Characters(new Lstm(4, 5, layers: 2)),
        ["CharacterModel of GRU"] = () => Characters(new Gru(4, 5)),
        ["CharacterModel of RNN"] = () => Characters(new Rnn(4, 5)),
        ["CharacterTransformer"] = () =>
        {
            var model = new CharacterTransformer(7, 6, new(8, 2, 12) { Gelu = true }, layers: 2);
            return new(model, _ => model.Forward(Ids(7, 1, [3, 6])).CrossEntropy(Ids(7, 2, [3, 6])));
        },
        ["SequenceClassifier of LSTM"] = () => Classes(new LstmEncoder(10, 4, 3, layers: 2)),
        ["SequenceClassifier of attention"] = () => Classes(new AttentionEncoder(10, new(6, 2, 8), layers: 2)),
        ["SequenceTagger of LSTM"] = () => Tags(new LstmEncoder(10, 4, 3)),
        ["SequenceTagger of attention"] = () => Tags(new AttentionEncoder(10, new(6, 2, 8) { NormFirst = true }, layers: 1)),
        ["Forecaster"] = () =>
        {
            var model = new Forecaster(new Lstm(1, 5, layers: 2), horizon: 3, mean: 2, deviation: 4);
            return new(model, dtype => model.Forward(Numbers(1, [4, 7], dtype)).MeanSquaredError(Numbers(2, [4, 3], dtype)));
        },
        ["BertForPreTraining"] = () =>
        {
            var model = new BertForPreTraining(Small);
            return new(model, _ =>
            {
                var (tokens, next) = model.Forward(Pairs, Tensor.From(1L, 4, 8));
                return tokens.CrossEntropy(Ids(13, 4, [3])) + next.CrossEntropy(Tensor.From(0L, 1, 1));
            });
        },
        ["BertForMaskedLM, untied"] = () =>
        {
            var model = new BertForMaskedLM(Small with { TieWordEmbeddings = false, HiddenActivation = "gelu_new" });
            return new(model, _ => model.Forward(Pairs, Tensor.From(0L, 8)).CrossEntropy(Ids(13, 4, [2])));
        },
        ["BertForNextSentencePrediction"] = () =>
        {
            var model = new BertForNextSentencePrediction(Small);
            return new(model, _ => model.Forward(Pairs).CrossEntropy(Tensor.From(0L, 1, 1)));
        },
        ["BertForSequenceClassification"] = () =>
        {
            var model = new BertForSequenceClassification(Small with { Labels = ["a", "b", "c"] });
            return new(model, _ => model.Forward(Pairs).CrossEntropy(Tensor.From(2L, 0, 1)));
        },
        ["BertForSequenceClassification, a number"] = () =>
        {
            var model = new BertForSequenceClassification(Small with { Labels = ["score"] });
            return new(model, dtype => model.Forward(Pairs).MeanSquaredError(Numbers(3, [3, 1], dtype)));
        },
        ["BertForTokenClassification"] = () =>
        {
            var model = new BertForTokenClassification(Small with { Labels = ["a", "b", "c"] });
            return new(model, _ => model.Forward(Pairs).Values.CrossEntropy(Ids(3, 5, [9])));
        },
        ["BertForQuestionAnswering"] = () =>
        {
            var model = new BertForQuestionAnswering(Small);
            return new(model, _ => BertForQuestionAnswering.Loss(model.Forward(Pairs), Tensor.From(0L, 0, 2), Tensor.From(1L, 9, 4)));
        },
        ["LeNet"] = () => Pictures(new LeNet(classes: 4, channels: 2, side: 12), [3, 2, 12, 12]),
        ["ResNet"] = () => Pictures(ResNet.Cifar(depth: 8, classes: 3, channels: 2), [4, 2, 8, 8]),
        ["Mlp"] = () => Pictures(new Mlp(6, [8, 5], 3, x => x.Gelu()), [5, 6]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    static Tensor Ids(int symbols, ulong seed, Shape shape) => (Tensor.Uniform(shape, 0, 1, new Generator(seed)) * symbols).To(DType.Int64);

    static Tensor Numbers(ulong seed, Shape shape, DType dtype) => Tensor.Normal(shape, generator: new Generator(seed)).To(dtype);

    static BertConfiguration Small => new()
    {
        VocabularySize = 13, HiddenSize = 8, HiddenLayers = 2, AttentionHeads = 2, IntermediateSize = 12, MaxPositions = 6, InitializerRange = 0.3,
        HiddenDropout = 0, AttentionDropout = 0,
    };

    static BertInput Pairs => new(new Ragged(Ids(13, 1, [9]), 3, 1, 5), Tensor.From(0L, 0, 1, 0, 0, 0, 1, 1, 1));

    static Case Translation(ISequenceToSequence model)
    {
        var (source, target, wanted) = (new Ragged(Ids(9, 1, [12]), 4, 1, 7), new Ragged(Ids(11, 2, [11]), 3, 6, 2), Ids(11, 3, [11]));
        return new(model, _ => model.Forward(source, target).Values.CrossEntropy(wanted, new() { LabelSmoothing = 0.1 }));
    }

    static Case Characters(Recurrent layers)
    {
        var model = new CharacterModel(7, layers);
        return new(model, _ =>
        {
            var (logits, state) = model.Forward(Ids(7, 1, [3, 4]));
            var (later, _) = model.Forward(Ids(7, 2, [3, 2]), state);
            return Tensor.Concat(1, logits, later).CrossEntropy(Ids(7, 3, [3, 6]));
        });
    }

    static Case Classes(ISequenceEncoder encoder)
    {
        var model = new SequenceClassifier(encoder, classes: 3);
        return new(model, _ => model.Forward(new Ragged(Ids(10, 1, [9]), 3, 1, 5)).CrossEntropy(Ids(3, 2, [3])));
    }

    static Case Tags(ISequenceEncoder encoder)
    {
        var model = new SequenceTagger(encoder, labels: 4);
        return new(model, _ => model.Forward(new Ragged(Ids(10, 1, [9]), 3, 1, 5)).Values.CrossEntropy(Ids(4, 2, [9])));
    }

    static Case Pictures(ILayer model, Shape shape) => new(model, dtype => model.Forward(Numbers(1, shape, dtype)).CrossEntropy(Tensor.Arange(shape[0], DType.Int64) - (Tensor.Arange(shape[0], DType.Int64) / 3 * 3)));

    static Gradients GradientsOf(Case one, DType dtype)
    {
        one.Model.Initialize(5).To(dtype);
        return Gradients.Of(() => one.Loss(dtype), [.. one.Model.Parameters().Select(member => member.Parameter.Value)]).Gradients;
    }

    /// <summary>(L(θ + hd) − L(θ − hd)) / 2h = d · g for random directions d of all parameters together, and for one element of each parameter.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Gradients_are_those_of_finite_differences(string name)
    {
        var one = Cases[name]();
        var gradients = GradientsOf(one, DType.Float64);
        var parameters = one.Model.Parameters().Select(member => member.Parameter).ToArray();
        var generator = new Generator(6);
        for (var direction = 0; direction < 4; direction++)
            Compare($"direction {direction}", [.. parameters.Select(parameter => Tensor.Normal(parameter.Shape, generator: generator).To(DType.Float64))]);
        foreach (var (path, chosen) in one.Model.Parameters())
        {
            var element = Tensor.Arange((int)chosen.Shape.Length).EqualTo(generator.NextInt((int)chosen.Shape.Length)).To(DType.Float64).Reshape(chosen.Shape);
            Compare(path, [.. parameters.Select(parameter => parameter == chosen ? element : Tensor.Zeros(parameter.Shape, DType.Float64))]);
        }

        void Compare(string what, Tensor[] direction)
        {
            var start = parameters.Select(parameter => parameter.Value.Clone()).ToArray();
            const double h = 1e-6;
            var (expected, found) = ((At(h) - At(-h)) / (2 * h), parameters.Select((parameter, i) => (gradients[parameter] * direction[i]).Sum().Item()).Sum());
            At(0);
            Assert.True(Math.Abs(expected - found) <= 1e-7 * Math.Max(1, Math.Abs(expected)), $"{name}, {what}: gradient {found}, difference {expected}");

            double At(double step)
            {
                for (var i = 0; i < parameters.Length; i++) parameters[i].Set(start[i] + (direction[i] * step));
                using (Mode.Train()) return one.Loss(DType.Float64).Item();
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Float32_gives_the_gradients_of_float64(string name)
    {
        var one = Cases[name]();
        var narrow = GradientsOf(one, DType.Float32);
        Tensor[] found = [.. one.Model.Parameters().Select(member => narrow[member.Parameter])];
        var wide = GradientsOf(one, DType.Float64);
        var norm = wide.Norm();
        foreach (var ((path, parameter), gradient) in one.Model.Parameters().Zip(found))
        {
            var (expected, apart) = (Length(wide[parameter]), Length(gradient.To(DType.Float64) - wide[parameter]));
            Assert.True(apart <= 1e-5 * Math.Max(expected, 0.01 * norm), $"{name}, {path}: {apart} beside a gradient of norm {expected}");
        }

        static double Length(Tensor x) => x.Square().Sum().Sqrt().Item();
    }
}
