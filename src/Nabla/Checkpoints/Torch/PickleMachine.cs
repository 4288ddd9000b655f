using System.Runtime.InteropServices;

namespace Nabla.Checkpoints.Torch;

/// <summary>
/// Reads a pickle of protocols 2 to 5 as far as torch.save needs it. Of everything that a pickle can do, it makes numbers, strings, tuples,
/// lists, dicts and descriptions of tensors; any other opcode and the name of any other class or function is an error. Nothing is called
/// and no name is looked up outside of <see cref="PickleGlobals"/>. Stack, memo and number of values are bounded.
/// </summary>
internal ref struct PickleMachine
{
    /// <summary>A longer pickle is no list of tensors.</summary>
    public const int MaxBytes = 100_000_000;

    private const int MaxStack = 100_000;
    private const int MaxMemo = 1 << 20;
    private const int MaxValues = 1 << 22;

    private readonly string path;
    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = new();
    private readonly Dictionary<uint, object?> memo = [];
    private readonly TorchObjects objects;
    private PickleInput input;
    private int pushed;

    private PickleMachine(ReadOnlySpan<byte> bytes, string path, TorchObjects objects)
    {
        (this.path, this.objects) = (path, objects);
        input = new(bytes, path);
    }

    /// <summary>Reads one pickle.</summary>
    /// <param name="bytes">It begins at the first byte and may end before the last.</param>
    /// <param name="path">The file.</param>
    /// <param name="objects">Makes the tensors and storages.</param>
    /// <param name="length">How long it is.</param>
    /// <exception cref="CheckpointException">It is damaged, exceeds a bound, or wants something else than tensors.</exception>
    public static object? Read(ReadOnlySpan<byte> bytes, string path, TorchObjects objects, out int length)
    {
        var machine = new PickleMachine(bytes[..Math.Min(bytes.Length, MaxBytes)], path, objects);
        var value = machine.Run();
        length = machine.input.Position;
        return value;
    }

    private object? Run()
    {
        if ((PickleOpcode)input.Byte() != PickleOpcode.Proto || input.Byte() is var protocol && protocol is < 2 or > 5)
            throw input.Fail("does not begin as one of protocol 2 to 5.");
        while (true)
        {
            var opcode = (PickleOpcode)input.Byte();
            if (opcode == PickleOpcode.Stop) break;
            if (!TryValue(opcode) && !TryContainer(opcode) && !TryMemo(opcode)) Construct(opcode);
        }
        return stack.Count == 1 && marks.Count == 0 ? stack[0] : throw input.Fail($"ends with {stack.Count} values, not one.");
    }

    /// <summary>Numbers, strings and the other values without parts.</summary>
    private bool TryValue(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.None: Push(null); return true;
            case PickleOpcode.NewTrue: Push(true); return true;
            case PickleOpcode.NewFalse: Push(false); return true;
            case PickleOpcode.BinInt: Push((long)input.Int32()); return true;
            case PickleOpcode.BinInt1: Push((long)input.Byte()); return true;
            case PickleOpcode.BinInt2: Push((long)input.UInt16()); return true;
            case PickleOpcode.Long1: Push(input.Integer(input.Byte())); return true;
            case PickleOpcode.Long4: Push(input.Integer(input.UInt32())); return true;
            case PickleOpcode.BinFloat: Push(input.Double()); return true;
            case PickleOpcode.Short_BinString or PickleOpcode.Short_BinUnicode: Push(input.Text(input.Byte())); return true;
            case PickleOpcode.BinString or PickleOpcode.BinUnicode: Push(input.Text(input.UInt32())); return true;
            case PickleOpcode.BinUnicode8: Push(input.Text(input.UInt64())); return true;
            default: return false;
        }
    }

    private bool TryContainer(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: Mark(); break;
            case PickleOpcode.Empty_Tuple: Push(new PickleTuple([])); break;
            case PickleOpcode.Tuple1: Push(new PickleTuple(Pop(1))); break;
            case PickleOpcode.Tuple2: Push(new PickleTuple(Pop(2))); break;
            case PickleOpcode.Tuple3: Push(new PickleTuple(Pop(3))); break;
            case PickleOpcode.Tuple: Push(new PickleTuple(PopMark())); break;
            case PickleOpcode.Empty_List: Push(new PickleList()); break;
            case PickleOpcode.Empty_Dict: Push(new PickleDict(isOrdered: false)); break;
            case PickleOpcode.Append: Append(Pop(1)); break;
            case PickleOpcode.Appends: Append(PopMark()); break;
            case PickleOpcode.SetItem: SetItems(Pop(2)); break;
            case PickleOpcode.SetItems: SetItems(PopMark()); break;
            default: return false;
        }
        return true;
    }

    private bool TryMemo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinPut: Remember(input.Byte()); break;
            case PickleOpcode.Long_BinPut: Remember(input.UInt32()); break;
            case PickleOpcode.Memoize: Remember((uint)memo.Count); break;
            case PickleOpcode.BinGet: Recall(input.Byte()); break;
            case PickleOpcode.Long_BinGet: Recall(input.UInt32()); break;
            case PickleOpcode.Frame:
                if (!input.Has(8) || input.UInt64() is var length && !input.Has(length))
                    throw input.Fail("has a frame that is longer than what follows.");
                break;
            default: return false;
        }
        return true;
    }

    private void Construct(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                Push(Global(input.Line(), input.Line()));
                break;
            case PickleOpcode.Stack_Global:
                Push(Pop(2) is [string module, string name] ? Global(module, name)
                    : throw input.Fail("names a global by something else than strings."));
                break;
            case PickleOpcode.BinPersId:
                Push(objects.Storage(Pop(1)[0], input));
                break;
            case PickleOpcode.Reduce:
                Push(Pop(2) is [PickleGlobal function, PickleTuple arguments] ? TorchObjects.Call(function, arguments.Items, input)
                    : throw input.Fail("calls something that is no function, or with something that is no tuple."));
                break;
            case PickleOpcode.Build:
                if (Pop(1)[0] is not (null or PickleDict) || Top() is not PickleDict { IsOrdered: true })
                    throw Refused("BUILD, which sets the state of an object", "the only object with a state here is an OrderedDict");
                break;
            case PickleOpcode.Inst:
                throw Refused($"INST of {Quote(input.Line(), input.Line())}");
            default:
                throw Enum.IsDefined(opcode) ? Refused($"the opcode {opcode.ToString().ToUpperInvariant()}")
                    : input.Fail($"has an unknown opcode 0x{(byte)opcode:X2}.");
        }
    }

    private readonly PickleGlobal Global(string module, string name) =>
        PickleGlobals.Find($"{module}.{name}") ?? throw Refused(Quote(module, name));

    private static string Quote(string module, string name) => CheckpointException.Quote($"{module}.{name}")[1..^1];

    private readonly CheckpointException Refused(string wish, string? why = null) => new(path, null,
        $"its pickle wants {wish}, at byte {input.Position}: {why ?? "only tensors, containers, numbers and strings are read"}. "
        + "Nothing was loaded or run. Get the weights as safetensors, or save the state_dict alone.");

    private void Push(object? value)
    {
        if (stack.Count >= MaxStack) throw input.Fail($"has more than {MaxStack} values on its stack.");
        if (++pushed > MaxValues) throw input.Fail($"has more than {MaxValues} values.");
        stack.Add(value);
    }

    private readonly void Mark()
    {
        if (marks.Count >= MaxStack) throw input.Fail($"has more than {MaxStack} marks on its stack.");
        marks.Push(stack.Count);
    }

    private readonly object? Top() => stack.Count > Floor ? stack[^1] : throw input.Fail("takes a value from an empty stack.");

    /// <summary>Values below the last mark are not to be taken.</summary>
    private readonly int Floor => marks.Count == 0 ? 0 : marks.Peek();

    private readonly object?[] Pop(int count)
    {
        if (stack.Count - count < Floor) throw input.Fail($"takes {count} values from a stack of {stack.Count - Floor}.");
        var values = CollectionsMarshal.AsSpan(stack)[^count..].ToArray();
        stack.RemoveRange(stack.Count - count, count);
        return values;
    }

    private readonly object?[] PopMark()
    {
        if (marks.Count == 0) throw input.Fail("goes back to a mark that it has not set.");
        var values = Pop(stack.Count - Floor);
        marks.Pop();
        return values;
    }

    private readonly void Append(object?[] items)
    {
        if (Top() is not PickleList list) throw input.Fail("appends to something that is no list.");
        list.Append(items);
    }

    private readonly void SetItems(object?[] items)
    {
        if (Top() is not PickleDict dict) throw input.Fail("sets an item of something that is no dict.");
        if (items.Length % 2 != 0) throw input.Fail("sets a key without a value.");
        for (var i = 0; i < items.Length; i += 2) dict.Set(items[i], items[i + 1]);
    }

    private readonly void Remember(uint index)
    {
        if (memo.Count >= MaxMemo) throw input.Fail($"remembers more than {MaxMemo} values.");
        memo[index] = Top();
    }

    private void Recall(uint index) =>
        Push(memo.TryGetValue(index, out var value) ? value
            : throw input.Fail($"wants the remembered value {index}, which there is none of."));
}
