namespace Sonde.Tun;

/// <summary>A received packet on loan, without a copy where the system has a ring (Windows). Dispose it soon: until then the ring cannot reuse its place.</summary>
/// <remarks>A queue that is closed waits for its leases; so never close a queue on the thread that still holds one.</remarks>
public readonly ref struct TunLease
{
    private readonly TunQueue? _queue;
    private readonly nint _token;

    internal TunLease(TunQueue queue, ReadOnlySpan<byte> packet, TunSegmentation segmentation, nint token)
    {
        _queue = queue;
        _token = token;
        Packet = packet;
        Segmentation = segmentation;
    }

    /// <summary>The packet; not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Packet { get; }

    /// <summary>Whether it stands for many, and whether its checksum is finished.</summary>
    public TunSegmentation Segmentation { get; }

    /// <summary>Gives the place back. Once only.</summary>
    public void Dispose() => _queue?.ReturnLease(_token);
}
