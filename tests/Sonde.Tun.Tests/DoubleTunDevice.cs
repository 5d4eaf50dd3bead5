namespace Sonde.Tun.Tests;

/// <summary>A device with one queue in memory and a configuration that remembers and refuses as a test wants.</summary>
internal sealed class DoubleTunDevice : TunDevice
{
    private readonly DoubleTunQueue[] _queues;
    private TunState _state = new(false, 1500, []);

    internal DoubleTunDevice(TunOptions options)
    {
        Name = options.Name ?? "double0";
        _queues = [new DoubleTunQueue(this, options)];
        CountQueues(1);
    }

    public override string Name { get; }

    public override int Index => 7;

    public override string Backend => "double";

    public override TunOffload Offload => TunOffload.None;

    public override TunOffloadFeatures OffloadFeatures => TunOffloadFeatures.None;

    public override IReadOnlyList<TunQueue> Queues => _queues;

    internal DoubleTunQueue Queue => _queues[0];

    /// <summary>Every step, in order.</summary>
    internal List<string> Steps { get; } = [];

    /// <summary>The step that is refused; null for none.</summary>
    internal string? Refused { get; set; }

    public override TunWatch Watch() => throw new TunException(TunFailure.Unavailable, "watch", Name, 0, "a double does not change by itself");

    private protected override TunState ReadStateCore() => _state;

    private protected override void SetMtuCore(int mtu)
    {
        Take($"mtu {mtu}");
        _state = _state with { Mtu = mtu };
    }

    private protected override void SetUpCore(bool isUp)
    {
        Take(isUp ? "up" : "down");
        _state = _state with { IsUp = isUp };
    }

    private protected override bool AddAddressCore(TunAddress address)
    {
        Take($"+{address}");
        return true;
    }

    private protected override void RemoveAddressCore(TunAddress address) => Take($"-{address}");

    private protected override bool AddRouteCore(TunRoute route)
    {
        Take($"+route {route}");
        return true;
    }

    private protected override void RemoveRouteCore(TunRoute route) => Take($"-route {route}");

    private protected override void SetDnsCore(TunDns? dns, bool hasDefaultRoute) => Take(dns is null ? "-dns" : "+dns");

    private protected override void CloseCore() => Steps.Add("closed");

    private void Take(string step)
    {
        if (step == Refused)
        {
            throw new TunException(TunFailure.System, step, Name, 31, "refused by the test");
        }

        Steps.Add(step);
    }
}
