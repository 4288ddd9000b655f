using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Nabla.Data;

/// <summary>A file that npm, JavaScript's package manager, fetches from wherever it is set up to fetch from.</summary>
internal static class NpmPackage
{
    /// <summary>Puts the archive of a package into a folder, under its name once its SHA-256 is the published one.</summary>
    public static async Task FetchAsync(string package, KnownFile file, string folder, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var part = Directory.CreateDirectory(Path.Combine(folder, $"{file.Name}.part")).FullName;
        try
        {
            await RunAsync(package, part, cancellation).ConfigureAwait(false);
            var packed = Directory.EnumerateFiles(part).FirstOrDefault() ?? throw new DownloadException($"npm pack {package} made no file");
            var content = await File.ReadAllBytesAsync(packed, cancellation).ConfigureAwait(false);
            var hash = Convert.ToHexStringLower(SHA256.HashData(content));
            if (hash != file.Sha256) throw new DownloadException($"npm pack {package} brought a file of {content.Length} bytes whose SHA-256 is {hash}; {file.Sha256} is the published one");
            File.Move(packed, Path.Combine(folder, file.Name), overwrite: true);
            // npm does not say how far it has come.
            progress?.Report(new(file.Name, file.Bytes, file.Bytes));
        }
        finally
        {
            Directory.Delete(part, recursive: true);
        }
    }

    private static async Task RunAsync(string package, string target, CancellationToken cancellation)
    {
        // On Windows npm is a script, which only the shell finds.
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd.exe", ["/c", "npm", "pack", package]) : new ProcessStartInfo("npm", ["pack", package]);
        (start.WorkingDirectory, start.RedirectStandardOutput, start.RedirectStandardError) = (target, true, true);
        try
        {
            using var npm = Process.Start(start)!;
            using var stop = cancellation.Register(() => npm.Kill(entireProcessTree: true));
            var (output, error) = (npm.StandardOutput.ReadToEndAsync(cancellation), npm.StandardError.ReadToEndAsync(cancellation));
            await npm.WaitForExitAsync(cancellation).ConfigureAwait(false);
            await output.ConfigureAwait(false);
            if (npm.ExitCode != 0) throw new DownloadException($"npm pack {package} failed: {(await error.ConfigureAwait(false)).Trim()}");
        }
        catch (Win32Exception error)
        {
            throw new DownloadException($"npm cannot be run ({error.Message}); it comes with Node.js");
        }
    }
}
