using System.Text.Json;
using Nabla.Cli.Doctor;

namespace Nabla.Cli.Tests;

public class DoctorTests
{
    [Fact]
    public async Task The_page_names_the_processor_and_every_GPU_library()
    {
        var outcome = await Cli.Run("doctor");
        Assert.Equal(0, outcome.Code);
        Assert.Contains(Hardware.ProcessorName(), outcome.Output, StringComparison.Ordinal);
        Assert.All(GpuLibrary.All, library => Assert.Contains(library.Name, outcome.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_JSON_says_the_same()
    {
        using var found = JsonDocument.Parse((await Cli.Run("doctor", "--json")).Output);
        Assert.Equal(Environment.ProcessorCount, found.RootElement.GetProperty("cores").GetInt32());
        Assert.True(found.RootElement.GetProperty("poolBudgetBytes").GetInt64() > 0);
        Assert.Equal(GpuLibrary.All.Count, found.RootElement.GetProperty("gpuLibraries").GetArrayLength());
    }

    [Fact]
    public void A_library_is_found_where_CUDA_HOME_points()
    {
        using var folder = new Folder();
        Directory.CreateDirectory(folder["lib64"]);
        folder.Write("lib64/libfabled.so.7", "");
        Environment.SetEnvironmentVariable("CUDA_HOME", folder.Path);
        try
        {
            var fabled = new GpuLibrary("fabled", "libfabled.so", "libfabled", "", "");
            Assert.Equal(folder["lib64/libfabled.so.7"], fabled.Find());
            Assert.Null((fabled with { Linux = "libnowhere.so", Windows = "libnowhere" }).Find());
        }
        finally
        {
            Environment.SetEnvironmentVariable("CUDA_HOME", null);
        }
    }
}
