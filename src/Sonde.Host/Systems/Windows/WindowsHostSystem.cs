using System.Globalization;
using System.Runtime.Versioning;

namespace Sonde.Host.Systems.Windows;

/// <summary>Windows: the registry, WMI, and performance counters.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsHostSystem : HostSystem
{
    private const string Cim = @"root\cimv2";
    private const string NotOnWindows = "Windows has no such thing";
    private const string Policies = @"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System";
    private const string Lsa = @"SYSTEM\CurrentControlSet\Control\Lsa";
    private const string Hvci = @"SYSTEM\CurrentControlSet\Control\DeviceGuard\Scenarios\HypervisorEnforcedCodeIntegrity";
    private const string SecureBootKey = @"SYSTEM\CurrentControlSet\Control\SecureBoot\State";

    private const string Busy = @"\Processor Information(_Total)\% Processor Time";
    private const string BusyBefore = @"\Processor(_Total)\% Processor Time"; // before Windows 7, and of 64 processors at most
    private const string Queue = @"\System\Processor Queue Length";
    private const string Processes = @"\System\Processes";
    private const string Threads = @"\System\Threads";
    private const string Switches = @"\System\Context Switches/sec";
    private const string Available = @"\Memory\Available Bytes";
    private const string Committed = @"\Memory\Committed Bytes";
    private const string CommitLimit = @"\Memory\Commit Limit";
    private const string DiskRead = @"\PhysicalDisk(_Total)\Disk Read Bytes/sec";
    private const string DiskWrite = @"\PhysicalDisk(_Total)\Disk Write Bytes/sec";
    private const string Received = @"\Network Interface(*)\Bytes Received/sec";
    private const string Sent = @"\Network Interface(*)\Bytes Sent/sec";

    private readonly WmiQuestion _ask;
    private PerformanceCounters? _counters;

    internal WindowsHostSystem(WmiQuestion ask) => _ask = ask;

    internal static new WindowsHostSystem Open() => new(WmiSource.Ask);

    public override HostRecord Collect()
    {
        WmiAnswer system = _ask(Cim, "Win32_OperatingSystem", "Caption", "Version", "BuildNumber", "LastBootUpTime", "InstallDate", "TotalVisibleMemorySize");
        WmiAnswer computer = _ask(Cim, "Win32_ComputerSystem", "Manufacturer", "Model", "Domain", "DomainRole", "NumberOfLogicalProcessors", "TotalPhysicalMemory");
        WmiAnswer bios = _ask(Cim, "Win32_BIOS", "Manufacturer", "SMBIOSBIOSVersion", "ReleaseDate");
        return new HostRecord
        {
            // The registry of Windows 11 still says Windows 10.
            Name = First(system.Of<string>("Caption").Select(static text => text.Trim()), () => RegistryFacts.Text(RegistryFacts.CurrentVersion, "ProductName")),
            Version = First(RegistryFacts.Text(RegistryFacts.CurrentVersion, "DisplayVersion"), () => system.Of<string>("Version")),
            Build = ReadBuild(system),
            Edition = RegistryFacts.Text(RegistryFacts.CurrentVersion, "EditionID"),
            Kernel = First(system.Of<string>("Version"), ReadVersion).Select(static version => $"Windows NT {version}"),
            Architecture = RegistryFacts.Text(@"SYSTEM\CurrentControlSet\Control\Session Manager\Environment", "PROCESSOR_ARCHITECTURE"),
            HostName = Environment.MachineName,
            Domain = ReadDomain(computer),
            Installed = First(WmiFacts.Time(system, "InstallDate"), () => RegistryFacts.Number(RegistryFacts.CurrentVersion, "InstallDate").Select(DateTimeOffset.FromUnixTimeSeconds)),
            Started = WmiFacts.Time(system, "LastBootUpTime"),
            Manufacturer = First(computer.Of<string>("Manufacturer"), static () => RegistryFacts.Text(RegistryFacts.Bios, "SystemManufacturer")),
            Model = First(computer.Of<string>("Model"), static () => RegistryFacts.Text(RegistryFacts.Bios, "SystemProductName")),
            FirmwareVendor = First(bios.Of<string>("Manufacturer"), static () => RegistryFacts.Text(RegistryFacts.Bios, "BIOSVendor")),
            FirmwareVersion = First(bios.Of<string>("SMBIOSBIOSVersion"), static () => RegistryFacts.Text(RegistryFacts.Bios, "BIOSVersion")),
            FirmwareDate = First(
                WmiFacts.Time(bios, "ReleaseDate").Select(static time => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                static () => RegistryFacts.Text(RegistryFacts.Bios, "BIOSReleaseDate")),
            Processor = RegistryFacts.Text(@"HARDWARE\DESCRIPTION\System\CentralProcessor\0", "ProcessorNameString"),
            Processors = computer.Of<long>("NumberOfLogicalProcessors").Select(static count => (int)Math.Min(count, int.MaxValue)),
            MemoryBytes = ReadMemory(computer, system),
            Hypervisor = HypervisorName.Read(),
            SecureBoot = RegistryFacts.Flag(SecureBootKey, "UEFISecureBootEnabled", Reading.None<bool>("the firmware has no secure boot")),
            SecurityModules = Reading.Unsupported<IReadOnlyList<string>>(NotOnWindows),
            SELinux = Reading.Unsupported<string>(NotOnWindows),
            AppArmor = Reading.Unsupported<string>(NotOnWindows),
            Lockdown = Reading.Unsupported<string>(NotOnWindows),
            PtraceScope = Reading.Unsupported<string>(NotOnWindows),
            SystemIntegrity = Reading.Unsupported<string>(NotOnWindows),
            UserAccountControl = RegistryFacts.Flag(Policies, "EnableLUA", Reading.None<bool>("the registry does not say")),
            LsaProtection = RegistryFacts.Flag(Lsa, "RunAsPPL", Reading.None<bool>("it is not set: Windows decides")),
            MemoryIntegrity = RegistryFacts.Flag(Hvci, "Enabled", Reading.None<bool>("it is not set: Windows decides")),
            Defender = WmiFacts.Defender(_ask),
            SecurityProducts = WmiFacts.SecurityProducts(_ask),
            Updates = WmiFacts.Updates(_ask),
        };
    }

    public override HostLoad CollectLoad()
    {
        PerformanceCounters counters = _counters ??= Prepare();
        counters.Collect();
        return new HostLoad
        {
            Uptime = TimeSpan.FromMilliseconds(Environment.TickCount64),
            ProcessorPercent = counters.Read(Busy, BusyBefore),
            ProcessorQueue = Whole(counters.Read(Queue)),
            LoadAverages = Reading.Unsupported<IReadOnlyList<double>>("Windows keeps no load averages"),
            Processes = Whole(counters.Read(Processes)),
            Threads = Whole(counters.Read(Threads)),
            ContextSwitchesPerSecond = counters.Read(Switches),
            MemoryAvailableBytes = Whole(counters.Read(Available)),
            CommittedBytes = Whole(counters.Read(Committed)),
            CommitLimitBytes = Whole(counters.Read(CommitLimit)),
            SwapUsedBytes = Reading.Unsupported<long>("Windows tells how much is committed, not what lies in the page file"),
            DiskReadBytesPerSecond = counters.Read(DiskRead),
            DiskWriteBytesPerSecond = counters.Read(DiskWrite),
            NetworkReceivedBytesPerSecond = counters.Read(Received),
            NetworkSentBytesPerSecond = counters.Read(Sent),
        };
    }

    protected override void Dispose(bool disposing)
    {
        _counters?.Dispose();
        base.Dispose(disposing);
    }

    private static PerformanceCounters Prepare()
    {
        var counters = new PerformanceCounters();
        counters.Add(Busy, BusyBefore, Queue, Processes, Threads, Switches, Available, Committed, CommitLimit, DiskRead, DiskWrite, Received, Sent);
        return counters;
    }

    // The revision, which every monthly update raises, is in the registry alone.
    private static Reading<string> ReadBuild(WmiAnswer system)
    {
        Reading<string> written = RegistryFacts.Text(RegistryFacts.CurrentVersion, "CurrentBuild");
        Reading<string> build = First(system.Of<string>("BuildNumber"), () => written);
        Reading<string> revision = RegistryFacts.Digits(RegistryFacts.CurrentVersion, "UBR");
        return revision.HasValue && build == written ? build.Select(number => $"{number}.{revision.Value}") : build;
    }

    // The two numbers are there since Windows 10; before, the build says enough.
    private static Reading<string> ReadVersion()
    {
        Reading<string> major = RegistryFacts.Digits(RegistryFacts.CurrentVersion, "CurrentMajorVersionNumber");
        Reading<string> minor = RegistryFacts.Digits(RegistryFacts.CurrentVersion, "CurrentMinorVersionNumber");
        return RegistryFacts.Text(RegistryFacts.CurrentVersion, "CurrentBuild").Select(build => major.HasValue && minor.HasValue ? $"{major.Value}.{minor.Value}.{build}" : $"build {build}");
    }

    // Roles 0 and 2 (Win32_ComputerSystem): a workstation or a server on its own.
    private static Reading<string> ReadDomain(WmiAnswer computer)
    {
        Reading<string> name = computer.Of<string>("Domain");
        return name.HasValue && computer.Of<long>("DomainRole").GetValueOrDefault(1) is 0 or 2 ? Reading.None<string>($"it is in the workgroup {name.Value}") : name;
    }

    // The computer has what the firmware gives; the system sees what is left of it. WMI writes the first in bytes, the second in KiB, both as text.
    private static Reading<long> ReadMemory(WmiAnswer computer, WmiAnswer system)
    {
        Reading<long> all = Parse(computer.Of<string>("TotalPhysicalMemory"), 1);
        return First(all, () => Parse(system.Of<string>("TotalVisibleMemorySize"), 1024));
    }

    private static Reading<long> Parse(Reading<string> text, long unit) =>
        !text.HasValue ? new Reading<long>(text.Status, default, text.Reason)
        : long.TryParse(text.Value, CultureInfo.InvariantCulture, out long number) && number >= 0 && number < long.MaxValue / unit ? number * unit
        : Reading.Failed<long>($"'{text.Value}' is no number");

    private static Reading<long> Whole(Reading<double> reading) => reading.Select(static value => (long)value);

    private static Reading<T> First<T>(Reading<T> best, Func<Reading<T>> next)
    {
        Reading<T> second = best.HasValue ? best : next();
        return second.HasValue ? second : best;
    }
}
