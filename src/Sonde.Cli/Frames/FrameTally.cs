using Sonde.Packets;

namespace Sonde.Cli.Frames;

/// <summary>Counts frames by protocol, host and flow, in tables of bounded size.</summary>
/// <remarks>Nothing is allocated per frame once the tables are full; a flow costs one string when its name turns up.</remarks>
internal sealed class FrameTally
{
    /// <summary>How many hosts, and how many flows, are remembered unless the user says otherwise.</summary>
    internal const int DefaultCapacity = 65536;

    // More kinds than any capture has: link types, EtherTypes, IP protocols and applications together.
    private const int ProtocolCapacity = 1024;
    private const int LongestName = 255;

    internal FrameTally(int capacity = DefaultCapacity)
    {
        Hosts = new FrameTable<InternetAddress, HostCount>(capacity);
        Flows = new FrameTable<FlowKey, FlowCount>(capacity);
    }

    internal FrameTable<ProtocolKey, FrameCount> Protocols { get; } = new(ProtocolCapacity);

    internal FrameTable<InternetAddress, HostCount> Hosts { get; }

    internal FrameTable<FlowKey, FlowCount> Flows { get; }

    /// <summary>All frames, those without addresses too.</summary>
    internal FrameCount Total { get; private set; }

    internal long CapturedBytes { get; private set; }

    /// <summary>The earliest time, not that of the first frame: files are not always in order.</summary>
    internal long? FirstNanoseconds { get; private set; }

    internal long? LastNanoseconds { get; private set; }

    internal void Add(in FrameRow row)
    {
        bool hasAddresses = PacketSummary.TryRead(row.LinkType, row.Data, row.WireLength, out PacketSummary summary);
        Total = Total.Add(row.WireLength);
        CapturedBytes += row.Data.Length;
        if (row.TimestampNanoseconds is long time)
        {
            FirstNanoseconds = Math.Min(FirstNanoseconds ?? time, time);
            LastNanoseconds = Math.Max(LastNanoseconds ?? time, time);
        }

        FrameApplication application = FrameApplication.Find(in summary, row.Data);
        ref FrameCount protocol = ref Protocols.Touch(new ProtocolKey(
            row.LinkType,
            summary.EtherType,
            hasAddresses ? summary.Protocol : null,
            application.Kind));
        protocol = protocol.Add(row.WireLength);
        if (hasAddresses)
        {
            AddHosts(in summary);
            AddFlow(in summary, row.TimestampNanoseconds, application);
        }
    }

    private void AddHosts(ref readonly PacketSummary summary)
    {
        ref HostCount sender = ref Hosts.Touch(summary.SourceAddress);
        sender.Sent = sender.Sent.Add(summary.WireLength);
        ref HostCount receiver = ref Hosts.Touch(summary.DestinationAddress);
        receiver.Received = receiver.Received.Add(summary.WireLength);
    }

    private void AddFlow(ref readonly PacketSummary summary, long? time, FrameApplication application)
    {
        FlowKey key = summary.ToFlowKey(sourceIsLocal: true);
        FlowKey normal = key.Normalize();
        ref FlowCount flow = ref Flows.Touch(normal);
        if (key == normal)
        {
            flow.FromLocal = flow.FromLocal.Add(summary.WireLength);
        }
        else
        {
            flow.FromRemote = flow.FromRemote.Add(summary.WireLength);
        }

        if (time is long now)
        {
            flow.FirstNanoseconds = Math.Min(flow.FirstNanoseconds ?? now, now);
            flow.LastNanoseconds = Math.Max(flow.LastNanoseconds ?? now, now);
        }

        if (application.Kind == ApplicationKind.None)
        {
            return;
        }

        flow.Application = application.Kind;
        if (flow.Name is null)
        {
            Span<char> name = stackalloc char[LongestName];
            int length = application.FormatName(name, decrypt: true);
            flow.Name = length == 0 ? null : name[..length].ToString();
        }
    }
}
