using Nabla.Cli.Datasets;
using Nabla.Models;
using Nabla.Reports;

namespace Nabla.Cli.Tour;

/// <summary>Chapter 6: small kernels that slide over an image, and LeNet-5, which is made of them.</summary>
sealed class Convolutions : Chapter
{
    const ulong Seed = 5;

    static readonly (int Stride, int Padding)[] Settings = [(1, 0), (1, 1), (2, 1)];

    public override int Number => 6;

    public override string Title => "Convolution";

    public override string Summary => "one small kernel for every place of an image: LeNet reads the digits";

    public override void Run(Stage stage)
    {
        var digits = LabelledData.Digits();
        var parts = digits.Split(Seed, 0.7, 0.1, 0.2);
        stage.Say($"The digits of chapter 5, cut the same way; each pixel becomes four, since LeNet's kernels of 5×5 need images of 12×12 at least.");
        var (result, model) = DigitTraining.LeNet(stage, parts, Seed);
        stage.Say(Invariant($"LeNet reads {result.HeldOut.Accuracy:0.00%} of the held-out digits with {result.Parameters:n0} parameters; the MLP of chapter 5 has {Perceptron.ParameterCount():n0}."));
        stage.Result("leNetAccuracy", result.HeldOut.Accuracy);
        stage.Result("leNetParameters", result.Parameters);
        var moved = Moved(model.Net, parts[2]);
        stage.Result("shiftError", moved);
        stage.Check("LeNet reads at least 98% of the held-out digits.", result.HeldOut.Accuracy >= 0.98);
        stage.Check("An image moved by a pixel gives the same maps, moved by a pixel.", moved < 1e-4);
        Explain(stage.Page);
        Train(stage.Page, parts, result);
        Look(stage.Page, model.Net, parts[2]);
        Judge(stage.Page, result, digits.Classes);
    }

    static Mlp Perceptron => new(64, [256, 128], 10);

    /// <summary>The largest difference between the maps of a moved image and the moved maps of the image, apart from the edge, as a share of the largest value.</summary>
    static double Moved(LeNet net, LabelledData data)
    {
        var images = EnlargedLeNet.Enlarge(data.Features[..8]);
        var right = images.Slice(3, 0, 15).Pad([1], [0]);                                                     // every pixel one further to the right
        var (before, after) = (net.C1.Forward(images), net.C1.Forward(right));
        var difference = before.Slice(3, 2, 13) - after.Slice(3, 3, 14);
        return (double)(difference.Abs().Max() / before.Abs().Max());
    }

    static void Explain(ChapterPage page)
    {
        page.Idea("A stroke is a stroke wherever it is. So one small kernel of weights looks at every place of the image, instead of a weight of its own for every pixel.");
        page.Paragraph("A kernel $w$ lies on a patch of the image. Where the patch looks like the kernel, the sum of the products is large. Moved over the whole image, it draws a map of where its pattern is. Several kernels give several maps, the channels of the next layer, whose kernels see all of them:");
        page.Formula("y_{o,i,j} = b_o + \\sum_c \\sum_{u,v} w_{o,c,u,v} · x_{c, i^′ + u, j^′ + v} \\quad i^′ = s i - p \\quad j^′ = s j - p \\quad \\text{places} = ⌊\\frac{n + 2 p - k}{s}⌋ + 1");
        page.Drawing(ConvolutionDrawing.Sliding(Settings),
            "A kernel of 3×3 at its first two places (blue, orange) and the numbers they give. Without padding the image shrinks; a frame of zeros (dashed) keeps its size; a stride $s$ of 2 halves it. $n$ is the length of the image, $k$ of the kernel, $p$ the padding.");
    }

    static void Train(ChapterPage page, LabelledData[] parts, DigitResult result)
    {
        page.Section("LeNet-5");
        page.Paragraph("Yann LeCun's network read cheques in the 1990s and is still how image classifiers are built: convolution, ReLU, the largest of each 2×2 pixels (a pool), twice; then linear layers. " +
            Invariant($"The data are those of chapter 5: {parts[0].Count:n0} digits to learn from, {parts[1].Count} for validation, {parts[2].Count} held out, each pixel enlarged to four. In training every picture is moved by up to a pixel in both directions, at random: a moved digit is the same digit, so these are more examples for nothing."));
        page.Code(DigitTraining.LeNetCode);
        page.Table(["layer", "result", "parameters"], Layers(new(side: 16)));
        page.Plots(
            new Plot("epoch", "cross-entropy", logarithmicY: true).Line(result.Epochs, result.TrainingLosses, Ink.Blue, "training").Line(result.Epochs, result.ValidationLosses, Ink.Blue, "validation", 1.5, dashed: true).Legend(),
            "Training and validation loss fall together", Accuracy(result), "Accuracy on the validation part rises towards 1",
            "Learning curves. Left: the cross-entropy on the training part and, dashed, on the validation part. Right: how much of the validation part is read right.");
    }

    static IEnumerable<string[]> Layers(LeNet net)
    {
        string Count(IModule layer) => Invariant($"{layer.ParameterCount():n0}");
        return
        [
            ["C1: 6 kernels of 5×5, padding 2", "6 maps of 16×16", Count(net.C1)], ["largest of 2×2, ReLU", "6 maps of 8×8", ""],
            ["C3: 16 kernels of 6×5×5", "16 maps of 4×4", Count(net.C3)], ["largest of 2×2, ReLU", "16 maps of 2×2", ""],
            ["C5: linear, ReLU", "120", Count(net.C5)], ["F6: linear, ReLU", "84", Count(net.F6)], ["output: linear", "10 logits", Count(net.Output)],
        ];
    }

    static Plot Accuracy(DigitResult result)
    {
        var plot = new Plot("epoch", "validation right").Line(result.Epochs, result.Accuracies, Ink.Blue);
        plot.Vertical.StringFormat = "0%";
        (plot.Vertical.Minimum, plot.Vertical.Maximum) = (0.75, 1.01);
        return plot;
    }

    static void Look(ChapterPage page, LeNet net, LabelledData data)
    {
        page.Section("What the kernels see");
        page.Paragraph("Nobody told the kernels what to look for; descent made them. Each answers to an edge or stroke of some direction. The ReLU keeps only where the pattern is, and the pool keeps that it is there, no matter on which of four pixels: the reason why a digit may move a little.");
        var image = EnlargedLeNet.Enlarge(data.Features[..1]);
        var maps = net.C1.Forward(image);
        page.Drawing(ConvolutionDrawing.Maps(image[0, 0],
        [
            ("", net.C1.Weight.Value[.., 0]), ("convolution", maps[0]), ("ReLU", maps.Relu()[0]), ("pool", maps.Relu().MaxPool2d(2)[0]),
        ]), $"A held-out {data.Labels[0].Item()} and the six kernels of C1 (top row), and what becomes of it below each kernel. Blue is above 0, red below.");
    }

    static void Judge(ChapterPage page, DigitResult result, string[] classes)
    {
        page.Section("The numbers");
        page.Drawing(Drawings.Matrix(result.HeldOut, classes), Invariant($"LeNet on the held-out digits: {result.HeldOut.Accuracy:0.00%} right. Rows are what was written, columns what was read."));
        if (result.Mistakes.Length > 0)
            page.Drawing(Drawings.Pictures(result.Mistakes.Take(12).Select(mistake => (mistake.Pixels, Invariant($"is {mistake.Truth}, read {mistake.Called} ({mistake.Probability:0%})"))), 8), "All that it got wrong, and how sure it was.");
        page.Notice(
            Invariant($"LeNet has {result.Parameters:n0} parameters, less than half of the {Perceptron.ParameterCount():n0} of the MLP in chapter 5, and sees each of them at work in hundreds of places: sharing weights is knowing something about images."),
            "The first layer has 156 parameters and does nearly half of the arithmetic. In a convolution, parameters and work are two things.",
            "A convolution carries a moved image to moved maps, exactly, except at the edge, where the padding shows. The linear layers at the end do not; the pools before them make up for a pixel or two.");
    }
}
