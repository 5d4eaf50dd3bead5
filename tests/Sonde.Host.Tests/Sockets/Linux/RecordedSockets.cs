using System.Globalization;
using Sonde.Testing;

namespace Sonde.Host.Tests.Sockets.Linux;

/// <summary>What tests/fixtures/sockets/README.md describes.</summary>
internal static class RecordedSockets
{
    /// <summary>The answers of sock_diag with the protocol that was asked for.</summary>
    internal static IReadOnlyList<(byte Protocol, byte[] Payload)> Diag { get; } =
        [.. File.ReadAllLines(PathOf("sockdiag")).Select(static line => line.Split(' ')).Select(static parts => (byte.Parse(parts[0], CultureInfo.InvariantCulture), Convert.FromHexString(parts[1])))];

    /// <summary>A file of /proc/net.</summary>
    internal static byte[] Proc(string name) => File.ReadAllBytes(PathOf(name));

    private static string PathOf(string name) => Repository.PathOf("tests", "fixtures", "sockets", $"linux-6.18-{name}.txt");
}
