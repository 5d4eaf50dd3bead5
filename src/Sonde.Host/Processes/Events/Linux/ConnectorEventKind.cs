namespace Sonde.Host.Processes.Events.Linux;

/// <summary>What a message of the process connector tells.</summary>
internal enum ConnectorEventKind
{
    /// <summary>Something that is of no use here: sessions, tracing, renaming, core dumps, and what newer kernels add.</summary>
    Other = 0,

    /// <summary>The answer to a request to listen, of this process or of another one.</summary>
    Answer,

    /// <summary>A process or thread was forked.</summary>
    Fork,

    /// <summary>A program was executed.</summary>
    Exec,

    /// <summary>User or group ids were changed.</summary>
    Credentials,

    /// <summary>A process or thread ended.</summary>
    Exit,
}
