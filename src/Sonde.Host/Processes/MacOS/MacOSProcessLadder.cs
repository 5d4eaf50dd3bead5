using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;

namespace Sonde.Host.Processes.MacOS;

/// <summary>macOS: one sysctl for the table, libproc and csops for the rest.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSProcessLadder : ProcessLadder
{
    private const string Provides = "every process with its user, program and code signature; times, memory, command line and descriptors of others as root";

    private protected override IReadOnlyList<ProcessRung> Rungs { get; } = [new ProcessRung(ProcessEngineKind.Sysctl, MacOSProcessEngine.Name, Open, Check)];

    private static MacOSProcessCollector Open(ProcessCollectorOptions options, IReadOnlyList<Gap> gaps)
    {
        // Tried here, so that who opens is told at once: a table that is refused is refused for good.
        byte[] rows = [];
        try
        {
            ProcessTable.ReadAll(ref rows);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        return new MacOSProcessCollector(options, new MacOSProcessEngine(gaps), new MacOSProcessReader(options));
    }

    private static new BackendStatus Check()
    {
        try
        {
            using MacOSProcessCollector collector = Open(new ProcessCollectorOptions { Fields = ProcessFields.Core }, []);
            using ProcessSnapshot snapshot = collector.Collect();
            bool isRoot = UserId.Effective == 0;
            string[] missing =
            [
                .. snapshot.Gaps.Select(static gap => gap.Reason),
                .. isRoot ? Array.Empty<string>() : ["of processes of other users: no times, memory, threads, descriptors, command line, environment and folders"],
                DescribeIntegrity(new CodeSigningReader().SystemIntegrity),
            ];
            return new BackendStatus(
                ProcessCollector.Part,
                MacOSProcessEngine.Name,
                BackendState.Available,
                Provides,
                "sysctl(KERN_PROC_ALL)",
                string.Join("; ", missing),
                MissingRights: isRoot ? [] : ["root"]);
        }
        catch (HostException refused)
        {
            return BackendStatus.From(ProcessCollector.Part, MacOSProcessEngine.Name, Provides, refused);
        }
    }

    private static string DescribeIntegrity(Reading<string> protection) =>
        !protection.HasValue ? $"system integrity protection: {Reading.Describe(protection.Status, protection.Reason)}"
        : protection.Value == "on" ? "system integrity protection is on, and withholds the environment of restricted programs from root too"
        : $"system integrity protection {protection.Value}";
}
