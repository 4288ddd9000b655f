using Nabla.Backends.Cpu;

namespace Nabla.Checkpoints.Torch;

/// <summary>
/// What torch.save wrote, such as <c>pytorch_model.bin</c>: a pickle, in a zip archive or, before torch 1.6, in a form of its own. A pickle
/// is a program; here only the part of the language that describes tensors is read (<see cref="PickleMachine"/>), and everything else is an
/// error.
/// </summary>
internal sealed unsafe class TorchFile : Weights
{
    private readonly MappedFile file;
    private readonly List<StoredTensor> tensors = [];

    /// <summary>Reads the pickle; the file is this object's if that does not throw.</summary>
    public TorchFile(MappedFile file) : base(file.Path)
    {
        this.file = file;
        using var lease = file.Acquire();
        var archive = TorchArchive.Read(new FileBytes(lease.Start, file.Length, Path), Path);
        foreach (var (name, tensor) in StateDict.Of(archive.Saved, Path))
        {
            var (start, bytes) = archive.Find(tensor.Storage);
            tensors.Add(TensorGeometry.Check(name, tensor, start, bytes, Path));
        }
    }

    public override IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    public override IReadOnlyList<StoredTensor> Tensors => tensors;

    private protected override Tensor Read(StoredTensor stored)
    {
        var result = stored.NewTensor(Path);
        using var lease = file.Acquire(stored.Name);
        if (stored.Strides is not { } strides)
        {
            stored.Type.Decode(lease.Start + stored.Begin, result);
            return result;
        }
        // The elements from the first to the last, of which the tensor takes some in its own order.
        var span = 1L;
        for (var axis = 0; axis < strides.Length; axis++) span += (stored.Shape[axis] - 1) * strides[axis];
        if (span > int.MaxValue)
            throw new CheckpointException(Path, stored.Name,
                $"its strides reach over {span} elements; more than {int.MaxValue} are read only in row-major order. Save a copy: "
                + "tensor.contiguous().");
        var storage = Tensor.Empty([(int)span], result.DType);
        stored.Type.Decode(lease.Start + stored.Begin, storage);
        CopyLoops.Copy(storage.View(stored.Shape, strides, 0), result);
        return result;
    }

    private protected override void Close() => file.Dispose();
}
