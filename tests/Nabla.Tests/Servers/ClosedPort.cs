using System.Net;
using System.Net.Sockets;

namespace Nabla.Tests.Servers;

/// <summary>
/// An address on this machine where nobody listens, and cannot meanwhile: the port is taken by a socket that does not listen.
/// </summary>
sealed class ClosedPort : IDisposable
{
    readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort()
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Address = new($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}");
    }

    public Uri Address { get; }

    public void Dispose() => socket.Dispose();
}
