using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>ResNet-18 for TorchSharp, with the structure, the names and the operations in place of torchvision's; small images get a stem of 3 × 3 and no pool.</summary>
internal sealed class TorchResNet : nn.Module<torch.Tensor, torch.Tensor>
{
    readonly Conv2d conv1;
    readonly BatchNorm2d bn1;
    readonly ReLU relu = nn.ReLU(inplace: true);
    readonly MaxPool2d? maxpool;
    readonly Sequential layer1, layer2, layer3, layer4;
    readonly AdaptiveAvgPool2d avgpool = nn.AdaptiveAvgPool2d(1);
    readonly Linear fc;

    public TorchResNet(int classes, int channels, bool large) : base("resnet18")
    {
        conv1 = large ? nn.Conv2d(channels, 64, 7, 2, 3, bias: false) : nn.Conv2d(channels, 64, 3, 1, 1, bias: false);
        bn1 = nn.BatchNorm2d(64);
        maxpool = large ? nn.MaxPool2d(3, 2, 1) : null;
        (layer1, layer2, layer3, layer4) = (Stage(64, 64, 1), Stage(64, 128, 2), Stage(128, 256, 2), Stage(256, 512, 2));
        fc = nn.Linear(512, classes);
        RegisterComponents();
    }

    public override torch.Tensor forward(torch.Tensor input)
    {
        var x = relu.forward(bn1.forward(conv1.forward(input)));
        if (maxpool is not null)
            x = maxpool.forward(x);
        x = layer4.forward(layer3.forward(layer2.forward(layer1.forward(x))));
        return fc.forward(avgpool.forward(x).flatten(1));
    }

    static Sequential Stage(int channels, int outputs, int stride) => nn.Sequential(new Block(channels, outputs, stride), new Block(outputs, outputs, 1));

    sealed class Block : nn.Module<torch.Tensor, torch.Tensor>
    {
        // In torchvision's order, which is the one of the names.
        readonly Conv2d conv1;
        readonly BatchNorm2d bn1;
        readonly Conv2d conv2;
        readonly BatchNorm2d bn2;
        readonly ReLU relu = nn.ReLU(inplace: true);
        readonly Sequential? downsample;

        public Block(int channels, int outputs, int stride) : base("block")
        {
            (conv1, bn1) = (nn.Conv2d(channels, outputs, 3, stride, 1, bias: false), nn.BatchNorm2d(outputs));
            (conv2, bn2) = (nn.Conv2d(outputs, outputs, 3, 1, 1, bias: false), nn.BatchNorm2d(outputs));
            downsample = channels == outputs ? null : nn.Sequential(nn.Conv2d(channels, outputs, 1, stride, bias: false), nn.BatchNorm2d(outputs));
            RegisterComponents();
        }

        public override torch.Tensor forward(torch.Tensor input)
        {
            var f = bn2.forward(conv2.forward(relu.forward(bn1.forward(conv1.forward(input)))));
            return relu.forward(f.add_(downsample is null ? input : downsample.forward(input)));
        }
    }
}
