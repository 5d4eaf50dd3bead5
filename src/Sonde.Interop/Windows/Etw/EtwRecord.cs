namespace Sonde.Interop.Windows.Etw;

/// <summary>One event of a trace: which it is, when it happened, and its payload, which is on loan for the call that hands it out.</summary>
internal readonly ref struct EtwRecord
{
    internal EtwRecord(Guid provider, ushort id, byte version, long timestamp, ReadOnlySpan<byte> payload)
    {
        Provider = provider;
        Id = id;
        Version = version;
        Timestamp = timestamp;
        Payload = payload;
    }

    /// <summary>Who wrote it.</summary>
    internal Guid Provider { get; }

    /// <summary>Which of the provider's events.</summary>
    internal ushort Id { get; }

    /// <summary>Which form of its payload.</summary>
    internal byte Version { get; }

    /// <summary>When, by QueryPerformanceCounter, which is also <see cref="TimeProvider.GetTimestamp"/> of this system.</summary>
    internal long Timestamp { get; }

    /// <summary>What the provider wrote, as long as the system says it is.</summary>
    internal ReadOnlySpan<byte> Payload { get; }
}
