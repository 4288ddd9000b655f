using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>What a run was begun with: its configuration.json.</summary>
static class RunConfiguration
{
    /// <summary>The kind of training that it is: image, text, translate, characters or forecast.</summary>
    public static string? TaskOf(RunFolder run) => run.ReadConfiguration()["task"]?.ToString();

    /// <summary>The configuration of a run of <c>nabla train TASK</c>.</summary>
    public static T Read<T>(RunFolder run, string task, JsonTypeInfo<T> type)
    {
        var json = run.ReadConfiguration();
        if (json["task"]?.ToString() != task) throw new UserException($"{run.Configuration} is not of a run of `nabla train {task}`.");
        try
        {
            return json.Deserialize(type)!;
        }
        catch (JsonException error)
        {
            throw new UserException($"{run.Configuration} cannot be read: {error.Message}");
        }
    }
}
