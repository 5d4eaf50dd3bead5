using System.Globalization;
using System.Text;

namespace Sonde.Host.Privileges.Linux;

/// <summary>What /proc/PID/task/TID/status says about the rights of one thread.</summary>
/// <param name="Name">The thread's name.</param>
/// <param name="Permitted">What it holds.</param>
/// <param name="Effective">What counts now.</param>
/// <param name="Inheritable">What a program it executes may get.</param>
/// <param name="Ambient">What a program it executes gets.</param>
/// <param name="NoNewPrivileges">Whether executing a program can no longer add rights; null on kernels before 4.10, which do not say.</param>
internal sealed record ThreadStatus(string Name, ulong Permitted, ulong Effective, ulong Inheritable, ulong Ambient, bool? NoNewPrivileges)
{
    /// <summary>Everything the thread holds or could pass on.</summary>
    internal ulong All => Permitted | Effective | Inheritable | Ambient;

    /// <summary>Reads the file's text.</summary>
    /// <returns><see langword="false"/> when the permitted set is not there; never throws.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> text, out ThreadStatus? status)
    {
        string name = string.Empty;
        ulong? permitted = null;
        ulong effective = 0;
        ulong inheritable = 0;
        ulong ambient = 0;
        bool? noNewPrivileges = null;
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range];
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                continue;
            }

            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            switch (Encoding.ASCII.GetString(line[..colon]))
            {
                case "Name":
                    name = Interfaces.Linux.NativeBytes.ToText(value);
                    break;
                case "CapPrm":
                    permitted = ToSet(value);
                    break;
                case "CapEff":
                    effective = ToSet(value);
                    break;
                case "CapInh":
                    inheritable = ToSet(value);
                    break;
                case "CapAmb":
                    ambient = ToSet(value);
                    break;
                case "NoNewPrivs":
                    noNewPrivileges = value.SequenceEqual("1"u8);
                    break;
            }
        }

        status = permitted is { } held ? new ThreadStatus(name, held, effective, inheritable, ambient, noNewPrivileges) : null;
        return status is not null;
    }

    private static ulong ToSet(ReadOnlySpan<byte> hexadecimal) =>
        ulong.TryParse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong set) ? set : 0;
}
