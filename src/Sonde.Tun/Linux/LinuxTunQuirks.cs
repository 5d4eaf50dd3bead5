using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Tun.Linux;

/// <summary>Kernels whose super-packets are known to be broken, so that they are not asked for. What is not known is found out while running.</summary>
/// <param name="Avoided">What must not be switched on.</param>
/// <param name="Note">Why, for the user; null when the kernel is not known for anything.</param>
internal sealed record LinuxTunQuirks(TunOffloadFeatures Avoided, string? Note)
{
    private static readonly LinuxTunQuirks s_none = new(TunOffloadFeatures.None, null);

    /// <summary>Of the running kernel.</summary>
    [SupportedOSPlatform("linux")]
    internal static LinuxTunQuirks OfThisKernel()
    {
        try
        {
            return Of(Encoding.UTF8.GetString(LibC.ReadFile("/proc/sys/kernel/osrelease", 256, out _)).Trim());
        }
        catch (NativeException)
        {
            // No /proc: then nothing is known of the kernel, and what it refuses is found out while running.
            return s_none;
        }
    }

    /// <summary>Of a kernel, by its release: "6.6.44-1-default".</summary>
    internal static LinuxTunQuirks Of(string release)
    {
        string[] parts = release.Split('.', '-', '+', '_');
        if (parts.Length < 2 || !TryRead(parts[0], out int major) || !TryRead(parts[1], out int minor))
        {
            return s_none;
        }

        int patch = parts.Length > 2 && TryRead(parts[2], out int third) ? third : 0;
        return (major, minor, patch) switch
        {
            // tailscale/tailscale#13041: writes of super-packets whose last segment is short are refused.
            (6, 6, 44) => new(TunOffloadFeatures.TcpIPv4 | TunOffloadFeatures.TcpIPv6 | TunOffloadFeatures.TcpEcn | TunOffloadFeatures.Udp,
                "Linux 6.6.44 refuses some super-packets on write: none are used"),

            // tailscale/tailscale#21335: UDP super-packets leave physical cards damaged.
            (7, 0, _) or (7, 1, <= 4) => new(TunOffloadFeatures.Udp, $"Linux {major}.{minor}.{patch} damages UDP super-packets on their way out: none are used"),
            _ => s_none,
        };
    }

    // "44" and "44xyz" alike: whoever builds a kernel may append what he likes, without a mark between.
    private static bool TryRead(string text, out int value)
    {
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        return int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
