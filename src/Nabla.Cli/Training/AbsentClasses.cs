using Nabla.Data;

namespace Nabla.Cli.Training;

/// <summary>Says which classes have so few examples that none is left for a part of the data.</summary>
static class AbsentClasses
{
    const int MostListed = 8;

    /// <summary>Warnings of classes that cannot be learned, or that the test says nothing about; none where there are no such classes.</summary>
    /// <param name="classes">What they are called.</param>
    /// <param name="things">What examples are called: <c>texts</c>.</param>
    /// <param name="train">Those to learn from.</param>
    /// <param name="test">Those that the model is judged by.</param>
    /// <param name="unjudged">What comes of a class that is not among them.</param>
    public static IEnumerable<(string Name, string Value)> Warnings(IReadOnlyList<string> classes, string things, ClassBalance train, ClassBalance test, string unjudged)
    {
        if (Listed(train) is { } unlearned) yield return (RunFolders.Warning, $"no {things} of {unlearned} to learn from: add some, or lower --validation and --test");
        if (Listed(test) is { } absent) yield return (RunFolders.Warning, $"no {things} of {absent} in the test part, so that {unjudged}: add some, or raise --test");

        string? Listed(ClassBalance part)
        {
            string[] names = [.. classes.Where((_, k) => part.Counts[k] == 0)];
            return names.Length == 0 ? null : string.Join(", ", names.Take(MostListed)) + (names.Length > MostListed ? Invariant($" and {names.Length - MostListed:n0} other classes") : "");
        }
    }
}
