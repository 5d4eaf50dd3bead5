namespace Sonde.Packets.Files;

/// <summary>Reads the packets of a capture file, pcap or pcapng, from any stream: a file, a pipe, a socket.</summary>
/// <remarks>Bytes never make it throw: a damaged file is read up to the damage, and <see cref="Ending"/> says where that is and why.
/// What the stream itself throws passes through. Memory is bounded by <see cref="CaptureReaderOptions"/>. One thread at a time.</remarks>
/// <example><code>
/// using CaptureReader reader = CaptureReader.Open(File.OpenRead("out.pcapng"));
/// while (reader.TryRead(out CapturedPacket packet))
///     total += packet.WireLength;
/// Console.WriteLine(reader.Ending);
/// </code></example>
public abstract class CaptureReader : IDisposable
{
    private protected CaptureReader(CaptureInput input, CaptureReaderOptions options)
    {
        Input = input;
        Options = options;
    }

    /// <summary>Which format the first bytes announced.</summary>
    public abstract CaptureFormat Format { get; }

    /// <summary>The interfaces known so far: in pcapng, those of the section that is being read.</summary>
    public abstract IReadOnlyList<CaptureInterface> Interfaces { get; }

    /// <summary>How the file ended; <see cref="CaptureEndingKind.None"/> until <see cref="TryRead"/> has returned <see langword="false"/>.</summary>
    public CaptureEnding Ending { get; private set; }

    /// <summary>What was read so far, and what was left out.</summary>
    public abstract CaptureReadCounters Counters { get; }

    private protected CaptureInput Input { get; }

    private protected CaptureReaderOptions Options { get; }

    /// <summary>Recognises the format by the first bytes, for which it waits if the stream is a pipe, and makes the reader for it.</summary>
    /// <returns>A reader in every case: for what is no capture file, one whose <see cref="Ending"/> is
    /// <see cref="CaptureEndingKind.Refused"/>. It owns the stream unless the options say otherwise.</returns>
    public static CaptureReader Open(Stream stream, CaptureReaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new CaptureReaderOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumPacketLength, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumBlockLength, PcapNgBlock.SmallestSectionHeader, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumInterfaces, 1, nameof(options));

        var input = new CaptureInput(stream, options.LeaveOpen);
        bool complete = input.TryFill(CaptureMagic.Size);
        return CaptureMagic.Recognise(input.Available) switch
        {
            CaptureFormat.Pcap => PcapReader.Open(input, options),
            CaptureFormat.PcapNg => new PcapNgReader(input, options),
            _ => new RefusedCaptureReader(input, options, complete),
        };
    }

    /// <summary>Reads the next packet.</summary>
    /// <param name="packet">The packet, on loan until the reader is used again.</param>
    /// <returns><see langword="false"/> when there is none, for good.</returns>
    public abstract bool TryRead(out CapturedPacket packet);

    /// <summary>Closes the stream, unless the options said to leave it open.</summary>
    public void Dispose()
    {
        Input.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void End(CaptureEndingKind kind, long offset, CaptureFault fault, string? detail = null)
    {
        if (Ending.Kind == CaptureEndingKind.None)
        {
            Ending = new CaptureEnding(kind, offset, fault, detail);
        }
    }

    private protected void EndTruncated(long offset, string what)
    {
        // Skipping moves the position, and the bytes that are left were part of what is torn.
        long end = Input.Position + Input.Available.Length;
        End(CaptureEndingKind.Torn, offset, CaptureFault.TruncatedRecord, $"the file ends at byte {end}, within {what}");
    }
}
