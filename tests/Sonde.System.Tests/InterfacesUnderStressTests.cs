using System.Text.Json;
using Sonde.Host.Interfaces;
using Sonde.Testing;

namespace Sonde.System.Tests;

public sealed class InterfacesUnderStressTests
{
    [Fact]
    public void Five_thousand_interfaces_are_all_listed()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell("for i in $(seq 1 2500); do echo \"link add a$i type veth peer name b$i\"; done | ip -batch -");

        int count = host.Run(() =>
        {
            using NetworkInterfaces interfaces = NetworkInterfaces.Open();
            InterfaceSnapshot snapshot = interfaces.Collect();
            Assert.Empty(snapshot.Gaps);
            return snapshot.Interfaces.Count(one => one.Kind == InterfaceKind.Veth);
        });

        Assert.Equal(5000, count);
    }

    [Fact]
    public void Interfaces_that_come_and_go_while_they_are_read_never_break_a_reading()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell("ip link add stay type veth peer name too; ip addr add 10.9.0.1/24 dev stay");
        host.Shell("(i=0; while [ $i -lt 150 ]; do ip link add x$i type veth peer name y$i; ip addr add 10.8.0.1/32 dev x$i; ip link del x$i; i=$((i+1)); done) >/dev/null 2>&1 &");

        host.Run(() =>
        {
            using NetworkInterfaces interfaces = NetworkInterfaces.Open();
            for (int reading = 0; reading < 300; reading++)
            {
                InterfaceSnapshot snapshot = interfaces.Collect();
                NetworkInterface stay = Assert.Single(snapshot.Interfaces, one => one.Name == "stay");
                Assert.Equal(1, stay.Addresses.Value.Count(address => address.Address.ToString() == "10.9.0.1"));
                Assert.Equal(snapshot.Interfaces.Count, snapshot.Interfaces.Select(one => one.Index).Distinct().Count());
            }
        });
    }

    [Fact]
    public void Names_with_odd_bytes_are_told_apart_and_never_reach_the_terminal_raw()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();

        // Bytes that are no UTF-8, an escape sequence, quotes: the kernel takes them all.
        host.Shell("ip link add \"$(printf 'e\\377')\" type veth peer name \"$(printf 'r\\033[31m')\"; ip link add \"$(printf 'e\\376')\" type veth peer name \"q'\\\"<\"");

        using var json = JsonDocument.Parse(host.Sonde("interfaces", "-f", "json").Output);
        string[] names = [.. json.RootElement.GetProperty("interfaces").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];
        Assert.Contains("e\\xff", names);
        Assert.Contains("e\\xfe", names);
        Assert.Contains("r\u001b[31m", names);
        Assert.Contains("q'\"<", names);

        string pretty = host.Sonde("interfaces").Output;
        Assert.DoesNotContain('\u001b', pretty);
        Assert.Contains("r\\x1b[31m", pretty, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', host.Sonde("interfaces", "-f", "tsv").Output);
    }

    [Fact]
    public void A_change_wakes_a_waiting_reader_and_says_what_changed()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();

        InterfaceChange change = host.Run(() =>
        {
            using NetworkInterfaces interfaces = NetworkInterfaces.Open();
            Assert.Equal(InterfaceChange.Lost, interfaces.WaitForChange(TimeSpan.Zero, CancellationToken.None)); // nobody listened before
            Assert.Equal(InterfaceChange.None, interfaces.WaitForChange(TimeSpan.FromMilliseconds(20), CancellationToken.None));
            ChildProcess.MustShell("ip link add n0 type veth peer name n1; ip addr add 10.7.0.1/24 dev n0; ip link set n0 up");
            return interfaces.WaitForChange(TimeSpan.FromSeconds(10), CancellationToken.None);
        });

        Assert.True(change.HasFlag(InterfaceChange.Links | InterfaceChange.Addresses), change.ToString());
    }

    [Fact]
    public void A_cancelled_wait_ends_at_once_and_leaves_nothing_open()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();

        host.Run(() =>
        {
            using NetworkInterfaces interfaces = NetworkInterfaces.Open();
            interfaces.WaitForChange(TimeSpan.Zero, CancellationToken.None);
            for (int round = 0; round < 50; round++)
            {
                using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
                Assert.ThrowsAny<OperationCanceledException>(() => interfaces.WaitForChange(Timeout.InfiniteTimeSpan, stop.Token));
            }
        });
    }

    [Fact]
    public void Notifications_that_the_kernel_dropped_are_reported_as_lost()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();

        InterfaceChange change = host.Run(() =>
        {
            using NetworkInterfaces interfaces = NetworkInterfaces.Open();
            interfaces.WaitForChange(TimeSpan.Zero, CancellationToken.None);

            // Each pair makes several messages of about a kilobyte and a half; nobody reads them meanwhile.
            ChildProcess.MustShell("for i in $(seq 1 2500); do echo \"link add a$i type veth peer name b$i\"; done | ip -batch -");
            return interfaces.WaitForChange(TimeSpan.FromSeconds(10), CancellationToken.None);
        });

        Assert.True(change.HasFlag(InterfaceChange.Lost), change.ToString());
    }
}
