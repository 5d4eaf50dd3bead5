using Sonde.Interop.Linux.DBus;
using Sonde.Host.Services;
using Sonde.Host.Services.Linux;

namespace Sonde.Host.Tests.Services;

public sealed class SystemdAnswerTests
{
    private static readonly Action<DBusBytes>[] s_rows =
    [
        static one => Unit(one, "ssh.service", "OpenBSD Secure Shell server", "loaded", "active", "running"),
        static one => Unit(one, "gone.service", "gone.service", "not-found", "inactive", "dead"),
    ];

    private static readonly Action<DBusBytes>[] s_properties =
    [
        static one => one.Text("FragmentPath").Signature("s").Text("/lib/systemd/system/ssh.service"),
        static one => one.Text("UnitFileState").Signature("s").Text("enabled"),
        static one => one.Text("ActiveEnterTimestamp").Signature("t").UInt64(1_700_000_000_000_000),
        static one => one.Text("Documentation").Signature("as").Array(4, static item => item.Text("man:sshd(8)")),
        static one => one.Text("MainPID").Signature("u").UInt32(4711),
        static one => one.Text("NRestarts").Signature("u").UInt32(2),
        static one => one.Text("User").Signature("s").Text(string.Empty),
        static one => one.Text("Result").Signature("s").Text("success"),
        static one => one.Text("ExecMainCode").Signature("i").UInt32(0),
        static one => one.Text("ExecStart").Signature("a(sasbttttuii)").Array(
            8,
            static command => Command(command, "/usr/sbin/sshd", "/usr/sbin/sshd", "-D", "--token=abcdefgh"),
            static command => Command(command, "/bin/second", "/bin/second")),
        static one => one.Text("Restart").Signature("s").Text("on-failure"),
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Units_are_read_in_either_byte_order(bool isLittleEndian)
    {
        byte[] body = new DBusBytes(isLittleEndian).Array(8, s_rows).ToArray();
        var units = new List<SystemdUnit>();

        Assert.True(SystemdUnit.Parse(new DBusReader(body, isLittleEndian), units));

        Assert.Equal(["ssh.service", "gone.service"], units.Select(static unit => unit.Name));
        Assert.Equal(new SystemdUnit("ssh.service", "OpenBSD Secure Shell server", "loaded", "active", "running", "/org/freedesktop/systemd1/unit/x"), units[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Properties_are_read_in_either_byte_order(bool isLittleEndian)
    {
        SystemdProperties told = Read(new DBusBytes(isLittleEndian).Array(8, s_properties).ToArray(), isLittleEndian, out bool isWhole);

        Assert.True(isWhole);
        Assert.Equal("/lib/systemd/system/ssh.service", told.FragmentPath);
        Assert.Equal(4711u, told.MainProcess);
        Assert.Equal(1_700_000_000_000_000u, told.ActiveEnter);
        Assert.Equal(["/usr/sbin/sshd", "-D", "--token=abcdefgh"], told.Command);
    }

    [Fact]
    public void A_record_says_what_systemd_said()
    {
        ServiceRecord record = Record("active", "running", s_properties);

        Assert.Equal(ServiceKind.Service, record.Kind);
        Assert.Equal(ServiceState.Running, record.State.Value);
        Assert.Equal(ServiceStart.Automatic, record.Start.Value);
        Assert.Equal(4711, record.ProcessId.Value);
        Assert.Equal("root", record.User.Value);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), record.Since.Value);
        Assert.Equal("/usr/sbin/sshd -D --token=***", record.Command.Value);
        Assert.Equal(2, record.Restarts.Value);
        Assert.Equal(ReadingStatus.None, record.ExitCode.Status);
    }

    [Theory]
    [InlineData(1, 203, 203, null)]
    [InlineData(2, 9, null, 9)]
    [InlineData(3, 11, null, 11)]
    public void An_exit_is_a_code_or_a_signal(int kind, int status, int? code, int? signal)
    {
        ServiceRecord record = Record(
            "failed",
            "failed",
            one => one.Text("ExecMainCode").Signature("i").UInt32((uint)kind),
            one => one.Text("ExecMainStatus").Signature("i").UInt32((uint)status),
            one => one.Text("ExecMainExitTimestamp").Signature("t").UInt64(5));

        Assert.Equal(ServiceState.Failed, record.State.Value);
        Assert.Equal(code, record.ExitCode.HasValue ? record.ExitCode.Value : null);
        Assert.Equal(signal, record.ExitSignal.HasValue ? record.ExitSignal.Value : null);
    }

    [Fact]
    public void A_moment_beyond_the_calendar_is_a_failure_and_no_exception()
    {
        ServiceRecord record = Record("active", "running", static one => one.Text("ActiveEnterTimestamp").Signature("t").UInt64(ulong.MaxValue));

        Assert.Equal(ReadingStatus.Failed, record.Since.Status);
    }

    [Fact]
    public void A_property_of_an_unexpected_type_is_passed_over()
    {
        ServiceRecord record = Record(
            "active",
            "running",
            static one => one.Text("MainPID").Signature("s").Text("4711"),
            static one => one.Text("NRestarts").Signature("u").UInt32(7));

        Assert.Equal(ReadingStatus.None, record.ProcessId.Status);
        Assert.Equal(7, record.Restarts.Value);
    }

    [Fact]
    public void Every_prefix_is_torn_and_none_throws()
    {
        byte[] units = new DBusBytes().Array(8, s_rows).ToArray();
        byte[] properties = new DBusBytes().Array(8, s_properties).ToArray();
        for (int length = 0; length < units.Length; length++)
        {
            Assert.False(SystemdUnit.Parse(new DBusReader(units.AsSpan(0, length), isLittleEndian: true), []));
        }

        for (int length = 0; length < properties.Length; length++)
        {
            Read(properties[..length], isLittleEndian: true, out bool isWhole);
            Assert.False(isWhole);
        }
    }

    [Fact]
    public void Mutations_never_throw_and_never_grow()
    {
        var random = new Random(4);
        byte[] units = new DBusBytes().Array(8, s_rows).ToArray();
        byte[] properties = new DBusBytes().Array(8, s_properties).ToArray();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. round % 2 == 0 ? units : properties];
            for (int change = 0; change < 3; change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var found = new List<SystemdUnit>();
            SystemdUnit.Parse(new DBusReader(bytes, isLittleEndian: true), found);
            SystemdProperties told = Read(bytes, isLittleEndian: true, out _);
            SystemdRecord.Of(new SystemdUnit("x.service", "x", "loaded", "active", "running", "/"), null, told, showSecrets: false);
            Assert.InRange(found.Count + told.Command.Count, 0, bytes.Length);
        }
    }

    [Theory]
    [InlineData("enabled", ServiceStart.Automatic)]
    [InlineData("enabled-runtime", ServiceStart.Automatic)]
    [InlineData("disabled", ServiceStart.Manual)]
    [InlineData("indirect", ServiceStart.Manual)]
    [InlineData("static", ServiceStart.Dependent)]
    [InlineData("generated", ServiceStart.Dependent)]
    [InlineData("masked", ServiceStart.Disabled)]
    public void What_is_enabled_says_is_a_start(string word, ServiceStart start) => Assert.Equal(start, UnitWords.StartOf(word).Value);

    [Fact]
    public void A_word_that_is_not_known_is_no_state_and_no_start()
    {
        Assert.Equal(ReadingStatus.Failed, UnitWords.StateOf("levitating", "high").Status);
        Assert.Equal(ReadingStatus.Failed, UnitWords.StartOf("perhaps").Status);
        Assert.Equal(ReadingStatus.None, UnitWords.StartOf(string.Empty).Status);
    }

    private static ServiceRecord Record(string active, string sub, params Action<DBusBytes>[] properties) => SystemdRecord.Of(
        new SystemdUnit("ssh.service", "OpenBSD Secure Shell server", "loaded", active, sub, "/x"),
        null,
        Read(new DBusBytes().Array(8, properties).ToArray(), isLittleEndian: true, out _),
        showSecrets: false);

    private static SystemdProperties Read(byte[] body, bool isLittleEndian, out bool isWhole)
    {
        var told = new SystemdProperties();
        isWhole = told.Read(new DBusReader(body, isLittleEndian));
        return told;
    }

    private static void Unit(DBusBytes bytes, params string[] words) =>
        bytes.Text(words[0]).Text(words[1]).Text(words[2]).Text(words[3]).Text(words[4]).Text(string.Empty).Text("/org/freedesktop/systemd1/unit/x").UInt32(0).Text(string.Empty).Text("/");

    private static void Command(DBusBytes bytes, string program, params string[] arguments) =>
        bytes.Text(program).Array(4, [.. arguments.Select<string, Action<DBusBytes>>(static argument => one => one.Text(argument))])
            .UInt32(0).UInt64(1).UInt64(2).UInt64(3).UInt64(4).UInt32(5).UInt32(6).UInt32(7);
}
