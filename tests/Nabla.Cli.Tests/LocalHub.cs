using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Nabla.Cli.Tests;

/// <summary>A hub with one model of small files on a free port of this machine; each answer ends its connection.</summary>
sealed class LocalHub : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly Task serving;

    public LocalHub()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public string Address => $"http://{listener.LocalEndpoint}";

    public Dictionary<string, string> Files { get; } = new()
    {
        ["config.json"] = "{}", ["vocab.txt"] = "[PAD]\n[UNK]\n", ["notes.txt"] = "none",
    };

    public void Dispose()
    {
        listener.Stop();
        serving.GetAwaiter().GetResult();
    }

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
        }
    }

    async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var request = (await reader.ReadLineAsync())!.Split(' ');
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }
        var (status, body, etag) = Answer(request[1]);
        string[] headers =
        [
            $"HTTP/1.1 {status}", $"X-Repo-Commit: {Commit}", $"ETag: \"{etag}\"", $"Content-Length: {body.Length}", "Connection: close",
            "", "",
        ];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", headers)));
        if (request[0] != "HEAD") await stream.WriteAsync(body);
    }

    (string Status, byte[] Body, string Etag) Answer(string path)
    {
        const string Resolve = $"/acme/tiny/resolve/{Commit}/";
        if (path == "/api/models/acme/tiny/revision/main")
        {
            var files = Files.Keys.Select(file => $$"""{"rfilename":"{{file}}"}""");
            return ("200 OK", Encoding.UTF8.GetBytes($$"""{"sha":"{{Commit}}","siblings":[{{string.Join(',', files)}}]}"""), "list");
        }
        if (!path.StartsWith(Resolve, StringComparison.Ordinal)) return ("404 Not Found", [], "none");
        var content = Encoding.UTF8.GetBytes(Files[path[Resolve.Length..]]);
        byte[] blob = [.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content];
        return ("200 OK", content, Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.SHA1, blob)));
    }
}
