namespace Sonde.Host.Services;

/// <summary>What <see cref="SystemServices"/> reads, and how much of it.</summary>
public sealed record ServiceOptions
{
    /// <summary>Keep what looks like a secret in the commands of services, instead of masking it.</summary>
    public bool ShowSecrets { get; init; }

    /// <summary>The services of the user who asks, which a manager of his own looks after on Linux, instead of those of the host.</summary>
    public bool OfUser { get; init; }

    /// <summary>How many services are read at most; what is left out is a gap.</summary>
    public int MaxServices { get; init; } = 64 * 1024;
}
