using Nabla.Training;

namespace Nabla.Cli.Tasks.Images;

/// <summary>A training that starts from the best checkpoint of an earlier run: <c>--model RUN</c>.</summary>
static class EarlierRun
{
    /// <summary>The settings of the run that <c>--model</c> names; null: it names a model, or none.</summary>
    public static ImageSettings? Of(ImageSettings settings)
    {
        if (settings.Model.OrNull() is not { } folder || ImageModels.Names.Contains(folder)) return null;
        return RunFolder.Exists(folder) ? Read(folder)
            : throw new UserException($"--model {folder}: there is no such model, and no run in such a folder. Models: " +
                $"{string.Join(", ", ImageModels.Names)}.");
    }

    /// <summary>Takes the form of the model and of its inputs, and of the same data the same split: the new test part must not be what the
    /// earlier run was trained on.</summary>
    public static void Inherit(ImageSettings settings, ImageSettings earlier)
    {
        settings.StartedFrom.Set(Path.GetFullPath(settings.Model));
        settings.Model.Set(earlier.Model);
        settings.Height.Set(earlier.Height);
        settings.Width.Set(earlier.Width);
        settings.Mean.Set(earlier.Mean);
        settings.Deviation.Set(earlier.Deviation);
        if (earlier.Data.Value != settings.Data.Value) return;
        settings.Validation.Choose(earlier.Validation);
        settings.Test.Choose(earlier.Test);
        if (!settings.SplitSeed.IsGiven && earlier.Split != settings.Seed) settings.SplitSeed.Set(earlier.Split);
    }

    /// <summary>A warning if a run that this one goes back to was trained on the same data with another split.</summary>
    public static IEnumerable<(string, string)> Warnings(ImageSettings settings)
    {
        var visited = new HashSet<string>(StringComparer.Ordinal);
        for (var folder = settings.StartedFrom.OrNull(); folder is not null && visited.Add(folder) && RunFolder.Exists(folder);)
        {
            var earlier = Read(folder);
            if (earlier.Data.Value == settings.Data.Value && !IsSplitAlike(settings, earlier))
            {
                var remedy = settings.Counts.Value.Sum() == earlier.Counts.Value.Sum()
                    ? "leave --split-seed, --validation and --test as they were there"
                    : "the data has changed since; evaluate on images that it has not seen (nabla evaluate RUN --data OTHERS)";
                yield return (RunIntroduction.Warning,
                    $"{folder} may have been trained on images of this test part, which makes the result too good: {remedy}");
                yield break;
            }
            folder = earlier.StartedFrom.OrNull();
        }
    }

    static bool IsSplitAlike(ImageSettings one, ImageSettings other) =>
        one.Counts.Value.SequenceEqual(other.Counts.Value) && one.Classes.Value.SequenceEqual(other.Classes.Value)
        && (one.Validation.Value, one.Test.Value, one.Split) == (other.Validation.Value, other.Test.Value, other.Split);

    static ImageSettings Read(string folder)
    {
        var settings = new ImageSettings(new SettingList());
        settings.Read(RunFolder.Open(folder));
        return settings;
    }
}
