using Sonde.Packets;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Ledger;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Tests;

/// <summary>Owners that a test decides on.</summary>
internal sealed class TestOwners : OwnerSource
{
    internal Dictionary<ulong, OwnerClue> ByCookie { get; } = [];

    /// <summary>Those that only another look at the system brings.</summary>
    internal Dictionary<ulong, OwnerClue> Hidden { get; } = [];

    internal int Refreshes { get; private set; }

    internal override bool TryFind(in FlowIdentity flow, ulong socketCookie, out OwnerClue clue) => ByCookie.TryGetValue(socketCookie, out clue);

    internal override void Refresh()
    {
        Refreshes++;
        foreach ((ulong cookie, OwnerClue clue) in Hidden)
        {
            ByCookie[cookie] = clue;
        }
    }
}

/// <summary>A ledger with a clock and owners that a test sets.</summary>
internal sealed class TestLedger
{
    internal TestLedger(TrafficOptions? options = null)
    {
        Options = (options ?? new TrafficOptions()) with { Time = Time };
        Ledger = new TrafficLedger(Options, [Owners], Guid.Empty);
    }

    internal ManualTime Time { get; } = new();

    internal TestOwners Owners { get; } = new();

    internal TrafficOptions Options { get; }

    internal TrafficLedger Ledger { get; }

    internal static OwnerClue Clue(int pid, OwnerConfidence confidence = OwnerConfidence.Kernel, ulong start = 1) => new(pid, start, $"p{pid}", 0, confidence);

    internal static FlowIdentity Tcp(ushort localPort, ushort remotePort = 80) =>
        new(new FlowKey(IPProtocol.Tcp, new FlowEndpoint(InternetAddress.Parse("10.0.0.1"), localPort), new FlowEndpoint(InternetAddress.Parse("10.0.0.2"), remotePort)), 0);

    internal void Count(FlowIdentity flow, long bytes, ulong cookie, FlowSigns signs = FlowSigns.None)
    {
        Ledger.Clock.Read();
        Ledger.Count(new FlowCount(flow, new TrafficCounters(bytes, 0, 1, 0, 1, 0), cookie, 1, signs));
    }

    /// <summary>Lets time pass and settles.</summary>
    internal void Settle(TimeSpan after = default)
    {
        Time.Advance(after);
        Ledger.Clock.Read();
        Ledger.Settle();
    }

    internal TrackedProcess Process(int pid) => Ledger.Processes.All.Single(process => process.Key.Pid == pid);

    internal TrackedFlow Flow(FlowIdentity identity) => Ledger.Flows.TryFind(identity, out TrackedFlow? flow) ? flow : throw new InvalidOperationException($"no {identity}");
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class ManualTime : TimeProvider
{
    private TimeSpan _wall;
    private long _ticks = TimeSpan.FromDays(1).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + new TimeSpan(_ticks) + _wall;

    internal void Advance(TimeSpan time) => _ticks += time.Ticks;

    /// <summary>Somebody sets the wall clock; the one that measures goes on.</summary>
    internal void SetWallClock(TimeSpan by) => _wall += by;
}
