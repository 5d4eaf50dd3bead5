using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>`sonde read` as a process: pipes, signals, files that are written over, and beside the tools that others use.</summary>
public sealed class ReadProcessTests
{
    private static readonly string s_protocols = Repository.PathOf("tests", "fixtures", "pcap", "protocols.pcap");

    [Fact]
    public void Packets_of_a_pipe_are_printed_as_they_come()
    {
        // The first packets are out before the pipe ends: the reader of our output ends the whole line.
        ProgramResult result = ChildProcess.Shell(
            $"{{ head -c 400 '{s_protocols}'; sleep 20; }} | \"{ChildProcess.Sonde}\" read - --time none | head -n 2", TimeSpan.FromSeconds(40));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(2, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void A_pipe_that_gives_nothing_more_is_left_at_once_when_asked_to_end(string signal)
    {
        ProgramResult result = ChildProcess.Shell(
            $"""
            pipe=$(mktemp -u); mkfifo "$pipe"; out=$(mktemp)
            ( head -c 400 '{s_protocols}'; sleep 30 ) > "$pipe" & writer=$!
            env --default-signal=INT "{ChildProcess.Sonde}" read "$pipe" --time none > "$out" & reader=$!
            i=0; until [ -s "$out" ] || [ $i -ge 100 ]; do i=$((i+1)); sleep 0.1; done
            kill -{signal} $reader; wait $reader; echo "exit $?"
            wc -l < "$out"; kill $writer; rm -f "$pipe" "$out"
            """,
            TimeSpan.FromSeconds(25));

        Assert.StartsWith("exit 0\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("stopped by a signal after", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_has_enough_ends_the_command_quietly()
    {
        ProgramResult result = ChildProcess.Shell($"\"{ChildProcess.Sonde}\" read '{s_protocols}' -f ndjson | head -n 1 > /dev/null");

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
    }

    [Fact]
    public void A_file_is_not_written_over_itself_under_another_name_either()
    {
        ProgramResult result = ChildProcess.Shell(
            $"""
            d=$(mktemp -d); cp '{s_protocols}' "$d/a.pcap"; ln "$d/a.pcap" "$d/b.pcap"
            "{ChildProcess.Sonde}" read "$d/a.pcap" --write "$d/b.pcap"; echo "exit $?"
            cmp "$d/a.pcap" '{s_protocols}' && echo unharmed; rm -r "$d"
            """);

        Assert.Equal("exit 1\nunharmed\n", result.Output);
    }

    [Fact]
    public void A_full_disk_is_told_with_what_was_being_written()
    {
        ProgramResult result = ChildProcess.Shell($"\"{ChildProcess.Sonde}\" read '{s_protocols}' --write /dev/full");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("sonde: cannot go on writing '/dev/full'\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_on_standard_output_is_one_that_tcpdump_reads()
    {
        Assert.SkipUnless(ChildProcess.Shell("command -v tcpdump").ExitCode == 0, "needs tcpdump (./test installs it)");

        ProgramResult result = ChildProcess.Shell($"\"{ChildProcess.Sonde}\" read '{s_protocols}' arp --write - --file-format pcap 2>/dev/null | tcpdump -n -t -r - 2>/dev/null");

        Assert.Equal("ARP, Request who-has 192.0.2.2 tell 192.0.2.1, length 28\nARP, Reply 192.0.2.2 is-at 02:00:00:00:00:02, length 28\n", result.Output);
    }

    [Fact]
    public void What_may_not_be_read_has_the_exit_code_for_missing_rights()
    {
        Assert.SkipUnless(ChildProcess.Shell("[ \"$(id -u)\" = 0 ] && command -v setpriv").ExitCode == 0, "needs root and setpriv, to become nobody");
        ProgramResult result = ChildProcess.Shell(
            $"f=$(mktemp); chmod 600 \"$f\"; setpriv --reuid 65534 --regid 65534 --clear-groups \"{ChildProcess.Sonde}\" read \"$f\"; echo \"exit $?\"; rm -f \"$f\"");

        Assert.Equal("exit 77\n", result.Output);
        Assert.Contains("Permission denied.", result.Error, StringComparison.Ordinal);
    }
}
