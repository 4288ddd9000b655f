namespace Nabla.Backends;

/// <summary>Up to four values of one unit: those of its gates.</summary>
internal readonly record struct Gates<V>(V A, V B, V C, V D) where V : struct;

/// <summary>What a unit carries from step to step: its hidden value and, in an LSTM, its cell.</summary>
internal readonly record struct Carried<V>(V Hidden, V Cell) where V : struct;

/// <summary>
/// One step of a recurrent network as a formula of single units: from the projections of the input and of the last hidden state, gate by gate, to the next hidden value. A struct: its
/// fields are its attributes.
/// </summary>
internal interface IRecurrentCell
{
    /// <summary>How many values per unit the projections have, at most 4.</summary>
    static abstract int Gates { get; }

    /// <summary>1: a hidden state; 2: and a cell.</summary>
    static abstract int States { get; }

    /// <summary>How many values per unit the way back needs beside the states, at most 4: none, the gates, or the gates and the recurrent projection of the last of them.</summary>
    static abstract int Kept { get; }

    /// <summary>Whether the gradients of the two projections are the same.</summary>
    static abstract bool AddsProjections { get; }

    /// <summary>One gate of the projections of the input and of the last hidden state. Gates are computed one by one: together they are more than the JIT is willing to inline.</summary>
    /// <param name="gate">Its number, from 0.</param>
    /// <param name="input">The gate's projection of the input.</param>
    /// <param name="recurrent">The gate's projection of the last hidden state.</param>
    /// <param name="first">What the first gate came to, for those after it.</param>
    V Activate<V>(int gate, V input, V recurrent, V first) where V : struct, ILane<V>;

    /// <summary>The next states, of the gates.</summary>
    Carried<V> Next<V>(in Gates<V> gates, in Carried<V> before) where V : struct, ILane<V>;

    /// <summary>
    /// From the gradient that arrives at the states after the step to those of the projections and, the path through the recurrent projection left out, of the states before it.
    /// </summary>
    Carried<V> Back<V>(in Gates<V> kept, in Carried<V> before, in Carried<V> after, in Carried<V> gradient, out Gates<V> input, out Gates<V> recurrent) where V : struct, ILane<V>;
}
