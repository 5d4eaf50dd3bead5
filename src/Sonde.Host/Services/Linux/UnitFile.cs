using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Services.Linux;

/// <summary>What a unit file says itself (systemd.syntax(7)), where systemd cannot be asked.</summary>
/// <param name="Description">What it is for.</param>
/// <param name="Command">Its first command, with systemd's own placeholders as they are.</param>
/// <param name="User">Whom it runs as.</param>
/// <param name="CanBeEnabled">Whether it has a section that says who would start it.</param>
internal sealed record UnitFile(string? Description, string? Command, string? User, bool CanBeEnabled)
{
    private const int MaxLines = 20_000;

    /// <summary>Reads a unit file; lines that are none are passed over.</summary>
    internal static UnitFile Parse(ReadOnlySpan<byte> text)
    {
        string? description = null;
        string? command = null;
        string? user = null;
        bool canBeEnabled = false;
        string section = string.Empty;
        string joined = string.Empty;
        int lines = 0;
        foreach (Range range in text.Split((byte)'\n'))
        {
            if (++lines > MaxLines)
            {
                break;
            }

            string line = SystemText.Of(text[range]).Trim();
            if (line.StartsWith('#') || line.StartsWith(';'))
            {
                continue; // also between lines that belong together
            }

            if (line.EndsWith('\\'))
            {
                joined += line[..^1].TrimEnd() + " ";
                continue;
            }

            line = (joined + line).Trim();
            joined = string.Empty;
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                section = line[1..^1];
                canBeEnabled |= section == "Install";
                continue;
            }

            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string value = equals > 0 ? line[(equals + 1)..].TrimStart() : string.Empty;
            switch (section, equals > 0 ? line[..equals].TrimEnd() : string.Empty)
            {
                case ("Unit", "Description"):
                    description = value;
                    break;
                case ("Service", "User"):
                    user = value;
                    break;
                case ("Service", "ExecStart"):
                    // An empty one forgets those before it.
                    command = value.Length == 0 ? null : command ?? value.TrimStart('@', '-', ':', '+', '!', '|');
                    break;
                default:
                    break;
            }
        }

        return new UnitFile(description, command, user, canBeEnabled);
    }
}
