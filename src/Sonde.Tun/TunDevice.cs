using System.Runtime.InteropServices;

namespace Sonde.Tun;

/// <summary>A layer-3 virtual adapter: what the system routes to it is received here, and what is sent here the system takes as arrived.</summary>
/// <remarks>
/// <para>
/// The device, its addresses and its routes end with <see cref="Dispose()"/> and with the process, however that ends, unless it was asked to
/// persist. On Linux it belongs to the network namespace of the thread that opened it.
/// </para>
/// <para>Configuration may be called from any thread, one call at a time is served. Packets go through <see cref="Queues"/>.</para>
/// </remarks>
public abstract partial class TunDevice : IDisposable
{
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(10);

    private readonly ManualResetEventSlim _finished = new();
    private int _open = 1; // the device itself and each of its queues
    private int _disposed;

    private protected TunDevice()
    {
    }

    /// <summary>The device's name, as the system gave it: read it, for it may not be the one that was asked for.</summary>
    public abstract string Name { get; }

    /// <summary>Its interface index.</summary>
    public abstract int Index { get; }

    /// <summary>The backend in use: "/dev/net/tun", "utun", "wintun".</summary>
    public abstract string Backend { get; }

    /// <summary>The form that packets have here; <see cref="TunOffload.None"/> where super-packets were asked for and the system has none.</summary>
    public abstract TunOffload Offload { get; }

    /// <summary>Which super-packets the system takes and gives. What is beyond that and is sent nevertheless is segmented first.</summary>
    public abstract TunOffloadFeatures OffloadFeatures { get; }

    /// <summary>Facts about this device that explain its behaviour, such as "kernel without UDP segmentation" or "driver 0.14"; may be empty.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>The queues, at least one. They end with the device.</summary>
    public abstract IReadOnlyList<TunQueue> Queues { get; }

    /// <summary>What went through all queues so far.</summary>
    public TunCounters Counters
    {
        get
        {
            TunCounters sum = default;
            foreach (TunQueue queue in Queues)
            {
                sum += queue.Counters;
            }

            return sum;
        }
    }

    /// <summary>Opens a TUN device, creating it when there is none of that name, and configures it.</summary>
    /// <exception cref="TunException">The system refused; <see cref="TunException.Failure"/> says why, and nothing is left behind.</exception>
    /// <exception cref="ArgumentException">An option is outside its range on every system.</exception>
    public static TunDevice Open(TunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueCount, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.QueueCount, 256, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SpinBudget, TimeSpan.Zero, nameof(options));
        return Configured(TunPlatform.Create().Open(options), options);
    }

    /// <summary>Makes a device of a descriptor that somebody else opened: a VPN service of the system, a parent process, a container runtime.</summary>
    /// <param name="handle">The descriptor; it belongs to the device from now on.</param>
    /// <param name="options">As for <see cref="Open"/>; name and offload are those that the descriptor has.</param>
    /// <exception cref="TunException">It is no TUN descriptor, or the system refused.</exception>
    /// <exception cref="PlatformNotSupportedException">This system's devices are not descriptors (Windows).</exception>
    public static TunDevice Adopt(SafeHandle handle, TunOptions options)
    {
        ArgumentNullException.ThrowIfNull(handle);
        ArgumentNullException.ThrowIfNull(options);
        return Configured(TunPlatform.Create().Adopt(handle, options), options);
    }

    /// <summary>Tries every way to TUN devices of this system and says what it found, best first.</summary>
    public static IReadOnlyList<TunAccess> CheckAccess() => TunPlatform.Create().CheckAccess();

    /// <summary>The TUN devices of this host (of this thread's network namespace, on Linux), whoever made them.</summary>
    /// <exception cref="TunException">The system refused.</exception>
    public static IReadOnlyList<TunDeviceInfo> List() => TunPlatform.Create().List();

    /// <summary>Removes a persistent device.</summary>
    /// <exception cref="TunException">There is none of that name, it is no TUN device, a process holds it, or this process lacks the right.</exception>
    public static void Delete(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        TunPlatform.Create().Delete(name);
    }

    /// <summary>Watches a device by its name, whoever holds it.</summary>
    /// <exception cref="TunException">There is none of that name, it is no TUN device, or this system tells of own devices only.</exception>
    public static TunWatch Watch(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return TunPlatform.Create().Watch(name);
    }

    /// <summary>Closes every queue and the device; a blocked receive ends. Idempotent, from any thread.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes; see <see cref="Dispose()"/>.</summary>
    /// <param name="disposing">Always true: backends hold safe handles, not finalizable state.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            foreach (TunQueue queue in Queues)
            {
                queue.Dispose();
            }

            OnQueueFinished();
        }

        _finished.Wait(s_closePatience);
    }

    /// <summary>A backend says how many queues it has made, before it gives the device away.</summary>
    private protected void CountQueues(int count) => Volatile.Write(ref _open, count + 1);

    /// <summary>A queue has ended, or the device's own share: the last one ends the native device.</summary>
    internal void OnQueueFinished()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            try
            {
                CloseCore();
            }
            finally
            {
                _finished.Set();
            }
        }
    }

    /// <summary>Makes lasting what must not last before everything else has succeeded (persistence). Called once, after the configuration.</summary>
    private protected virtual void CompleteOpen(TunOptions options)
    {
    }

    /// <summary>Ends the native device. Called once, after every queue has ended.</summary>
    private protected abstract void CloseCore();

    /// <summary>Gives a device what it is to have before anybody sees it; closes it when that fails.</summary>
    internal static TunDevice Configured(TunDevice device, TunOptions options)
    {
        try
        {
            if (options.Configuration is { } configuration)
            {
                device.Configure(configuration);
            }

            device.CompleteOpen(options);

            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }
}
