namespace Nabla.Cli.Training;

/// <summary>The shares that data is cut into.</summary>
static class SplitShares
{
    /// <summary>To learn from, for validation and for the test; where one of the two is 0, the other does both duties.</summary>
    public static double[] Of(double validation, double test)
    {
        if (validation == 0 && test == 0) throw new UserException("--validation 0 --test 0 leaves nothing to judge the model by. Give one of them a share, such as 0.1.");
        var rest = 1 - validation - test;
        if (rest <= 0) throw new UserException("--validation and --test leave nothing to learn from. Lower them, such as to 0.1 each.");
        return validation == 0 || test == 0 ? [rest, validation + test] : [rest, validation, test];
    }
}
