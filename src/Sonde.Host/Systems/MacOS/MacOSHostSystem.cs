using System.Buffers.Binary;
using System.Runtime.Versioning;
using System.Text;
using Sonde.Host.Interfaces;
using Sonde.Host.MacOS;
using Sonde.Host.Processes.MacOS;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Systems.MacOS;

/// <summary>macOS: what sysctl tells, and system integrity protection.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSHostSystem(TimeProvider time) : HostSystem
{
    private const string NotOnMacOS = "macOS has no such thing";
    private const string ByIOKit = "macOS tells it through IOKit alone, which is not asked";
    private const string ByMach = "macOS tells it through calls of Mach, which are not made";

    private readonly RateMeter _rates = new(time);

    internal MacOSHostSystem()
        : this(TimeProvider.System)
    {
    }

    public override HostRecord Collect() => new()
    {
        Name = "macOS",
        Version = Text("kern.osproductversion"),
        Build = Text("kern.osversion"),
        Edition = Reading.Unsupported<string>("macOS has no editions"),
        Kernel = ReadKernel(),
        Architecture = Text("hw.machine"),
        HostName = Text("kern.hostname"),
        Domain = Reading.Unsupported<string>("macOS keeps it in directory services, which are not asked"),
        Installed = Reading.Unsupported<DateTimeOffset>("macOS keeps no such time where it could be asked"),
        Started = ReadStarted(),
        Manufacturer = "Apple",
        Model = Text("hw.model"),
        FirmwareVendor = "Apple",
        FirmwareVersion = Reading.Unsupported<string>(ByIOKit),
        FirmwareDate = Reading.Unsupported<string>(ByIOKit),
        Processor = Text("machdep.cpu.brand_string"),
        Processors = Number("hw.logicalcpu").Select(static count => (int)Math.Min(count, int.MaxValue)),
        MemoryBytes = Number("hw.memsize"),
        Hypervisor = ReadHypervisor(),
        SecureBoot = Reading.Unsupported<bool>(ByIOKit),
        SecurityModules = Reading.Unsupported<IReadOnlyList<string>>(NotOnMacOS),
        SELinux = Reading.Unsupported<string>(NotOnMacOS),
        AppArmor = Reading.Unsupported<string>(NotOnMacOS),
        Lockdown = Reading.Unsupported<string>(NotOnMacOS),
        PtraceScope = Reading.Unsupported<string>(NotOnMacOS),
        SystemIntegrity = CodeSignature.TryReadSystemIntegrity(out uint allowed, out NativeError error)
            ? CodeSigningWords.OfSystemIntegrity(allowed)
            : MacOSReading.Refused<string>("csr_get_active_config", error),
        UserAccountControl = Reading.Unsupported<bool>(NotOnMacOS),
        LsaProtection = Reading.Unsupported<bool>(NotOnMacOS),
        MemoryIntegrity = Reading.Unsupported<bool>(NotOnMacOS),
        Defender = Reading.Unsupported<DefenderState>(NotOnMacOS),
        SecurityProducts = Reading.Unsupported<IReadOnlyList<SecurityProduct>>("macOS shows its own protection to nobody and has no list of that of others"),
        Updates = Reading.Unsupported<IReadOnlyList<HostUpdate>>("macOS keeps them in a file that is no interface"),
    };

    public override HostLoad CollectLoad()
    {
        Reading<(double Received, double Sent)> network = ReadNetwork();
        Reading<long> memory = Number("hw.memsize");
        _rates.Begin();
        return new HostLoad
        {
            Uptime = ReadStarted().Select(started => time.GetUtcNow() - started),
            ProcessorPercent = Reading.Unsupported<double>(ByMach),
            ProcessorQueue = Reading.Unsupported<long>(ByMach),
            LoadAverages = Then(Bytes("vm.loadavg"), static bytes => ParseLoad(bytes)),
            Processes = CountProcesses(),
            Threads = Reading.Unsupported<long>("macOS tells it process by process"),
            ContextSwitchesPerSecond = Reading.Unsupported<double>(ByMach),
            MemoryAvailableBytes = Then(memory, all => Number("kern.memorystatus_level").Select(percent => all / 100 * Math.Clamp(percent, 0, 100))),
            CommittedBytes = Reading.Unsupported<long>("macOS promises memory without counting it"),
            CommitLimitBytes = Reading.Unsupported<long>("macOS promises memory without counting it"),
            SwapUsedBytes = Then(Bytes("vm.swapusage"), static bytes => ParseSwapUsed(bytes)),
            DiskReadBytesPerSecond = Reading.Unsupported<double>(ByIOKit),
            DiskWriteBytesPerSecond = Reading.Unsupported<double>(ByIOKit),
            NetworkReceivedBytesPerSecond = _rates.PerSecond("received", network.Select(static both => both.Received)),
            NetworkSentBytesPerSecond = _rates.PerSecond("sent", network.Select(static both => both.Sent)),
        };
    }

    /// <summary>struct loadavg (sys/resource.h): three fixed-point numbers, then the scale as a long.</summary>
    internal static Reading<IReadOnlyList<double>> ParseLoad(ReadOnlySpan<byte> bytes)
    {
        const int ScaleAt = 16;
        if (bytes.Length < ScaleAt + 8 || BinaryPrimitives.ReadInt64LittleEndian(bytes[ScaleAt..]) is not (> 0 and var scale))
        {
            return Reading.Failed<IReadOnlyList<double>>("vm.loadavg is no struct loadavg");
        }

        double[] averages = new double[3];
        for (int i = 0; i < averages.Length; i++)
        {
            averages[i] = Math.Round(BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]) / (double)scale, 2);
        }

        return averages;
    }

    /// <summary>struct xsw_usage (sys/sysctl.h): total, available, used.</summary>
    internal static Reading<long> ParseSwapUsed(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 24 ? BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]) : Reading.Failed<long>("vm.swapusage is no struct xsw_usage");

    private static Reading<TResult> Then<T, TResult>(Reading<T> reading, Func<T, Reading<TResult>> next) =>
        reading.HasValue ? next(reading.Value) : new Reading<TResult>(reading.Status, default, reading.Reason);

    private static Reading<byte[]> Bytes(string name)
    {
        try
        {
            return Sysctl.ReadTable(name).ToArray();
        }
        catch (NativeException refused)
        {
            Reading<byte[]> why = MacOSReading.Refused<byte[]>(refused.Operation, refused.Error);

            // A name that this version does not know is not a thing that has gone.
            return why.Status == ReadingStatus.Gone ? Reading.Unsupported<byte[]>($"this macOS knows no {name}") : why;
        }
    }

    private static Reading<string> Text(string name)
    {
        Reading<string> text = Bytes(name).Select(static bytes => Encoding.UTF8.GetString(bytes).TrimEnd('\0'));
        return text.HasValue && text.Value.Length == 0 ? Reading.None<string>($"{name} is empty") : text;
    }

    // Numbers have four bytes or eight, as their makers chose.
    private static Reading<long> Number(string name) => Then(Bytes(name), bytes => bytes.Length switch
    {
        4 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        8 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => Reading.Failed<long>($"{name} is no number"),
    });

    private static Reading<string> ReadKernel()
    {
        Reading<string> type = Text("kern.ostype");
        return Text("kern.osrelease").Select(release => $"{type.GetValueOrDefault("Darwin")} {release}");
    }

    // struct timeval: seconds as a long.
    private static Reading<DateTimeOffset> ReadStarted() => Then(Bytes("kern.boottime"), static bytes =>
        bytes.Length >= 16 && BinaryPrimitives.ReadInt64LittleEndian(bytes) is > 0 and < 253_402_300_800 and var seconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : Reading.Failed<DateTimeOffset>("kern.boottime is no time"));

    // On arm64 macOS tells that there is one, and no processor tells its name.
    private static Reading<string> ReadHypervisor() => Then(Number("kern.hv_vmm_present"), static present =>
    {
        Reading<string> name = HypervisorName.Read();
        return present == 0 ? Reading.None<string>("macOS tells of none") : name.HasValue ? name : Reading.Ok("present");
    });

    private static Reading<long> CountProcesses()
    {
        try
        {
            byte[] buffer = [];
            return ProcessTable.ReadAll(ref buffer) / NativeStruct.SizeOf<kinfo_proc>();
        }
        catch (NativeException refused)
        {
            return MacOSReading.Refused<long>(refused.Operation, refused.Error);
        }
    }

    private static Reading<(double Received, double Sent)> ReadNetwork()
    {
        try
        {
            using var interfaces = NetworkInterfaces.Open();
            double received = 0;
            double sent = 0;
            foreach (NetworkInterface one in interfaces.Collect().Interfaces.Where(static one => one.Kind != InterfaceKind.Loopback))
            {
                received += one.Counters.Select(static counters => (double)counters.ReceivedBytes).GetValueOrDefault(0);
                sent += one.Counters.Select(static counters => (double)counters.SentBytes).GetValueOrDefault(0);
            }

            return (received, sent);
        }
        catch (HostException refused)
        {
            return MacOSReading.Refused<(double, double)>(refused);
        }
    }
}
