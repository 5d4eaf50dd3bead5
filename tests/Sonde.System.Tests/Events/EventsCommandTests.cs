using System.Text.Json;
using Sonde.Testing;

namespace Sonde.System.Tests.Events;

/// <summary>`sonde events` as a process: pipes, signals, rights, formats.</summary>
public sealed class EventsCommandTests
{
    // Something happens all the time, for as long as the command beside it runs.
    private const string Busy = "while :; do /bin/true; sleep 0.05; done & busy=$!";

    [Fact]
    public void A_reader_that_has_enough_ends_the_command_quietly()
    {
        ProgramResult result = ChildProcess.Shell($"{Busy}; {{ {ChildProcess.Sonde} events -f ndjson; echo \"exit $?\" >&2; }} | head -n 3 > /dev/null; kill $busy");

        Assert.Equal("exit 0\n", result.Error);
    }

    [Fact]
    public void Asked_to_end_it_tells_what_it_counted_and_meanwhile_it_holds_only_the_rights_to_look()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs rights to give up");
        ProgramResult result = ChildProcess.Shell(
            $"""
            {Busy}; out=$(mktemp)
            env --default-signal=INT {ChildProcess.Sonde} events -f ndjson > "$out" & command=$!
            i=0; until [ "$(wc -l < "$out")" -gt 2 ] || [ $i -ge 300 ]; do i=$((i+1)); sleep 0.1; done
            sed -n 's/^CapEff:[[:space:]]*//p' /proc/$command/status
            kill -INT $command; wait $command; echo "exit $?"
            kill $busy; tail -n 1 "$out"; rm "$out"
            """);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // CAP_DAC_READ_SEARCH is bit 2, CAP_SYS_PTRACE bit 19; an inner user may have had fewer.
        Assert.Equal(0ul, Convert.ToUInt64(lines[0], 16) & ~0x80004ul);
        Assert.Equal("exit 0", lines[1]);
        using var last = JsonDocument.Parse(lines[2]);
        Assert.Equal("statistics", last.RootElement.GetProperty("type").GetString());
        Assert.True(last.RootElement.GetProperty("events").GetInt64() > 2);
    }

    [Fact]
    public void A_filter_a_count_and_chosen_fields_give_a_table_with_secrets_masked()
    {
        ProgramResult result = ChildProcess.Shell(
            $"while :; do sh -c '/bin/true --password=hunter2'; sleep 0.05; done & busy=$!; {ChildProcess.Sonde} events -f tsv --fields event,command,exit_code --filter 'command:hunter or command:--password' -c 3; kill $busy");
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("event\tcommand\texit_code", lines[0]);
        Assert.Equal(3, lines.Skip(1).Count(static line => !line.StartsWith("lost", StringComparison.Ordinal) && !line.StartsWith("resynced", StringComparison.Ordinal)));
        Assert.DoesNotContain("hunter2", result.Output, StringComparison.Ordinal);
        Assert.Contains("3 shown", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void As_nobody_it_tells_all_the_same_and_says_what_it_may_not_read()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root to become nobody");
        string folder = Path.Combine(Path.GetTempPath(), "sonde-events-nobody");
        ChildProcess.MustShell($"mkdir -p {folder} && cp -r {Path.GetDirectoryName(ChildProcess.Sonde)}/. {folder}/ && chmod -R a+rX {folder}");
        ProgramResult result = ChildProcess.Shell(
            $"{Busy}; setpriv --reuid 65534 --regid 65534 --clear-groups {folder}/sonde events -f ndjson -c 5; echo \"exit $?\"; kill $busy; rm -r {folder}");

        // A kernel before 6.6 refuses the connector to nobody: then the table is compared, and a gap says so.
        Assert.Contains("exit 0\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"status\":\"denied\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"event\"", result.Output, StringComparison.Ordinal);
    }
}
