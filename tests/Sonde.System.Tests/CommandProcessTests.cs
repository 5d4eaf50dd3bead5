using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>The built command as a process: signals, pipes, terminals, shells.</summary>
public sealed class CommandProcessTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void A_watch_that_is_asked_to_end_prints_whole_lines_and_succeeds(string signal)
    {
        ProgramResult result = ChildProcess.Shell($"""
            out=$(mktemp)
            env --default-signal=INT,HUP "{ChildProcess.Sonde}" interfaces --watch -i 0.2 -f ndjson > "$out" & watch=$!
            i=0; until [ -s "$out" ] || [ $i -ge 100 ]; do i=$((i+1)); sleep 0.1; done
            kill -{signal} $watch
            wait $watch; echo "exit $?" >&2
            cat "$out"; rm -f "$out"
            """);

        Assert.Equal("exit 0\n", result.Error);
        Assert.NotEqual(string.Empty, result.Output);
        Assert.EndsWith("}\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_watch_whose_reader_leaves_ends_quietly_and_soon()
    {
        ProgramResult result = ChildProcess.Shell($"\"{ChildProcess.Sonde}\" interfaces --watch -i 0.1 -f ndjson | head -n 1 >/dev/null", TimeSpan.FromSeconds(20));

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
    }

    [Fact]
    public void A_full_device_is_an_error()
    {
        ProgramResult result = ChildProcess.Shell($"\"{ChildProcess.Sonde}\" interfaces > /dev/full");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("sonde: cannot write the output\n  No space left on device\n", result.Error);
    }

    [Fact]
    public void A_closed_output_is_an_error_and_nothing_is_written_elsewhere()
    {
        ProgramResult result = ChildProcess.Shell($"\"{ChildProcess.Sonde}\" interfaces >&-");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("sonde: cannot write the output", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_commands_that_share_a_file_do_not_overwrite_each_other()
    {
        string output = ChildProcess.MustShell($"f=$(mktemp); {{ \"{ChildProcess.Sonde}\" --version; echo between; \"{ChildProcess.Sonde}\" --version; }} > \"$f\"; cat \"$f\"; rm -f \"$f\"");

        Assert.Equal("0.1.0\nbetween\n0.1.0\n", output);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(80)]
    public void On_a_terminal_no_line_is_wider_than_it(int columns)
    {
        string output = Terminal($"stty cols {columns} rows 24; NO_COLOR=1 \"{ChildProcess.Sonde}\" interfaces");

        string[] lines = output.Replace("\r", string.Empty, StringComparison.Ordinal).Split('\n');
        Assert.Contains(lines, line => line.Contains("lo", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.Length <= columns, $"'{line}' is wider than {columns}"));
    }

    [Fact]
    public void Colour_is_for_terminals_only_and_NO_COLOR_turns_it_off()
    {
        // .NET itself switches the keypad's mode when it looks at a terminal; what is counted here is emphasis.
        Assert.Contains("\u001b[1m", Terminal($"TERM=xterm NO_COLOR= \"{ChildProcess.Sonde}\" interfaces"), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[1m", Terminal($"TERM=xterm NO_COLOR=1 \"{ChildProcess.Sonde}\" interfaces"), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[1m", Terminal($"TERM=dumb NO_COLOR= \"{ChildProcess.Sonde}\" interfaces"), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', ChildProcess.MustShell($"TERM=xterm \"{ChildProcess.Sonde}\" interfaces"));
    }

    [Fact]
    public void A_watch_on_a_terminal_gives_the_cursor_back()
    {
        string output = Terminal($"TERM=xterm \"{ChildProcess.Sonde}\" interfaces --watch -n 2 -i 0.1");

        Assert.Contains("\u001b[?25l", output, StringComparison.Ordinal);
        Assert.True(output.LastIndexOf("\u001b[?25h", StringComparison.Ordinal) > output.LastIndexOf("\u001b[?25l", StringComparison.Ordinal));
    }

    [Fact]
    public void Bash_completes_commands_options_and_interface_names() =>
        Assert.Equal("interfaces\n--format\nlo\n", Shell("bash", """
            eval "$(sonde completion bash)"
            complete_line() { COMP_LINE=$1; COMP_POINT=${#1}; read -ra COMP_WORDS <<< "$1"; [[ $1 == *' ' ]] && COMP_WORDS+=(''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sonde; printf '%s\n' "${COMPREPLY[@]}"; }
            complete_line 'sonde inte'
            complete_line 'sonde interfaces --fo'
            complete_line 'sonde interfaces l'
            """));

    [Fact]
    public void Fish_completes_commands_options_and_interface_names() =>
        Assert.Equal("interfaces\n--format\nlo\n", Shell("fish", """
            sonde completion fish | source
            complete -C 'sonde inte'
            complete -C 'sonde interfaces --fo'
            complete -C 'sonde interfaces l'
            """));

    [Fact]
    public void Zsh_takes_the_script_and_asks_for_completions() =>
        Assert.Equal("interfaces\n", Shell("zsh", """
            autoload -Uz compinit && compinit -u -D
            eval "$(sonde completion zsh)"
            compadd() { shift; print -l -- "$@"; }
            BUFFER='sonde inte' CURSOR=10 _sonde
            """));

    [Fact]
    public void Missing_huge_dangling_and_odd_resolv_conf_are_told_apart()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();

        Assert.Contains("No such file or directory", Resolvers(host, "rm -f /run/etc/resolv.conf"), StringComparison.Ordinal);
        Assert.Contains("it is a link to /run/none, which does not exist", Resolvers(host, "ln -sf /run/none /run/etc/resolv.conf"), StringComparison.Ordinal);
        Assert.Contains("only its first 256 KiB were read", Resolvers(host, "rm -f /run/etc/resolv.conf; { echo nameserver 192.0.2.1; head -c 300000 /dev/zero; } > /run/etc/resolv.conf"), StringComparison.Ordinal);
        Assert.Contains("it names no server, so the C library asks 127.0.0.1", Resolvers(host, "rm -f /run/etc/resolv.conf; mkfifo /run/etc/resolv.conf"), StringComparison.Ordinal);
        Assert.Contains("Is a directory", Resolvers(host, "rm -f /run/etc/resolv.conf; mkdir /run/etc/resolv.conf"), StringComparison.Ordinal);
        Assert.Contains("the C library asks only the first 3 of 4 servers", Resolvers(host, "rm -rf /run/etc/resolv.conf; for i in 1 2 3 4; do echo nameserver 192.0.2.$i; done > /run/etc/resolv.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resolv_conf_that_may_not_be_read_is_denied()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();

        string output = Resolvers(
            host,
            "rm -rf /run/etc/resolv.conf; echo nameserver 192.0.2.1 > /run/etc/resolv.conf; chmod 600 /run/etc/resolv.conf",
            "setpriv --reuid 65534 --regid 65534 --clear-groups ");

        Assert.Contains("source\t/etc/resolv.conf\t-\t-\tdenied: open: Permission denied (errno 13)", output, StringComparison.Ordinal);
    }

    // /etc with a resolv.conf of the test's own, in the mount namespace of the test.
    private static string Resolvers(NetworkNamespace host, string prepare, string prefix = "") => host.Run(() => ChildProcess.MustShell($"""
        mountpoint -q /run/etc || {"{"} mount -t tmpfs none /run && mkdir /run/etc && cp -a /etc/passwd /etc/group /run/etc/ && cp -a /etc/ssl /run/etc/ 2>/dev/null; mount --bind /run/etc /run/etc; mount --bind /run/etc /etc; {"}"}
        {prepare}
        {prefix}"{ChildProcess.Sonde}" resolvers -f tsv
        """));

    private static string Shell(string shell, string script)
    {
        Assert.SkipUnless(ChildProcess.Shell($"command -v {shell}").ExitCode == 0, $"needs {shell} (./test installs it)");
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PATH"] = Path.GetDirectoryName(ChildProcess.Sonde) + ":" + Environment.GetEnvironmentVariable("PATH"),
        };
        ProgramResult result = ChildProcess.Run(shell, ["-c", script], environment: environment);
        Assert.Equal(string.Empty, result.Error);
        return result.Output;
    }

    private static string Terminal(string line)
    {
        Assert.SkipUnless(ChildProcess.Shell("command -v script").ExitCode == 0, "needs script(1) (./test installs it)");
        ProgramResult result = ChildProcess.Run("script", ["-q", "-e", "-c", line, "/dev/null"]);
        Assert.Equal(0, result.ExitCode);
        return result.Output;
    }
}
