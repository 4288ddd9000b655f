namespace Nabla.Hub;

/// <summary>Why a model of the hub is not to be had.</summary>
public enum ModelHubFault
{
    /// <summary>There is no such repository, revision or file.</summary>
    NotFound,
    /// <summary>The server wants a token, or the token's owner may not read the model.</summary>
    AccessDenied,
    /// <summary>The server cannot be reached or does not answer as it should, and the model is not in the cache.</summary>
    Unreachable,
    /// <summary>The model is not in the cache, and downloads are switched off.</summary>
    Offline,
    /// <summary>The server's answer is not what a hub answers, or names files that would leave the cache.</summary>
    InvalidAnswer,
    /// <summary>The downloaded content does not have the published length or hash.</summary>
    Damaged,
    /// <summary>The cache cannot be written.</summary>
    Disk,
}

/// <summary>A model of the hub could not be found or downloaded. The message says what, where and the remedy, in one line.</summary>
/// <param name="fault">The reason.</param>
/// <param name="message">What, where and the remedy.</param>
public sealed class ModelHubException(ModelHubFault fault, string message) : IOException(message)
{
    /// <summary>The reason.</summary>
    public ModelHubFault Fault => fault;
}
