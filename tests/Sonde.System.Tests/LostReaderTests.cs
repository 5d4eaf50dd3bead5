using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>A command that prints until it is stopped ends when nobody reads it any more, though it has nothing to print.</summary>
public sealed class LostReaderTests
{
    [Theory]
    [InlineData("snapshot --follow --capture-mode sockets --filter pid=1 --format ndjson")]
    [InlineData("snapshot --duration 3600 --capture-mode sockets")]
    [InlineData("connections --watch -i 3600 --no-dns --filter local_port=1 --format ndjson")]
    [InlineData("events --source snapshots --filter pid=1 --format ndjson")]
    [InlineData("dns --follow --filter name=nobody.asks.this.test --format ndjson")]
    [InlineData("interfaces --watch --interval 3600 --format ndjson")]
    [InlineData("capture --interface lo --format ndjson udp port 9 and host 192.0.2.1")]
    [InlineData("ps --watch --interval 3600 --filter pid=0 --format ndjson")]
    public void Without_a_reader_it_ends(string command)
    {
        using NetworkNamespace here = NeedsRoot.Namespace();

        // The reader goes at once. The command is left to end by itself; a test that hangs is killed after a minute and fails.
        ProgramResult result = here.Run(() => ChildProcess.Run("/bin/bash", ["-c", $"set -o pipefail; \"{ChildProcess.Sonde}\" {command} | true"]));

        Assert.True(result.ExitCode is 0, $"{command} ended with {result.ExitCode}: {result.Error}");
    }
}
