using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Sockets.Linux;

/// <summary>One string per congestion algorithm, however many sockets use it.</summary>
internal sealed class CongestionNames
{
    private readonly NamePool _names = new();

    internal string Of(ReadOnlySpan<byte> name) => _names.Get(name);
}
