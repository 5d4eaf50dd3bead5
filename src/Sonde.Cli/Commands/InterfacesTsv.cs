using System.Globalization;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Commands;

/// <summary>Interfaces as tab-separated values. Columns are only ever added at the end.</summary>
internal static class InterfacesTsv
{
    private static readonly (string Name, Func<NetworkInterface, string> Cell)[] s_columns =
    [
        ("name", one => one.Name),
        ("index", one => Number(one.Index)),
        ("kind", one => Words.Of(one.Kind)),
        ("kind_name", one => one.KindName),
        ("mac", one => Cell(one.HardwareAddress)),
        ("administrative_state", one => Words.Of(one.AdministrativeState)),
        ("operational_state", one => Words.Of(one.OperationalState)),
        ("mtu", one => Cell(one.Mtu.Select(Number))),
        ("link_speed_bps", one => Cell(one.LinkSpeedBitsPerSecond.Select(Number))),
        ("addresses", one => Cell(one.Addresses.Select(list => string.Join(',', list.Select(InterfacesPretty.WithPrefix))))),
        ("default_gateways", one => Cell(one.DefaultGateways.Select(list => string.Join(',', list.Select(InterfacesPretty.GatewayText))))),
        ("dns_servers", one => Cell(one.DnsServers.Select(list => string.Join(',', list)))),
        ("search_domains", one => Cell(one.SearchDomains.Select(list => string.Join(',', list)))),
        ("rx_bytes", one => Counter(one, counters => counters.ReceivedBytes)),
        ("rx_packets", one => Counter(one, counters => counters.ReceivedPackets)),
        ("rx_errors", one => Counter(one, counters => counters.ReceiveErrors)),
        ("rx_dropped", one => Counter(one, counters => counters.ReceiveDrops)),
        ("tx_bytes", one => Counter(one, counters => counters.SentBytes)),
        ("tx_packets", one => Counter(one, counters => counters.SentPackets)),
        ("tx_errors", one => Counter(one, counters => counters.SendErrors)),
        ("tx_dropped", one => one.Counters.HasValue ? Cell(one.Counters.Value.SendDrops.Select(Number)) : Cell(one.Counters)),
    ];

    private static readonly (string Name, Func<InterfaceRates, double> Value)[] s_rates =
    [
        ("elapsed_seconds", rates => rates.Elapsed.TotalSeconds),
        ("rx_bytes_per_second", rates => rates.ReceivedBytesPerSecond),
        ("rx_packets_per_second", rates => rates.ReceivedPacketsPerSecond),
        ("tx_bytes_per_second", rates => rates.SentBytesPerSecond),
        ("tx_packets_per_second", rates => rates.SentPacketsPerSecond),
        ("errors_per_second", rates => rates.ErrorsPerSecond),
        ("drops_per_second", rates => rates.DropsPerSecond),
    ];

    internal static void Write(CommandOutput output, IReadOnlyList<NetworkInterface> shown)
    {
        output.WriteTsv(s_columns.Select(column => column.Name));
        foreach (NetworkInterface one in shown)
        {
            output.WriteTsv(s_columns.Select(column => column.Cell(one)));
        }
    }

    /// <summary>The header of a watch: the time, the columns, the rates.</summary>
    internal static void WriteWatchHeader(CommandOutput output) =>
        output.WriteTsv([.. s_columns.Select(column => column.Name).Prepend("time"), .. s_rates.Select(rate => rate.Name)]);

    internal static void WriteWatch(CommandOutput output, DateTimeOffset time, NetworkInterface one, Reading<InterfaceRates> rates) =>
        output.WriteTsv(
        [
            time.ToString("O", CultureInfo.InvariantCulture),
            .. s_columns.Select(column => column.Cell(one)),
            .. s_rates.Select(rate => Cell(rates.Select(value => Math.Round(rate.Value(value), 3).ToString(CultureInfo.InvariantCulture)))),
        ]);

    /// <summary>A value, "-" when there is none, and "(denied)" and the like when it could not be read.</summary>
    private static string Cell<T>(Reading<T> reading) => reading.Status switch
    {
        ReadingStatus.Ok => reading.Value!.ToString() ?? string.Empty, // Ok is only ever made with a value
        ReadingStatus.None => "-",
        _ => $"({Reading.Describe(reading.Status, null)})",
    };

    private static string Counter(NetworkInterface one, Func<InterfaceCounters, ulong> choose) => Cell(one.Counters.Select(counters => Number(choose(counters))));

    private static string Number<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
