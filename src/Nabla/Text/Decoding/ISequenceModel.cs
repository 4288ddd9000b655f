namespace Nabla.Text;

/// <summary>
/// A model that writes sequences, token by token, with its state of them so far: recurrent states, or the keys and values of attention. Rows are sequences under way; at first there is one for
/// each sequence to be written.
/// </summary>
public interface ISequenceModel
{
    /// <summary>How many sequences are under way.</summary>
    int Rows { get; }

    /// <summary>Takes the next token of each row and says what may follow it: logits [rows, vocabulary].</summary>
    /// <exception cref="ArgumentException">There is not one token for each row, or a sequence is longer than the model can take.</exception>
    Tensor Next(IReadOnlyList<int> tokens);

    /// <summary>Goes on with these rows, in this order: row i is what row <c>rows[i]</c> was. A row may come several times, or not at all; rows of a later sequence never stand before those of an earlier one.</summary>
    void Select(IReadOnlyList<int> rows);
}

/// <summary>One that keeps no hold of the logits it has given, so that a search gives their memory back at once.</summary>
internal interface IForgetsLogits : ISequenceModel;
