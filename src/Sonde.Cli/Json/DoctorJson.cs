using Sonde.Cli.Commands;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Privileges;

namespace Sonde.Cli.Json;

/// <summary>The answer of `sonde doctor` as JSON.</summary>
internal static class DoctorJson
{
    internal static void Write(JsonText json, DoctorReport report)
    {
        json.BeginObject();
        json.Property("version"u8, report.Version);
        json.Property("system"u8, report.System);
        if (json.Holds("privileges"u8, report.Privileges))
        {
            WritePrivileges(json, report.Privileges.Value);
        }

        json.BeginArray("backends"u8);
        foreach ((BackendStatus Status, IReadOnlyList<string> Advice) backend in report.Backends)
        {
            WriteBackend(json, backend);
        }

        json.EndArray();
        json.Property("verdict"u8, report.Verdict);
        json.Property("exit_code"u8, report.ExitCode);
        json.EndObject();
    }

    /// <summary>A rung of a ladder.</summary>
    internal static void WriteBackend(JsonText json, (BackendStatus Status, IReadOnlyList<string> Advice) backend)
    {
        (BackendStatus status, IReadOnlyList<string> advice) = backend;
        json.BeginObject();
        json.Property("part"u8, status.Part);
        json.Property("backend"u8, status.Backend);
        json.Property("state"u8, Words.Of(status.State));
        json.Property("provides"u8, status.Provides);
        json.Property("operation"u8, status.Operation);
        if (status.Reason is not null)
        {
            json.Property("reason"u8, status.Reason);
        }

        json.Property("native_error"u8, status.NativeError);
        json.Property("missing_rights"u8, status.MissingRights);
        json.Property("advice"u8, advice);
        json.EndObject();
    }

    private static void WritePrivileges(JsonText json, PrivilegeReport report)
    {
        json.BeginObject();
        json.Property("user"u8, report.User);
        json.Property("user_id"u8, report.UserId);
        json.Property("is_administrator"u8, report.IsAdministrator);
        json.Property("is_elevated"u8, report.IsElevated);
        json.Property("integrity_level"u8, report.IntegrityLevel);
        json.Property("no_new_privileges"u8, report.NoNewPrivileges);
        if (json.Holds("rights"u8, report.Rights))
        {
            json.BeginArray();
            foreach (HeldRight right in report.Rights.Value)
            {
                json.BeginObject();
                json.Property("name"u8, right.Name);
                json.Property("enabled"u8, right.Enabled);
                json.EndObject();
            }

            json.EndArray();
        }

        if (json.Holds("devices"u8, report.Devices))
        {
            json.BeginArray();
            foreach (DeviceAccess device in report.Devices.Value)
            {
                json.BeginObject();
                json.Property("device"u8, device.Device);
                json.Property("status"u8, Words.Of(device.Status));
                if (device.Reason is not null)
                {
                    json.Property("reason"u8, device.Reason);
                }

                json.EndObject();
            }

            json.EndArray();
        }

        json.EndObject();
    }
}
