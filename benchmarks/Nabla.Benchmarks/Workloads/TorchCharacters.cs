using TorchSharp;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>TorchSharp's model of characters: embedding, recurrent layers, logits.  ids [batch, time] → [batch, time, symbols]</summary>
internal sealed class TorchCharacters : nn.Module<torch.Tensor, torch.Tensor>
{
    readonly TorchSharp.Modules.Embedding embedding;
    readonly nn.Module layers;
    readonly TorchSharp.Modules.Linear output;

    public TorchCharacters(int symbols, int width, int hidden, nn.Module recurrent) : base("characters")
    {
        (embedding, layers, output) = (nn.Embedding(symbols, width), recurrent, nn.Linear(hidden, symbols));
        RegisterComponents();
    }

    public override torch.Tensor forward(torch.Tensor ids)
    {
        var x = embedding.forward(ids);
        return output.forward(layers is TorchSharp.Modules.LSTM lstm ? lstm.call(x).Item1 : ((TorchSharp.Modules.RNN)layers).call(x).Item1);
    }

    /// <summary>The same from a state, null at the beginning of a text, with the state after it; of LSTM layers.</summary>
    public (torch.Tensor Logits, (torch.Tensor Hidden, torch.Tensor Cell) State) Step(torch.Tensor ids, (torch.Tensor Hidden, torch.Tensor Cell)? state)
    {
        var (hidden, h, c) = ((TorchSharp.Modules.LSTM)layers).call(embedding.forward(ids), state);
        return (output.forward(hidden), (h, c));
    }
}
