using System.Net.Sockets;
using System.Text;

namespace Sonde.Packets.Files;

/// <content>Every block that is no packet.</content>
public sealed partial class PcapNgWriter
{
    private const ulong UnknownSectionLength = ulong.MaxValue;
    private const int LongestName = ushort.MaxValue - 17; // beside an IPv6 address and the zero that ends it
    private const int MaximumBlockLength = 16 * 1024 * 1024; // what readers, ours too, accept at most

    /// <summary>Describes an interface; its packets can follow.</summary>
    /// <returns>The interface's number in this file.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The link type is beyond the 65,535 that the format holds.</exception>
    /// <exception cref="IOException">The stream refused.</exception>
    public int AddInterface(CaptureInterface description)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)description.LinkType, ushort.MaxValue, nameof(description));
        _composer.Clear();
        _composer.AddUInt16((ushort)description.LinkType);
        _composer.AddUInt16(0);
        _composer.AddUInt32(description.SnapLength);
        _composer.AddOption(PcapNgOptions.Comment, description.Comment);
        _composer.AddOption(InterfaceOption.Name, description.Name);
        _composer.AddOption(InterfaceOption.Description, description.Description);
        _composer.AddOption(InterfaceOption.Speed, description.SpeedBitsPerSecond);
        _composer.AddOption(InterfaceOption.TimestampResolution, [TimestampResolution.Nanoseconds.Code]);
        _composer.AddOption(InterfaceOption.Filter, description.Filter, asFilter: true);
        _composer.AddOption(InterfaceOption.OperatingSystem, description.OperatingSystem);
        if (description.FcsLength is int fcsLength)
        {
            _composer.AddOption(InterfaceOption.FcsLength, [(byte)fcsLength]);
        }

        _composer.AddOption(InterfaceOption.Hardware, description.Hardware);
        _composer.EndOptions();
        WriteComposed(PcapNgBlockType.InterfaceDescription);
        _snapLengths.Add(description.SnapLength);
        return _snapLengths.Count - 1;
    }

    /// <summary>Records what a capture counted on an interface.</summary>
    /// <exception cref="IOException">The stream refused.</exception>
    public void WriteStatistics(in InterfaceStatistics statistics)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(statistics.InterfaceId, nameof(statistics));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(statistics.InterfaceId, _snapLengths.Count, nameof(statistics));
        _composer.Clear();
        _composer.AddUInt32((uint)statistics.InterfaceId);
        _composer.AddTicks(Clamp(statistics.TimestampNanoseconds ?? statistics.EndNanoseconds ?? 0, long.MaxValue));
        _composer.AddTicksOption(StatisticsOption.Start, statistics.StartNanoseconds is long start ? Clamp(start, long.MaxValue) : null);
        _composer.AddTicksOption(StatisticsOption.End, statistics.EndNanoseconds is long end ? Clamp(end, long.MaxValue) : null);
        _composer.AddOption(StatisticsOption.Received, statistics.Received);
        _composer.AddOption(StatisticsOption.DroppedByInterface, statistics.DroppedByInterface);
        _composer.AddOption(StatisticsOption.AcceptedByFilter, statistics.AcceptedByFilter);
        _composer.AddOption(StatisticsOption.DroppedBySystem, statistics.DroppedBySystem);
        _composer.AddOption(StatisticsOption.Delivered, statistics.Delivered);
        _composer.EndOptions();
        WriteComposed(PcapNgBlockType.InterfaceStatistics);
    }

    /// <summary>Records names of addresses, so that readers show the names that were true at the time.</summary>
    /// <exception cref="ArgumentException">A name is longer than a record holds (65,518 bytes).</exception>
    /// <exception cref="IOException">The stream refused.</exception>
    public void WriteNames(params ReadOnlySpan<ResolvedName> names)
    {
        _composer.Clear();
        foreach (ResolvedName name in names)
        {
            byte[] address = name.Address.GetAddressBytes();
            byte[] text = Encoding.UTF8.GetBytes(name.Name);
            if (text.Length > LongestName)
            {
                throw new ArgumentException($"The name of {name.Address} takes {text.Length} bytes; a record holds {LongestName}.", nameof(names));
            }

            ReadOnlySpan<byte> record = [.. address, .. text, 0];
            _composer.AddOption((ushort)(name.Address.AddressFamily == AddressFamily.InterNetworkV6 ? 2 : 1), record);
        }

        _composer.EndOptions(); // nrb_record_end looks like the end of options
        WriteComposed(PcapNgBlockType.NameResolution);
    }

    /// <summary>Records secrets that decrypt the packets which follow.</summary>
    /// <param name="kind">What they are: 0x544C534B is a TLS key log, 0x57474B4C a WireGuard one.</param>
    /// <param name="secrets">The secrets, in the form that their kind has in files.</param>
    /// <exception cref="IOException">The stream refused.</exception>
    public void WriteSecrets(uint kind, ReadOnlySpan<byte> secrets)
    {
        _composer.Clear();
        _composer.AddUInt32(kind);
        _composer.AddUInt32((uint)secrets.Length);
        _composer.AddBytes(secrets);
        WriteComposed(PcapNgBlockType.DecryptionSecrets);
    }

    /// <summary>Writes a block of any kind as it is; the body is padded to four bytes.</summary>
    /// <exception cref="ArgumentException">The body is larger than readers accept, or the kind is one that has a method of its own
    /// because the writer must know of it (sections and interfaces).</exception>
    /// <exception cref="IOException">The stream refused.</exception>
    public void WriteBlock(PcapNgBlockType type, ReadOnlySpan<byte> body)
    {
        if (type is PcapNgBlockType.SectionHeader or PcapNgBlockType.InterfaceDescription)
        {
            throw new ArgumentException("Sections and interfaces are written by the constructor and by AddInterface.", nameof(type));
        }

        WriteRaw(type, body);
    }

    /// <summary>Copies a block that is no packet from another file, unread.</summary>
    /// <returns><see langword="false"/>, and counted, for a block that cannot be copied: packets, sections, interfaces and their statistics,
    /// which have methods of their own; vendors' blocks that forbid it; and blocks of the other byte order, whose fields are not known.</returns>
    /// <exception cref="IOException">The stream refused.</exception>
    public bool TryCopy(scoped in PcapNgBlock block)
    {
        if (block.IsPacket || block.Type is PcapNgBlockType.SectionHeader or PcapNgBlockType.InterfaceDescription
            or PcapNgBlockType.InterfaceStatistics or PcapNgBlockType.CustomNotCopied)
        {
            BlocksNotCopied++;
            return false;
        }

        if (block.IsBigEndian == _isBigEndian || block.Type == PcapNgBlockType.SystemdJournal)
        {
            WriteRaw(block.Type, block.Body);
            return true;
        }

        return TryTranscode(block);
    }

    private bool TryTranscode(scoped in PcapNgBlock block)
    {
        if (block.TryGetSecrets(out uint kind, out ReadOnlySpan<byte> secrets))
        {
            WriteSecrets(kind, secrets);
            return true;
        }

        if (block.Type == PcapNgBlockType.NameResolution)
        {
            TranscodeNames(block);
            return true;
        }

        BlocksNotCopied++;
        return false;
    }

    // Records and options look alike, and hold addresses and names: bytes without an order. Of kinds that are not known that is not sure.
    private void TranscodeNames(scoped in PcapNgBlock block)
    {
        const ushort LastKnownRecord = 4; // 1 IPv4, 2 IPv6, 3 EUI-48, 4 EUI-64
        const ushort LastKnownOption = 4; // 1 remark, 2 name of the DNS server, 3 and 4 its address
        _composer.Clear();
        PcapNgOptions.Enumerator records = new PcapNgOptions(block.Body, block.IsBigEndian).GetEnumerator();
        CopyKnown(ref records, LastKnownRecord);
        _composer.EndOptions();
        PcapNgOptions.Enumerator options = new PcapNgOptions(records.Rest, block.IsBigEndian).GetEnumerator();
        int recordsOnly = _composer.Body.Length;
        CopyKnown(ref options, LastKnownOption);
        if (_composer.Body.Length > recordsOnly)
        {
            _composer.EndOptions();
        }

        WriteComposed(block.Type);
    }

    private void CopyKnown(ref PcapNgOptions.Enumerator items, ushort last)
    {
        while (items.MoveNext())
        {
            if (items.Current.Code <= last)
            {
                _composer.AddOption(items.Current.Code, items.Current.Value);
            }
            else
            {
                OptionsNotCopied++;
            }
        }
    }

    private void WriteSectionHeader(CaptureSection section)
    {
        _composer.AddUInt32(CaptureMagic.ByteOrder);
        _composer.AddUInt16(1);
        _composer.AddUInt16(0);
        _composer.AddUInt64(UnknownSectionLength); // a stream cannot go back to fill it in
        _composer.AddOption(PcapNgOptions.Comment, section.Comment);
        _composer.AddOption(SectionOption.Hardware, section.Hardware);
        _composer.AddOption(SectionOption.OperatingSystem, section.OperatingSystem);
        _composer.AddOption(SectionOption.Application, section.Application);
        _composer.EndOptions();
        WriteComposed(PcapNgBlockType.SectionHeader);
    }

    private void WriteComposed(PcapNgBlockType type) => WriteRaw(type, _composer.Body);

    private void WriteRaw(PcapNgBlockType type, ReadOnlySpan<byte> body)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, MaximumBlockLength - PcapNgBlock.Overhead, nameof(body));
        int length = PcapNgBlock.Overhead + FileBytes.Padded(body.Length);
        Span<byte> block = Output.Append(length, isPacket: false);
        FileBytes.WriteUInt32(block, (uint)type, _isBigEndian);
        FileBytes.WriteUInt32(block[4..], (uint)length, _isBigEndian);
        body.CopyTo(block[8..]);
        block[(8 + body.Length)..^4].Clear();
        FileBytes.WriteUInt32(block[^4..], (uint)length, _isBigEndian);
    }
}
