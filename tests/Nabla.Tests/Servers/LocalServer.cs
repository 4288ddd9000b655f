using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Nabla.Tests.Servers;

/// <summary>A web server on a free port of this machine.</summary>
sealed class LocalServer : IHttpApplication<HttpContext>, IDisposable
{
    readonly RequestDelegate handler;
    readonly KestrelServer server;

    public LocalServer(RequestDelegate handler)
    {
        this.handler = handler;
        var options = new KestrelServerOptions();
        options.Listen(IPAddress.Loopback, 0);
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        server = new(Options.Create(options), sockets, NullLoggerFactory.Instance);
        server.StartAsync(this, CancellationToken.None).GetAwaiter().GetResult();
        Address = new(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
    }

    public Uri Address { get; }

    HttpContext IHttpApplication<HttpContext>.CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    Task IHttpApplication<HttpContext>.ProcessRequestAsync(HttpContext context) => handler(context);

    void IHttpApplication<HttpContext>.DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <summary>Ends at once what is still being answered.</summary>
    public void Dispose()
    {
        server.StopAsync(new(canceled: true)).GetAwaiter().GetResult();
        server.Dispose();
    }
}
