namespace Sonde.Packets.Files;

/// <summary>Writes classic pcap: one link type, and of each packet its bytes, lengths and time.</summary>
public sealed class PcapWriter : CaptureWriter
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long LargestTimestamp = (uint.MaxValue * NanosecondsPerSecond) + NanosecondsPerSecond - 1; // in 2106

    private readonly PcapWriterOptions _options;

    /// <summary>Begins a file; nothing reaches the stream before the first flush.</summary>
    public PcapWriter(Stream stream, PcapWriterOptions? options = null)
        : base(stream, options?.LeaveOpen ?? false)
    {
        _options = options ?? new PcapWriterOptions();
        ArgumentOutOfRangeException.ThrowIfZero(_options.SnapLength, nameof(options));
        bool big = _options.BigEndian;
        Span<byte> header = Output.Append(PcapReader.HeaderSize, isPacket: false);
        FileBytes.WriteUInt32(header, _options.Nanoseconds ? CaptureMagic.Nanoseconds : CaptureMagic.Microseconds, big);
        FileBytes.WriteUInt16(header[4..], 2, big);
        FileBytes.WriteUInt16(header[6..], 4, big);
        header[8..16].Clear(); // time zone and accuracy: everybody writes zero
        FileBytes.WriteUInt32(header[16..], _options.SnapLength, big);
        FileBytes.WriteUInt32(header[20..], LinkTypeField.Make(_options.LinkType, _options.FcsLength), big);
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> data, int wireLength, long timestampNanoseconds) =>
        WriteRecord(data, (uint)Math.Max(wireLength, 0), timestampNanoseconds);

    /// <summary>Writes a packet that was read from another file; what classic pcap cannot say of it is left out.</summary>
    /// <exception cref="IOException">The stream refused.</exception>
    public void Write(in CapturedPacket packet) => WriteRecord(packet.Data, (uint)packet.WireLength, packet.TimestampNanoseconds);

    private void WriteRecord(ReadOnlySpan<byte> data, uint wireLength, long timestampNanoseconds)
    {
        data = Cut(data, _options.SnapLength);
        bool big = _options.BigEndian;
        Span<byte> record = Output.Append(PcapReader.RecordHeaderSize + data.Length, isPacket: true);
        (ulong seconds, ulong nanoseconds) = Math.DivRem(Clamp(timestampNanoseconds, LargestTimestamp), NanosecondsPerSecond);
        FileBytes.WriteUInt32(record, (uint)seconds, big);
        FileBytes.WriteUInt32(record[4..], (uint)(_options.Nanoseconds ? nanoseconds : nanoseconds / 1000), big);
        FileBytes.WriteUInt32(record[8..], (uint)data.Length, big);
        FileBytes.WriteUInt32(record[12..], wireLength, big);
        data.CopyTo(record[PcapReader.RecordHeaderSize..]);
        Packets++;
    }
}
