namespace Nabla.Cli.Tasks;

/// <summary>The fractions that data is split into.</summary>
static class SplitFractions
{
    /// <summary>Training, validation and test; where one of the latter two is 0, the other serves as both.</summary>
    public static double[] Of(double validation, double test)
    {
        if (validation == 0 && test == 0) throw new UserException(
            "--validation 0 --test 0 leaves nothing to evaluate the model on. Give one of them a fraction, such as 0.1.");
        var rest = 1 - validation - test;
        if (rest <= 0) throw new UserException("--validation and --test leave nothing to train on. Lower them, such as to 0.1 each.");
        return validation == 0 || test == 0 ? [rest, validation + test] : [rest, validation, test];
    }
}
