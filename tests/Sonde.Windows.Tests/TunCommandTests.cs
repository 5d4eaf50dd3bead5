using System.Net;
using System.Net.Sockets;
using Sonde.Cli.Tests;
using Sonde.Tun;

namespace Sonde.Windows.Tests;

/// <summary>`sonde tun` as a user of Windows has it, in this process, over the look-alikes. In a pass of its own: the commands give up rights for good.</summary>
[Trait("pass", "tun-command")]
public sealed class TunCommandTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TunLookalike _lookalike = new();

    public void Dispose() => _lookalike.AssertClean();

    [Fact]
    public void A_device_lives_as_long_as_the_command_and_is_listed_and_counted()
    {
        Command command = Start("tun create --name sonde7 --address 10.96.0.1/24 --address fd96::1/64 --mtu 1400 --route 10.50.0.0/16 --ring 131072");
        WaitFor(() => _lookalike.State.Contains("route 10.50.0.0/16", StringComparison.Ordinal));

        Assert.Contains("\"name\":\"sonde7\"", Run("tun list --format json").Output, StringComparison.Ordinal);
        Assert.Matches("sonde7 +up +1400 +10.96.0.1/24", Run("tun list").Output);
        Assert.Contains("sonde7", Run("tun stats sonde7").Output, StringComparison.Ordinal);
        Assert.Contains("there is no TUN device 'sonde8'", Run("tun stats sonde8").Error, StringComparison.Ordinal);
        _lookalike.Helper.Call("fakeip_discard", 5);
        _lookalike.Set("terminate", 0);

        (int exitCode, string output, string error) = command.End();
        Assert.Equal((0, string.Empty), (exitCode, error));
        Assert.Matches(@"sonde7 \(index \d+\) is up with 10.96.0.1/24 fd96::1/64", output);
        Assert.Contains("note: driver 0.14", output, StringComparison.Ordinal);
        Assert.Contains("note: Windows dropped 5 packets for want of room in the ring: rings of 256 KiB", output, StringComparison.Ordinal);
        Assert.Contains("the device is gone", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_are_captured_into_a_file_that_reads_back()
    {
        string file = Path.Combine(Path.GetTempPath(), "sonde7.pcapng");
        Command command = Start("tun capture --name sonde7 --count 3", "--write", file);
        WaitFor(() => _lookalike["sessions"] == 1);
        byte[] ping = Convert.FromHexString("4500001C00000000400166180A6000090A6000010800F7FF00000000");
        for (int i = 0; i < 3; i++)
        {
            Assert.True(_lookalike.Arrive(ping));
        }

        (int exitCode, string output, string error) = command.End();
        Assert.Equal((0, string.Empty), (exitCode, error));
        Assert.Contains("3 packets written", output, StringComparison.Ordinal);
        string read = TestOutput.Run("read", file).Output;
        Assert.Equal(3, read.Split('\n').Count(static line => line.Contains("10.96.0.9", StringComparison.Ordinal) && line.Contains("10.96.0.1", StringComparison.Ordinal)));
        File.Delete(file);
    }

    [Fact]
    public void A_pipe_carries_packets_between_the_device_and_a_socket()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
        Command command = Start($"tun pipe --name sonde7 --address 10.96.0.1/24 --connect 127.0.0.1:{((IPEndPoint)other.LocalEndPoint!).Port}"); // it is bound
        byte[] datagram = new byte[2000];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal(0, other.ReceiveFrom(datagram, ref from)); // the greeting
        byte[] packet = new byte[60];
        packet[0] = 0x45;

        Assert.True(_lookalike.Arrive(packet));
        Assert.Equal(60, other.ReceiveFrom(datagram, ref from));
        other.SendTo(packet.AsSpan(0, 44), SocketFlags.None, from);
        byte[] taken = [];
        WaitFor(() => (taken = _lookalike.Take()).Length > 0);
        Assert.Equal(44, taken.Length);
        _lookalike.Set("terminate", 0);

        Assert.Equal(0, command.End().ExitCode);
    }

    [Fact]
    public void Changes_are_told_until_the_device_is_gone()
    {
        TunDevice device = TunDevice.Open(_lookalike.Options());
        Command command = Start("tun watch sonde7 --format ndjson");
        WaitFor(() => _lookalike.Helper.Call("fakeip_outstanding") == 3); // the three registrations
        device.Configure(new TunConfiguration { Mtu = 1300 });
        device.Dispose();

        (int exitCode, string output, string error) = command.End();
        Assert.Equal((0, string.Empty), (exitCode, error));
        Assert.Contains("\"change\":\"removed\"", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tun create --name sonde7")]
    [InlineData("tun capture --name sonde7 --write none.pcapng")]
    [InlineData("tun pipe --name sonde7 --connect 127.0.0.1:9")]
    [InlineData("tun bench")]
    public void Without_the_library_the_answer_says_what_to_fetch_and_where_to_put_it(string arguments)
    {
        (int exitCode, string output, string error) = TestOutput.Run(arguments.Split(' '));

        Assert.Equal((69, string.Empty), (exitCode, output));
        Assert.Contains("wintun.dll): the file does not exist", error, StringComparison.Ordinal);
        Assert.Contains("https://www.wintun.net/builds/wintun-0.14.1.zip", error, StringComparison.Ordinal);
        Assert.Contains("07c256185d6ee3652e09fa55c0b673e2624b565e02c4b9091c79ca7d2f24ef51", error, StringComparison.Ordinal);
        Assert.Contains(@"copy wintun\bin\amd64\wintun.dll """ + AppContext.BaseDirectory.TrimEnd('\\'), error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_doctor_says_it_too()
    {
        string output = TestOutput.Run("doctor").Output;

        Assert.Contains("wintun", output, StringComparison.Ordinal);
        Assert.Contains("wintun-0.14.1.zip", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_right_the_way_to_it_is_told()
    {
        _lookalike.Set("open_error", 5);

        (int exitCode, _, string error) = Run("tun create --name sonde7");

        Assert.Equal(77, exitCode);
        Assert.Contains("elevated prompt", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_would_have_to_stay_is_refused_and_not_made()
    {
        (int exitCode, _, string error) = Run("tun create --name sonde7 --persist");

        Assert.Equal(69, exitCode);
        Assert.Contains("A device of wintun ends with the process that made it.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tun create --ring 5", "a ring of 5 bytes is none")]
    [InlineData("tun create --ring 131073", "a ring of 131073 bytes is none")]
    [InlineData(@"tun create --wintun ..\wintun.dll", "is no full path")]
    public void What_Wintun_would_not_take_is_a_mistake_on_the_command_line(string arguments, string what)
    {
        (int exitCode, _, string error) = TestOutput.Run(arguments.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.Contains(what, error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_cannot_be_deleted_or_watched()
    {
        Assert.Equal(1, TestOutput.Run("tun", "delete", "sonde7").ExitCode);
        Assert.Equal(1, TestOutput.Run("tun", "watch", "sonde7").ExitCode);
        Assert.Equal("There is no TUN device.", TestOutput.Run("tun", "list").Output.Trim());
    }

    private static void WaitFor(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, s_patience), "it did not come to pass");

    private Command Start(string arguments, params string[] more) => new([.. arguments.Split(' '), .. more, .. LibraryOf(arguments)]);

    private (int ExitCode, string Output, string Error) Run(string arguments) => Start(arguments).End();

    private string[] LibraryOf(string arguments) => arguments.Split(' ')[1] is "create" or "capture" or "pipe" ? ["--wintun", _lookalike.LibraryPath] : [];

    /// <summary>A command that runs on a thread of its own.</summary>
    private sealed class Command
    {
        private readonly Thread _thread;
        private (int ExitCode, string Output, string Error) _result;

        internal Command(string[] arguments)
        {
            _thread = new Thread(() => _result = TestOutput.Run(arguments)) { IsBackground = true };
            _thread.Start();
        }

        internal (int ExitCode, string Output, string Error) End()
        {
            Assert.True(_thread.Join(s_patience), "the command did not end");
            return _result;
        }
    }
}
