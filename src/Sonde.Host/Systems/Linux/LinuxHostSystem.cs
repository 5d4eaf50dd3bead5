using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Interfaces.Linux;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Systems.Linux;

/// <summary>Linux: uname, os-release, /proc, /sys with the tables of the firmware, and what security modules show of themselves.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxHostSystem(string root, TimeProvider time) : HostSystem
{
    private const string NotOnLinux = "Linux has no such thing";
    private const string SecureBootVariable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

    private readonly HostFiles _files = new(root);
    private readonly RateMeter _rates = new(time);

    internal LinuxHostSystem()
        : this("/", TimeProvider.System)
    {
    }

    public override HostRecord Collect()
    {
        Reading<string> release = _files.Text("etc/os-release", Absent<byte[]>(string.Empty));
        release = release.HasValue ? release : _files.Text("usr/lib/os-release", Reading.None<byte[]>("there is no os-release"));
        Reading<string[]> names = ReadNames();
        Reading<string> cpu = _files.Text("proc/cpuinfo", NoProc);
        Reading<string> stat = _files.Text("proc/stat", NoProc);
        Reading<string> modules = _files.Text("sys/kernel/security/lsm", Absent<byte[]>("securityfs is not mounted, or the kernel is older than 4.14"));
        return new HostRecord
        {
            Name = Then(release, static text => HostTexts.OsRelease(text, "PRETTY_NAME")),
            Version = Then(release, static text => HostTexts.OsRelease(text, "VERSION_ID")),
            Build = Then(release, static text => HostTexts.OsRelease(text, "BUILD_ID")),
            Edition = Then(release, static text => HostTexts.OsRelease(text, "VARIANT")),
            Kernel = names.Select(static all => $"{all[0]} {all[2]}"),
            Architecture = names.Select(static all => all[4]),
            HostName = names.Select(static all => all[1]),
            Domain = Then(names, static all => all[5] is "" or "(none)" ? Reading.None<string>("no NIS domain is set") : all[5]),
            Installed = Reading.Unsupported<DateTimeOffset>("Linux keeps no such time"),
            Started = Then(stat, static text => HostTexts.Line(text, "btime")).Select(DateTimeOffset.FromUnixTimeSeconds),
            Manufacturer = Dmi("sys_vendor"),
            Model = ReadModel(),
            FirmwareVendor = Dmi("bios_vendor"),
            FirmwareVersion = Dmi("bios_version"),
            FirmwareDate = Dmi("bios_date"),
            Processor = Then(cpu, static text => HostTexts.CpuInfo(text, "model name")),
            Processors = Then(_files.Text("sys/devices/system/cpu/online", Absent<byte[]>("/sys is not mounted")), HostTexts.CountOf),
            MemoryBytes = Then(_files.Text("proc/meminfo", NoProc), static text => HostTexts.MemInfo(text, "MemTotal")),
            Hypervisor = HypervisorName.Read(),
            SecureBoot = ReadSecureBoot(),
            SecurityModules = modules.Select<IReadOnlyList<string>>(static text => text.Split(',')),
            SELinux = Then(
                _files.Text("sys/fs/selinux/enforce", Inactive(modules, "selinux", "SELinux")),
                static text => text switch { "1" => "enforcing", "0" => "permissive", _ => Reading.Failed<string>($"'{text}' is not known") }),
            AppArmor = Then(
                _files.Text("sys/module/apparmor/parameters/enabled", Inactive(modules, "apparmor", "AppArmor")),
                static text => text switch { "Y" => "enabled", "N" => "disabled", _ => Reading.Failed<string>($"'{text}' is not known") }),
            Lockdown = Then(
                _files.Text("sys/kernel/security/lockdown", modules.HasValue ? Inactive(modules, "lockdown", "lockdown") : modules.Select(static _ => Array.Empty<byte>())),
                HostTexts.Chosen),
            PtraceScope = Then(_files.Text("proc/sys/kernel/yama/ptrace_scope", Inactive(modules, "yama", "Yama")), HostTexts.PtraceScope),
            SystemIntegrity = Reading.Unsupported<string>(NotOnLinux),
            UserAccountControl = Reading.Unsupported<bool>(NotOnLinux),
            LsaProtection = Reading.Unsupported<bool>(NotOnLinux),
            MemoryIntegrity = Reading.Unsupported<bool>(NotOnLinux),
            Defender = Reading.Unsupported<DefenderState>(NotOnLinux),
            SecurityProducts = Reading.Unsupported<IReadOnlyList<SecurityProduct>>("Linux has no place where such products tell about themselves"),
            Updates = Reading.Unsupported<IReadOnlyList<HostUpdate>>("packages are the distribution's; its package manager is not asked"),
        };
    }

    public override HostLoad CollectLoad()
    {
        Reading<string> stat = _files.Text("proc/stat", NoProc);
        Reading<string> memory = _files.Text("proc/meminfo", NoProc);
        Reading<string[]> load = _files.Text("proc/loadavg", NoProc).Select(static text => text.Split(' '));
        Reading<(double Read, double Written)> disks = _files.Text("proc/diskstats", NoProc).Select(text => HostTexts.DiskBytes(text, IsDisk));
        Reading<(double Received, double Sent)> network = _files.Bytes("proc/self/net/dev", NoProc).Select(NetworkBytes);
        Reading<double> swapTotal = Then(memory, static text => HostTexts.MemInfo(text, "SwapTotal")).Select(static bytes => (double)bytes);
        _rates.Begin();
        return new HostLoad
        {
            Uptime = Then(_files.Text("proc/uptime", NoProc), static text => double.TryParse(text.Split(' ')[0], CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < 1e10
                ? TimeSpan.FromSeconds(seconds)
                : Reading.Failed<TimeSpan>("/proc/uptime holds no number")),
            ProcessorPercent = ReadBusy(stat),
            ProcessorQueue = Then(stat, static text => HostTexts.Line(text, "procs_running")),
            LoadAverages = Then(load, ParseLoad),
            Processes = CountProcesses(),
            Threads = Then(load, static words => words.Length > 3 && words[3].Split('/') is [_, var all] && long.TryParse(all, CultureInfo.InvariantCulture, out long count)
                ? count
                : Reading.Failed<long>("/proc/loadavg holds no number of threads")),
            ContextSwitchesPerSecond = _rates.PerSecond("switches", Then(stat, static text => HostTexts.Line(text, "ctxt")).Select(static count => (double)count)),
            MemoryAvailableBytes = Then(memory, static text => HostTexts.MemInfo(text, "MemAvailable")),
            CommittedBytes = Then(memory, static text => HostTexts.MemInfo(text, "Committed_AS")),
            CommitLimitBytes = Then(memory, static text => HostTexts.MemInfo(text, "CommitLimit")),
            SwapUsedBytes = Then(swapTotal, total => Then(memory, static text => HostTexts.MemInfo(text, "SwapFree")).Select(free => Math.Max(0, (long)total - free))),
            DiskReadBytesPerSecond = _rates.PerSecond("read", disks.Select(static both => both.Read)),
            DiskWriteBytesPerSecond = _rates.PerSecond("written", disks.Select(static both => both.Written)),
            NetworkReceivedBytesPerSecond = _rates.PerSecond("received", network.Select(static both => both.Received)),
            NetworkSentBytesPerSecond = _rates.PerSecond("sent", network.Select(static both => both.Sent)),
        };
    }

    private static Reading<byte[]> NoProc => Reading.Unsupported<byte[]>("/proc does not show it");

    private static Reading<T> Absent<T>(string reason) => Reading.Unsupported<T>(reason);

    // The list of modules, where it can be read, says surely that one is not active; a file that is not there may be hidden by a container.
    private static Reading<byte[]> Inactive(Reading<string> modules, string module, string name) =>
        !modules.HasValue ? Reading.None<byte[]>($"{name} shows nothing of itself")
        : modules.Value.Split(',').Contains(module) ? Reading.Unsupported<byte[]>($"{name} is active and its files are not mounted here")
        : Reading.None<byte[]>($"{name} is not active");

    private static Reading<TResult> Then<T, TResult>(Reading<T> reading, Func<T, Reading<TResult>> next) =>
        reading.HasValue ? next(reading.Value) : new Reading<TResult>(reading.Status, default, reading.Reason);

    private static Reading<IReadOnlyList<double>> ParseLoad(string[] words)
    {
        double[] averages = new double[3];
        for (int i = 0; i < averages.Length; i++)
        {
            if (i >= words.Length || !double.TryParse(words[i], CultureInfo.InvariantCulture, out averages[i]))
            {
                return Reading.Failed<IReadOnlyList<double>>("/proc/loadavg holds no averages");
            }
        }

        return averages;
    }

    private static (double Received, double Sent) NetworkBytes(byte[] text)
    {
        double received = 0;
        double sent = 0;
        foreach (ProcNetDev.Entry entry in ProcNetDev.Parse(text).Entries)
        {
            if (!entry.Name.AsSpan().SequenceEqual("lo"u8))
            {
                received += entry.Counters.ReceivedBytes;
                sent += entry.Counters.SentBytes;
            }
        }

        return (received, sent);
    }

    private static Reading<string[]> ReadNames()
    {
        try
        {
            return LibC.ReadNames();
        }
        catch (NativeException refused)
        {
            return Reading.Failed<string[]>(refused.Message);
        }
    }

    private Reading<string> Dmi(string name) => _files.Text($"sys/class/dmi/id/{name}", Reading.None<byte[]>("the firmware gives the kernel no DMI table"));

    private Reading<string> ReadModel()
    {
        Reading<string> model = Dmi("product_name");
        Reading<string> tree = model.HasValue ? model : _files.Text("proc/device-tree/model", Absent<byte[]>(string.Empty));
        return tree.HasValue ? tree : model;
    }

    private Reading<bool> ReadSecureBoot() =>
        !_files.Exists("sys/firmware/efi") ? Reading.None<bool>("the kernel was not started by UEFI")
        : Then(_files.Bytes(SecureBootVariable, Absent<byte[]>("efivarfs is not mounted, or the firmware knows no secure boot")), static bytes => HostTexts.EfiFlag(bytes));

    private Reading<double> ReadBusy(Reading<string> stat)
    {
        if (!stat.HasValue)
        {
            return new Reading<double>(stat.Status, default, stat.Reason);
        }

        if (!HostTexts.TryTicks(stat.Value, out double busy, out double all))
        {
            return Reading.Failed<double>("/proc/stat does not begin with the ticks of processors");
        }

        Reading<double> busyGrown = _rates.Grown("busy", busy);
        Reading<double> allGrown = _rates.Grown("ticks", all);
        return !allGrown.HasValue || !busyGrown.HasValue ? (allGrown.HasValue ? busyGrown : allGrown)
            : allGrown.Value > 0 ? Math.Min(100, 100 * busyGrown.Value / allGrown.Value)
            : Reading.NotCollected<double>("no tick has passed since the reading before");
    }

    private Reading<long> CountProcesses()
    {
        try
        {
            return Directory.EnumerateDirectories(_files.PathOf("proc")).LongCount(static path => Path.GetFileName(path.AsSpan()).IndexOfAnyExceptInRange('0', '9') < 0);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Reading.Failed<long>(refused.Message);
        }
    }

    // A disk has a device behind it; partitions, loops, mappings and RAID would count the same bytes again.
    private bool IsDisk(string name) => Directory.Exists(_files.PathOf($"sys/block/{name.Replace('/', '!')}/device"));
}
