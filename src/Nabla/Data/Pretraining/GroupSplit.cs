namespace Nabla.Data;

/// <summary>What examples are used for.</summary>
public enum DataPart
{
    /// <summary>Learning.</summary>
    Train,

    /// <summary>Choosing among models and settings.</summary>
    Validation,

    /// <summary>The final measurement.</summary>
    Test,
}

/// <summary>
/// Cuts data into parts by group, such as a chapter: everything of a group is in one part, in whatever dataset, order or epoch it comes.
/// The part is a function of the seed and the group's name alone, so a streamed corpus need not be read before, and its fractions hold on
/// average.
/// </summary>
public sealed class GroupSplit
{
    /// <summary>A split.</summary>
    /// <param name="seed">Chooses which group goes where.</param>
    /// <param name="validation">How probable it is that a group is for validation, 0–1.</param>
    /// <param name="test">How probable it is that a group is for testing, 0–1.</param>
    /// <exception cref="ArgumentException">A fraction is below 0, or both together are 1 or more.</exception>
    public GroupSplit(ulong seed, double validation, double test)
    {
        if (validation is not (>= 0 and < 1) || test is not (>= 0 and < 1) || validation + test >= 1)
        {
            throw new ArgumentException($"GroupSplit: validation {validation}, test {test}: "
                + "each is 0 or more, and together they leave something to learn from.");
        }
        (Seed, Validation, Test) = (seed, validation, test);
    }

    /// <summary>Chooses which group goes where.</summary>
    public ulong Seed { get; }

    /// <summary>The probability of <see cref="DataPart.Validation"/>.</summary>
    public double Validation { get; }

    /// <summary>The probability of <see cref="DataPart.Test"/>.</summary>
    public double Test { get; }

    /// <summary>The part of a group.</summary>
    /// <param name="group">Its name.</param>
    public DataPart PartOf(string group)
    {
        var draw = Generator.For(Seeds.OfStep(Seed, "GroupSplit"), group).NextDouble();
        return draw < Test ? DataPart.Test : draw < Test + Validation ? DataPart.Validation : DataPart.Train;
    }

    /// <summary>The documents of a part.</summary>
    public Pipeline<TextDocument> Take(Pipeline<TextDocument> documents, DataPart part)
    {
        ArgumentNullException.ThrowIfNull(documents);
        return documents.Where(document => PartOf(document.Group) == part);
    }
}
