using System.Runtime.InteropServices;

namespace Nabla.Cli.Doctor;

/// <summary>A library that work on an NVIDIA GPU needs or profits from. It is looked for and never loaded: a library's start-up code has no business in a check-up.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Linux">How its file's name starts on Linux.</param>
/// <param name="Windows">How its file's name starts on Windows.</param>
/// <param name="Purpose">What it does for Nabla.</param>
/// <param name="Remedy">How to get it.</param>
sealed record GpuLibrary(string Name, string Linux, string Windows, string Purpose, string Remedy)
{
    const string Toolkit = "install NVIDIA's CUDA Toolkit 12 or later, or set CUDA_HOME to where it is";

    static readonly string[] LibraryFolders = ["lib64", "lib", "bin", "targets/x86_64-linux/lib", "targets/sbsa-linux/lib"];
    static readonly string[] PackageFolders = ["site-packages", "dist-packages"];

    /// <summary>In the order of their weight.</summary>
    public static IReadOnlyList<GpuLibrary> All { get; } =
    [
        new("CUDA driver", "libcuda.so.1", "nvcuda.dll", "sees the GPU, its memory and its streams",
            "install NVIDIA's display driver (Debian: nvidia-driver, section non-free); a container needs the NVIDIA Container Toolkit"),
        new("NVRTC", "libnvrtc.so", "nvrtc64", "compiles Nabla's kernels when they are first used", Toolkit),
        new("cuBLASLt", "libcublasLt.so", "cublasLt64", "multiplies matrices", Toolkit),
        new("cuDNN", "libcudnn.so", "cudnn64", "optional: faster convolutions, recurrent layers and attention", "install NVIDIA's cuDNN 9 (package cudnn9-cuda-12 of NVIDIA's repository)"),
        new("NCCL", "libnccl.so", "nccl", "optional: adds up gradients across several GPUs", "install NVIDIA's NCCL 2 (package libnccl2 of NVIDIA's repository)"),
    ];

    /// <summary>The file, or null where there is none: on the loader's path first, then where CUDA_HOME and CUDA_PATH point, in the toolkit's usual folders, in Python's packages.</summary>
    public string? Find() => LoaderFolders().Concat(ToolkitFolders()).SelectMany(Files).FirstOrDefault();

    IEnumerable<string> Files(string folder) => Readable(() => Directory.GetFiles(folder, (OperatingSystem.IsWindows() ? Windows : Linux) + "*"));

    static IEnumerable<string> LoaderFolders()
    {
        if (OperatingSystem.IsWindows()) return [Environment.SystemDirectory, .. Paths("PATH")];
        var triple = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
        // Toolkits and containers add their folders to the loader's configuration.
        var configured = Readable(() => Directory.GetFiles("/etc/ld.so.conf.d", "*.conf")).SelectMany(file => Readable(() => File.ReadAllLines(file))).Select(line => line.Trim()).Where(line => line.StartsWith('/'));
        return [.. Paths("LD_LIBRARY_PATH"), $"/lib/{triple}", $"/usr/lib/{triple}", "/lib64", "/usr/lib64", "/usr/lib", "/usr/local/lib", .. configured];
    }

    static IEnumerable<string> ToolkitFolders() =>
        from root in Toolkits() from part in LibraryFolders select Path.Combine(root, part);

    static IEnumerable<string> Toolkits()
    {
        var usual = OperatingSystem.IsWindows()
            ? Children(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "NVIDIA GPU Computing Toolkit", "CUDA"), "v*")
            : Children("/usr/local", "cuda*").Concat(Children("/opt", "cuda*"));
        return [.. Paths("CUDA_HOME"), .. Paths("CUDA_PATH"), .. usual, .. Wheels()];
    }

    /// <summary>Python's packages of NVIDIA's libraries: site-packages/nvidia/NAME.</summary>
    static IEnumerable<string> Wheels()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string[] prefixes = [.. Paths("VIRTUAL_ENV"), .. Paths("CONDA_PREFIX"), Path.Combine(home, ".local"), "/usr/local", "/usr"];
        return from prefix in prefixes
               from python in Children(Path.Combine(prefix, "lib"), "python3*")
               from packages in PackageFolders
               from library in Children(Path.Combine(python, packages, "nvidia"), "*")
               select library;
    }

    /// <summary>The folders within a folder, the newest version first.</summary>
    static IEnumerable<string> Children(string folder, string pattern) => Readable(() => Directory.GetDirectories(folder, pattern)).OrderDescending(StringComparer.Ordinal);

    /// <summary>What is not there or not ours to read holds nothing.</summary>
    static string[] Readable(Func<string[]> read)
    {
        try
        {
            return read();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    static string[] Paths(string variable) =>
        Environment.GetEnvironmentVariable(variable)?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
