using Nabla.Data;

namespace Nabla.Cli.Tasks;

/// <summary>Says which classes have so few examples that a part of the data has none of them.</summary>
static class AbsentClasses
{
    const int MostListed = 8;

    /// <summary>Warnings of classes that cannot be learned, or that the test says nothing about.</summary>
    /// <param name="classes">What they are called.</param>
    /// <param name="things">What examples are called: <c>texts</c>.</param>
    /// <param name="train">The training part.</param>
    /// <param name="test">The test part.</param>
    /// <param name="untested">What follows for a class that the test part lacks.</param>
    public static IEnumerable<(string Name, string Value)> Warnings(IReadOnlyList<string> classes, string things, ClassBalance train,
        ClassBalance test, string untested)
    {
        if (Listed(train) is { } unlearned) yield return (RunIntroduction.Warning,
            $"no {things} of {unlearned} in the training part: add some, or lower --validation and --test");
        if (Listed(test) is { } absent) yield return (RunIntroduction.Warning,
            $"no {things} of {absent} in the test part, so that {untested}: add some, or raise --test");

        string? Listed(ClassBalance part)
        {
            string[] names = [.. classes.Where((_, k) => part.Counts[k] == 0)];
            return names.Length == 0 ? null
                : string.Join(", ", names.Take(MostListed)) +
                    (names.Length > MostListed ? Invariant($" and {names.Length - MostListed:n0} other classes") : "");
        }
    }
}
