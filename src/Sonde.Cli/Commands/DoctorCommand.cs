using System.CommandLine;
using System.Globalization;
using System.Text;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Privileges;

namespace Sonde.Cli.Commands;

/// <summary>`sonde doctor`: what works here, why the rest does not, and what would make it work.</summary>
internal static class DoctorCommand
{
    internal static Command Build(CommandContext context)
    {
        Option<OutputFormat> format = CommandContext.FormatOption();
        var command = new Command("doctor", "Tries every backend and says what works here, why the rest does not, and what would make it work.") { format };
        TeachingHelp.Install(
            command,
            """
              sonde doctor                                                       the whole ladder
              sonde doctor --format json | jq '.backends[] | select(.state != "available")'
              sonde doctor >/dev/null && echo ready                              for a script: 0 ready, 77 rights missing, 69 nothing serves
            """);
        command.SetAction(result =>
        {
            var report = DoctorReport.Examine();
            Print(context.Output, report, result.GetValue(format));
            return report.ExitCode;
        });
        return command;
    }

    internal static void Print(CommandOutput output, DoctorReport report, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteJson(report, DoctorJson.Write);
                break;
            case OutputFormat.Ndjson:
                foreach ((BackendStatus Status, IReadOnlyList<string> Advice) backend in report.Backends)
                {
                    output.WriteJsonLine(backend, DoctorJson.WriteBackend);
                }

                break;
            case OutputFormat.Tsv:
                output.WriteTsv(["part", "backend", "state", "operation", "reason", "native_error", "missing_rights"]);
                foreach ((BackendStatus status, _) in report.Backends)
                {
                    output.WriteTsv(
                    [
                        status.Part, status.Backend, Words.Of(status.State), status.Operation, status.Reason ?? "-",
                        status.NativeError.ToString(CultureInfo.InvariantCulture), status.MissingRights.Count == 0 ? "-" : string.Join(',', status.MissingRights),
                    ]);
                }

                break;
            default:
                output.Write(Pretty(report, output.Screen));
                break;
        }
    }

    /// <summary>The report for people.</summary>
    internal static string Pretty(DoctorReport report, Screen screen)
    {
        var text = new StringBuilder();
        text.Append(SafeText.OneLine($"sonde {report.Version} on {report.System}")).Append('\n');
        text.Append(SafeText.OneLine(PrivilegesText(report.Privileges))).Append('\n');
        string part = string.Empty;
        foreach ((BackendStatus status, IReadOnlyList<string> advice) in report.Backends)
        {
            if (status.Part != part)
            {
                part = status.Part;
                text.Append('\n').Append(screen.Style.Heading(part)).Append('\n');
            }

            text.Append("  ").Append(Mark(status.State)).Append(' ').Append(status.Backend).Append(": ").Append(status.Provides).Append('\n');
            if (status.Reason is not null)
            {
                text.Append("      ").Append(SafeText.OneLine(status.State == BackendState.Available ? status.Reason : $"{status.Operation}: {status.Reason}")).Append('\n');
            }

            foreach (string line in advice)
            {
                text.Append("      ").Append(line).Append('\n');
            }
        }

        return text.Append('\n').Append(report.Verdict).Append('\n').ToString();
    }

    private static string Mark(BackendState state) => state switch
    {
        BackendState.Available => "works      ",
        BackendState.Denied => "denied     ",
        _ => "unavailable",
    };

    private static string PrivilegesText(Reading<PrivilegeReport> reading)
    {
        if (!reading.TryGetValue(out PrivilegeReport? report))
        {
            return $"privileges: {reading}";
        }

        var parts = new List<string> { $"user {report.User} ({report.UserId})" };
        if (report.IsAdministrator)
        {
            parts.Add("administrator");
        }

        if (report.IsElevated.HasValue)
        {
            parts.Add(report.IsElevated.Value ? "elevated" : "not elevated");
        }

        if (report.IntegrityLevel.HasValue)
        {
            parts.Add($"{report.IntegrityLevel.Value} integrity");
        }

        if (report.Rights.TryGetValue(out IReadOnlyList<HeldRight>? rights))
        {
            string[] enabled = [.. rights.Where(right => right.Enabled).Select(right => right.Name)];
            parts.Add(enabled.Length switch
            {
                0 => "no special rights",
                > 8 => $"{enabled.Length} rights, among them {string.Join(' ', enabled.Where(IsTelling).Take(8))}",
                _ => string.Join(' ', enabled),
            });
        }

        if (report.NoNewPrivileges is { HasValue: true, Value: true })
        {
            parts.Add("no_new_privs");
        }

        if (report.Devices.TryGetValue(out IReadOnlyList<DeviceAccess>? devices))
        {
            parts.AddRange(devices.Select(device => $"{device.Device} {Reading.Describe(device.Status, device.Reason)}"));
        }

        return string.Join(", ", parts);
    }

    // Of forty rights a user wants to see those that network and process tools ask for.
    private static bool IsTelling(string name) =>
        name is "CAP_NET_RAW" or "CAP_NET_ADMIN" or "CAP_SYS_PTRACE" or "CAP_BPF" or "CAP_PERFMON" or "CAP_SYS_ADMIN" or "CAP_DAC_READ_SEARCH" or "SeDebugPrivilege"
            or "SeSecurityPrivilege" or "SeBackupPrivilege" or "SeImpersonatePrivilege" or "SeLoadDriverPrivilege";
}
