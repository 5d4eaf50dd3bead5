namespace Sonde.Tun;

public abstract partial class TunDevice
{
    private readonly Lock _configuring = new();

    /// <summary>Applies a configuration as a whole: MTU, addresses, up or down, routes, name servers, in this order.</summary>
    /// <returns>What was changed; <see cref="TunAppliedConfiguration.Restore"/> takes it back. It need not be kept.</returns>
    /// <exception cref="TunException">The system refused a part; the parts before it were taken back.</exception>
    public TunAppliedConfiguration Configure(TunConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Validate(configuration);
        var applied = new TunAppliedConfiguration(this);
        lock (_configuring)
        {
            try
            {
                Apply(configuration, applied);
                return applied;
            }
            catch (TunException refused)
            {
                IReadOnlyList<TunException> failures = applied.RestoreLocked();
                if (failures.Count == 0)
                {
                    throw;
                }

                throw new TunException(
                    refused.Failure,
                    refused.Operation,
                    refused.Device,
                    refused.NativeError,
                    $"{refused.Reason}; and taking back what was done before failed too: {failures[0].Message}",
                    new AggregateException([refused, .. failures]));
            }
        }
    }

    /// <summary>What the device has now.</summary>
    /// <exception cref="TunException">The system refused, or the device is gone.</exception>
    public TunState ReadState()
    {
        lock (_configuring)
        {
            return ReadStateCore();
        }
    }

    /// <summary>Watches the device: what changes from now on.</summary>
    /// <exception cref="TunException">The system refused.</exception>
    public abstract TunWatch Watch();

    internal IReadOnlyList<TunException> Restore(TunAppliedConfiguration applied)
    {
        lock (_configuring)
        {
            return applied.RestoreLocked();
        }
    }

    // ── The seam: one native step each; all of them throw TunException, none keeps state ──────────────────────────────────────────────

    /// <summary>State and addresses now.</summary>
    private protected abstract TunState ReadStateCore();

    /// <summary>Sets the MTU of both families.</summary>
    private protected abstract void SetMtuCore(int mtu);

    /// <summary>Brings the device up or down.</summary>
    private protected abstract void SetUpCore(bool isUp);

    /// <summary>Adds an address, without detection of duplicates.</summary>
    /// <returns><see langword="false"/> when exactly that address is there already.</returns>
    private protected abstract bool AddAddressCore(TunAddress address);

    /// <summary>Waits until the addresses take packets, where the system needs a moment for that after it said yes.</summary>
    private protected virtual void WaitForAddressesCore(IEnumerable<TunAddress> addresses)
    {
    }

    /// <summary>Removes an address; one that is not there is no error.</summary>
    private protected abstract void RemoveAddressCore(TunAddress address);

    /// <summary>Adds a route through this device.</summary>
    /// <returns><see langword="false"/> when exactly that route is there already; a route that leads elsewhere is <see cref="TunFailure.AlreadyExists"/>.</returns>
    private protected abstract bool AddRouteCore(TunRoute route);

    /// <summary>Removes a route; one that is not there is no error.</summary>
    private protected abstract void RemoveRouteCore(TunRoute route);

    /// <summary>Sets the device's name servers, or takes them back with null; <see cref="TunFailure.Unavailable"/> where the system has no call for it.</summary>
    private protected abstract void SetDnsCore(TunDns? dns);

    private static void Validate(TunConfiguration configuration)
    {
        if (configuration.Mtu is { } mtu)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(mtu, 68, nameof(configuration));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(mtu, TunBatch.MaxPacketSize, nameof(configuration));
        }
    }

    private void Apply(TunConfiguration configuration, TunAppliedConfiguration applied)
    {
        TunState before = ReadStateCore();
        if (configuration.Mtu is { } mtu && mtu != before.Mtu)
        {
            SetMtuCore(mtu);
            applied.Add($"MTU {mtu}", () => SetMtuCore(before.Mtu));
        }

        foreach (TunAddress address in configuration.Addresses)
        {
            if (AddAddressCore(address))
            {
                applied.Add($"address {address}", () => RemoveAddressCore(address));
            }
        }

        if (configuration.IsUp is { } isUp && isUp != before.IsUp)
        {
            SetUpCore(isUp);
            applied.Add(isUp ? "up" : "down", () => SetUpCore(before.IsUp));
        }

        if (configuration.IsUp ?? before.IsUp)
        {
            WaitForAddressesCore(configuration.Addresses);
        }

        foreach (TunRoute route in configuration.Routes)
        {
            if (AddRouteCore(route))
            {
                applied.Add($"route {route}", () => RemoveRouteCore(route));
            }
        }

        if (configuration.Dns is { } dns)
        {
            SetDnsCore(dns);
            applied.Add("name servers", () => SetDnsCore(null));
        }
    }
}
