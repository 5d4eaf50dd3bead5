using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>The answer of `sonde interfaces --format json`.</summary>
internal sealed class InterfacesJson(InterfaceSnapshot source, IEnumerable<NetworkInterface> shown)
{
    public string Backend { get; } = source.Backend;

    public IReadOnlyList<InterfaceJson> Interfaces { get; } = [.. shown.Select(one => new InterfaceJson(one))];

    /// <summary>What could not be seen; empty when nothing is missing.</summary>
    public IReadOnlyList<GapJson> Gaps { get; } = [.. source.Gaps.Select(gap => new GapJson(gap))];
}
