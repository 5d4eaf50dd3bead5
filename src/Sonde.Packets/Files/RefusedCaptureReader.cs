namespace Sonde.Packets.Files;

/// <summary>The reader of what is no capture file: says so, and has no packets.</summary>
internal sealed class RefusedCaptureReader : CaptureReader
{
    internal RefusedCaptureReader(CaptureInput input, CaptureReaderOptions options, bool complete)
        : base(input, options)
    {
        ReadOnlySpan<byte> start = input.Available;
        if (start.IsEmpty)
        {
            End(CaptureEndingKind.Refused, 0, CaptureFault.Empty, "the file is empty");
        }
        else if (CaptureMagic.NameOfUnsupported(start) is { } name)
        {
            End(CaptureEndingKind.Refused, 0, CaptureFault.UnsupportedVariant, $"{name} is not read here");
        }
        else if (!complete)
        {
            End(CaptureEndingKind.Refused, 0, CaptureFault.TruncatedHeader, $"{start.Length} bytes are too few for a capture file");
        }
        else
        {
            End(CaptureEndingKind.Refused, 0, CaptureFault.UnknownFormat, $"neither pcap nor pcapng begins with {Convert.ToHexString(start[..CaptureMagic.Size])}");
        }
    }

    public override CaptureFormat Format => CaptureFormat.Unknown;

    public override IReadOnlyList<CaptureInterface> Interfaces => [];

    public override CaptureReadCounters Counters => default;

    public override bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        return false;
    }
}
