using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using SecureTunnel;
using Sonde.Testing;

namespace Sonde.System.Tests.Tun;

/// <summary>samples/SecureTunnel between two hosts.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class SecureTunnelTests
{
    private const string Key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static string Tunnel { get; } = Repository.PathOf("artifacts", "bin", "SecureTunnel", "release", "SecureTunnel");

    [Fact]
    public void The_commands_of_the_README_do_what_it_says_as_they_stand()
    {
        NeedsRoot.Namespace().Dispose();
        string readme = File.ReadAllText(Repository.PathOf("samples", "SecureTunnel", "README.md"));
        string commands = ShellBlock().Match(readme).Groups["commands"].Value;
        Assert.Contains("kill -9", commands, StringComparison.Ordinal);

        // Names of namespaces, processes and devices are the test's own, and all of it ends with the first shell.
        string[] shell = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-euc", $"mount -t tmpfs none /run; mkdir /run/netns; cd '{Repository.Root}'\n{commands}"];
        ProgramResult result = ChildProcess.Run("unshare", shell, TimeSpan.FromMinutes(3));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(4, Regex.Count(result.Output, ", 0% packet loss"));
        Assert.Equal(2, Regex.Count(result.Output, "iperf Done"));
        MatchCollection ends = ClosingLine().Matches(result.Output);
        Assert.Equal(2, ends.Count);
        Assert.True(Number(ends[0], "opened") > 10_000, result.Output);
        Assert.Equal(0, Number(ends[0], "refused"));
        Assert.Equal(0, Number(ends[1], "opened"));
        Assert.True(Number(ends[1], "refused") >= 3, result.Output);
    }

    [Fact]
    public void Replayed_damaged_and_cut_datagrams_are_refused_and_genuine_ones_go_on()
    {
        using NetworkNamespace left = NeedsRoot.QuietNamespace();
        using NetworkNamespace right = NeedsRoot.QuietNamespace();
        using (Process inRight = right.Run(static () => Process.Start("sleep", "60")))
        {
            left.Shell($"ip link add wire0 type veth peer name wire1 netns {inRight.Id}; ip addr add 192.0.2.1/24 dev wire0; ip link set wire0 up");
            inRight.Kill();
            inRight.WaitForExit();
        }

        right.Shell("ip addr add 192.0.2.2/24 dev wire1; ip link set wire1 up");

        // Somebody in the middle, who does to the first side's datagrams what he likes.
        using DatagramRelay relay = right.Run(static () => new DatagramRelay(
            new IPEndPoint(IPAddress.Parse("192.0.2.2"), 7001), new IPEndPoint(IPAddress.Parse("192.0.2.1"), 7000),
            new IPEndPoint(IPAddress.Loopback, 7002), new IPEndPoint(IPAddress.Loopback, 7000)));
        using Process first = Start(left, "first 10.9.0.1/24 192.0.2.1:7000 192.0.2.2:7001");
        using Process second = Start(right, "second 10.9.0.2/24 127.0.0.1:7000 127.0.0.1:7002");
        WaitFor(left);
        WaitFor(right);
        left.Shell("ping -c 5 -i 0.2 -W 10 10.9.0.2");
        byte[][] recorded = relay.Recorded;
        Assert.Equal(5, recorded.Length);

        foreach (byte[] datagram in recorded)
        {
            relay.Inject(datagram);
            foreach (int at in new[] { 0, 7, 8, datagram.Length / 2, datagram.Length - 1 })
            {
                byte[] damaged = [.. datagram];
                damaged[at] ^= 0x40;
                relay.Inject(damaged);
            }

            relay.Inject(datagram[..^1]);
            relay.Inject(datagram[..10]);
        }

        left.Shell("ping -c 2 -i 0.2 -W 10 10.9.0.2");

        string end = Stop(second);
        Assert.Equal(7, Number(ClosingLine().Match(end), "opened"));
        Assert.Equal(5 * 8, Number(ClosingLine().Match(end), "refused"));
        Stop(first);
    }

    [Theory]
    [InlineData("", "first 10.9.0.1/24 127.0.0.1:7000 127.0.0.1:7001", 2, "SONDE_TUNNEL_KEY")]
    [InlineData("0001", "first 10.9.0.1/24 127.0.0.1:7000 127.0.0.1:7001", 2, "SONDE_TUNNEL_KEY")]
    [InlineData("zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "first 10.9.0.1/24 127.0.0.1:7000 127.0.0.1:7001", 2, "SONDE_TUNNEL_KEY")]
    [InlineData(Key, "third 10.9.0.1/24 127.0.0.1:7000 127.0.0.1:7001", 2, "usage:")]
    [InlineData(Key, "first 10.9.0.1/33 127.0.0.1:7000 127.0.0.1:7001", 2, "usage:")]
    [InlineData(Key, "first 10.9.0.1/24 127.0.0.1:7000 [::1]:7001", 2, "usage:")]
    [InlineData(Key, "first 10.9.0.1/24 192.0.2.77:7000 192.0.2.2:7001", 1, "SecureTunnel: ")]
    public void What_cannot_be_is_said_in_a_line(string key, string arguments, int exitCode, string word)
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        ProgramResult result = space.Run(() => ChildProcess.Run(Tunnel, arguments.Split(' '), environment: new Dictionary<string, string?> { ["SONDE_TUNNEL_KEY"] = key }));

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(word, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void The_last_64_datagrams_may_come_late_and_each_once()
    {
        byte[] key = Convert.FromHexString(Key);
        using var sealer = new PacketSealer(key, isFirst: true);
        using var opener = new PacketOpener(key, isFirst: true);
        byte[][] datagrams = [.. Enumerable.Range(0, 100).Select(i => Sealed(sealer, i))];

        Assert.True(Opens(opener, datagrams[99], 99));
        Assert.Equal(Enumerable.Range(36, 63), Enumerable.Range(0, 100).Where(i => Opens(opener, datagrams[i], i)));
        Assert.DoesNotContain(Enumerable.Range(0, 100), i => Opens(opener, datagrams[i], i));
    }

    [Fact]
    public void A_forged_number_does_not_move_the_window()
    {
        byte[] key = Convert.FromHexString(Key);
        using var sealer = new PacketSealer(key, isFirst: true);
        using var opener = new PacketOpener(key, isFirst: true);
        byte[] forged = Sealed(sealer, 1);
        forged.AsSpan(0, 8).Fill(0xFF);

        Assert.False(opener.TryOpen(forged, out _));
        Assert.True(Opens(opener, Sealed(sealer, 2), 2));
    }

    [Fact]
    public void What_one_side_sealed_only_the_other_side_opens()
    {
        byte[] key = Convert.FromHexString(Key);
        using var sealer = new PacketSealer(key, isFirst: true);
        using var itself = new PacketOpener(key, isFirst: false);

        Assert.False(itself.TryOpen(Sealed(sealer, 1), out _));
    }

    private static byte[] Sealed(PacketSealer sealer, int content)
    {
        byte[] datagram = new byte[PacketSealer.CounterSize + 4 + PacketSealer.TagSize];
        BitConverter.TryWriteBytes(datagram.AsSpan(PacketSealer.CounterSize), content);
        sealer.Seal(datagram);
        return datagram;
    }

    private static bool Opens(PacketOpener opener, byte[] datagram, int content) => opener.TryOpen([.. datagram], out Span<byte> packet) && BitConverter.ToInt32(packet) == content;

    private static Process Start(NetworkNamespace space, string arguments) => space.Run(() => Process.Start(new ProcessStartInfo(Tunnel, arguments)
    {
        RedirectStandardOutput = true,
        UseShellExecute = false,
        Environment = { ["SONDE_TUNNEL_KEY"] = Key },
    })!); // it is there, or Start throws

    private static void WaitFor(NetworkNamespace space) =>
        Assert.True(SpinWait.SpinUntil(() => space.Shell("ip route").Contains("10.9.0.0/24", StringComparison.Ordinal), s_patience), "no tunnel came up");

    private static string Stop(Process process)
    {
        ChildProcess.MustShell($"kill -TERM {process.Id}");
        using StreamReader reader = process.StandardOutput; // a Process leaves it open
        string output = reader.ReadToEnd();
        Assert.True(process.WaitForExit(s_patience));
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private static long Number(Match line, string name) => long.Parse(line.Groups[name].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("```sh\n(?<commands>.*?)```", RegexOptions.Singleline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"^closed: \d+ packets sealed and sent, \d+ not sent; (?<opened>\d+) opened, (?<refused>\d+) datagrams refused", RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ClosingLine();
}
