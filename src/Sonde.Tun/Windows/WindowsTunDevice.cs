using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Tun.Windows;

/// <summary>A Wintun adapter: one queue of two rings, and the IP Helper functions for the rest.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsTunDevice : TunDevice
{
    private readonly WintunAdapter _adapter;
    private readonly WindowsTunConfiguration _configuration;
    private readonly WindowsTunQueue[] _queues;
    private readonly List<string> _notes = [];
    private readonly int _ringCapacity;
    private ulong _discardsBefore;
    private bool _hasDns;

    private WindowsTunDevice(string name, int index, WintunAdapter adapter, TunOptions options)
    {
        Name = name;
        Index = index;
        _adapter = adapter;
        _configuration = new WindowsTunConfiguration(adapter.Luid, name);
        _ringCapacity = options.Windows.RingCapacity;
        _queues = [new WindowsTunQueue(this, adapter, options)];
        CountQueues(_queues.Length);
    }

    public override string Name { get; }

    public override int Index { get; }

    public override string Backend => "wintun";

    public override TunOffload Offload => TunOffload.None;

    public override TunOffloadFeatures OffloadFeatures => TunOffloadFeatures.None;

    public override IReadOnlyList<string> Notes =>
        WindowsRingAdvice.Of(_ringCapacity, Counters, ReadDiscards()) is { } advice ? [.. _notes, advice] : _notes;

    public override IReadOnlyList<TunQueue> Queues => _queues;

    internal static WindowsTunDevice Create(TunOptions options)
    {
        TunWindowsOptions windows = options.Windows;
        IReadOnlyCollection<string> taken = WindowsTunAdapters.ReadNames(out HashSet<string> foreign);
        string name = options.Name ?? WindowsTunName.Choose(taken);
        if ((WindowsTunName.WhyNot(name) ?? WindowsTunName.WhyNot(windows.TunnelType)) is { } why)
        {
            throw new TunException(TunFailure.Invalid, "WintunCreateAdapter", name, Win32.ERROR_INVALID_PARAMETER, why);
        }

        // Wintun would take the name away from whoever has it.
        if (foreign.Contains(name))
        {
            throw new TunException(TunFailure.AlreadyExists, "GetIfTable2", name, 0, "an adapter of that name exists and is no TUN device");
        }

        Wintun library = WindowsTunLibrary.Load(windows.LibraryPath, name);
        WintunAdapter adapter = WindowsTunCreation.Run(library, name, options, out bool isNew);
        WindowsTunDevice? device = null;
        try
        {
            device = new WindowsTunDevice(IpHlpApi.ReadInterfaceAlias(adapter.Luid), (int)IpHlpApi.ReadInterfaceIndex(adapter.Luid), adapter, options);
            device.Finish(library, name, options, isNew);
            return device;
        }
        catch (Exception failure)
        {
            device?.Dispose();
            adapter.Dispose();
            if (failure is NativeException refused)
            {
                throw WindowsTunErrors.Explain(refused, name);
            }

            throw;
        }
    }

    public override TunWatch Watch() => new WindowsTunWatch(_adapter.Luid, Name);

    private protected override TunState ReadStateCore() => _configuration.ReadState();

    private protected override void SetMtuCore(int mtu) => _configuration.SetMtu(mtu);

    // The adapter is connected while a session runs.
    private protected override void SetUpCore(bool isUp)
    {
        try
        {
            if (isUp)
            {
                _queues[0].Connect();
            }
            else
            {
                _queues[0].Disconnect();
            }
        }
        catch (NativeException refused)
        {
            throw WindowsTunErrors.Explain(refused, Name);
        }
    }

    private protected override bool AddAddressCore(TunAddress address) => _configuration.AddAddress(address);

    private protected override void RemoveAddressCore(TunAddress address) => _configuration.RemoveAddress(address);

    private protected override bool AddRouteCore(TunRoute route) => _configuration.AddRoute(route);

    private protected override void RemoveRouteCore(TunRoute route) => _configuration.RemoveRoute(route);

    private protected override void SetDnsCore(TunDns? dns, bool hasDefaultRoute)
    {
        if (dns?.RoutingDomains.Count > 0)
        {
            throw new TunException(TunFailure.Unavailable, "routing domains", Name, 0, "Windows keeps domains that only lead to a server in its name resolution policy, which this library does not write to");
        }

        _configuration.SetDns(dns);
        _hasDns = dns is not null;
    }

    private protected override void CloseCore()
    {
        if (_hasDns)
        {
            try
            {
                // They are kept by the adapter's GUID, which comes again with the name.
                _configuration.SetDns(null);
            }
            catch (TunException)
            {
                // The adapter goes in any case, and nobody asks servers behind an adapter that is not there.
            }
        }

        _adapter.Dispose();
    }

    private void Finish(Wintun library, string asked, TunOptions options, bool isNew)
    {
        NoteDriver(library);

        if (!Name.Equals(asked, StringComparison.OrdinalIgnoreCase))
        {
            _notes.Add($"Windows named the adapter {Name}: {asked} is taken");
        }

        if (!isNew)
        {
            _notes.Add("the adapter was there already, and ends with whoever made it");
        }

        if (options.QueueCount > 1)
        {
            _notes.Add("Wintun has one queue, where more were asked for");
        }

        if (isNew)
        {
            try
            {
                _configuration.Prepare();
            }
            catch (TunException refused)
            {
                _notes.Add(refused.Message);
            }
        }

        // As every user of Wintun does: addresses are given to an adapter that is connected.
        if (options.Configuration?.IsUp == true)
        {
            _queues[0].Connect();
        }

        _discardsBefore = _configuration.ReadRow().OutDiscards;
    }

    private void NoteDriver(Wintun library)
    {
        try
        {
            if (library.ReadDriverVersion() is { } version)
            {
                _notes.Add(string.Create(CultureInfo.InvariantCulture, $"driver {version >> 16}.{version & 0xFFFF}"));
            }
        }
        catch (NativeException refused)
        {
            _notes.Add(refused.Message); // the adapter works all the same
        }
    }

    private long ReadDiscards()
    {
        try
        {
            return (long)Math.Min(_configuration.ReadRow().OutDiscards - _discardsBefore, long.MaxValue);
        }
        catch (TunException)
        {
            return 0; // gone: then nobody counts any more
        }
    }
}
