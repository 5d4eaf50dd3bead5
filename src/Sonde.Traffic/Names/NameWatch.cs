using Sonde.Host;
using Sonde.Link;
using Sonde.Packets;
using Sonde.Traffic.Capturing;
using Sonde.Traffic.Dns;

namespace Sonde.Traffic.Names;

/// <summary>Hears which addresses DNS tells to whomever asks here, and which servers clients ask for. The kernel hands over DNS and what begins a connection of TLS or QUIC; nothing is asked.</summary>
internal sealed class NameWatch : IDnsSink, IDisposable
{
    private const int Capacity = 16_384;
    private const int BufferBytes = 16 << 20;
    private const string What = "names of remote ends that DNS, TLS and QUIC tell";

    private readonly Lock _lock = new();
    private readonly FilteredCapture? _capture;
    private readonly DnsObservatory _observatory;
    private readonly HelloReader _reader;
    private readonly SteadyTime _steady;

    private NameWatch(FilteredCapture? capture, TimeProvider time)
    {
        _capture = capture;
        _observatory = new DnsObservatory(new DnsOptions(), this);
        _steady = new SteadyTime(time);
        Names = new NameTable(Capacity, time);
        Hellos = new HelloTable(Capacity, time);
        _reader = new HelloReader(Hellos, time);
    }

    /// <summary>What was heard of addresses.</summary>
    internal NameTable Names { get; }

    /// <summary>What was heard of connections.</summary>
    internal HelloTable Hellos { get; }

    /// <summary>Why nothing is heard; null when something is.</summary>
    internal Gap? Gap { get; private init; }

    /// <summary>Begins to listen, or notes why that is not possible: names are an extra.</summary>
    internal static NameWatch Open(TimeProvider time)
    {
        try
        {
            var capture = FilteredCapture.Open(null, $"{DnsFilter.Of(new DnsOptions())} or {HelloFilter.Text}", BufferBytes);
            var watch = new NameWatch(capture, time);
            capture.Start(watch.Take, time);
            return watch;
        }
        catch (LinkException refused)
        {
            ReadingStatus status = refused.Failure == LinkFailure.AccessDenied ? ReadingStatus.Denied : ReadingStatus.Failed;
            return new NameWatch(null, time) { Gap = new Gap(What, status, $"{refused.Operation}: {refused.Reason}") };
        }
        catch (HostException refused)
        {
            return new NameWatch(null, time) { Gap = new Gap(What, ReadingStatus.Failed, refused.Message) };
        }
    }

    bool IDnsSink.WantsExchanges => false;

    void IDnsSink.Ask(in DnsEnvelope question)
    {
    }

    void IDnsSink.Tell(DnsExchange exchange)
    {
    }

    void IDnsSink.Name(InternetAddress address, ReadOnlySpan<char> name, int timeToLiveSeconds, in DnsEnvelope answer)
    {
        if (!address.IsAny && !address.IsLoopback && !address.IsMulticast)
        {
            Names.Add(address, name, timeToLiveSeconds, answer.Kind == DnsKind.Multicast ? NameSource.Multicast : NameSource.Dns);
        }
    }

    /// <summary>Adds what was lost since the start, and how full the tables are.</summary>
    internal void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
    {
        fillLevels.Add(Names.FillLevel);
        fillLevels.Add(Hellos.FillLevel);
        if (_capture is null)
        {
            return;
        }

        try
        {
            _capture.CountLosses();
        }
        catch (LinkException)
        {
            // The interface is gone, and its number with it; what was read before stays.
        }

        losses.Add(new TrafficLoss("packets with names that found the capture buffer full", _capture.Dropped));
        _reader.Report(losses);
    }

    /// <summary>Waits until what has passed by now was heard.</summary>
    internal void Hurry() => _capture?.Hurry();

    public void Dispose() => _capture?.Dispose();

    private void Take(in Frame frame)
    {
        if (frame.Audience != FrameAudience.OtherHost)
        {
            lock (_lock)
            {
                _reader.TryAdd(frame.LinkType, frame.Data, frame.WireLength);
                _observatory.Add(frame.LinkType, frame.Data, frame.WireLength, _steady.Of(frame.TimestampNanoseconds), frame.InterfaceIndex);
            }
        }
    }
}
