namespace Sonde.Packets;

/// <summary>One end of a flow.</summary>
/// <param name="Address">The host.</param>
/// <param name="Port">The port; 0 for protocols without ports.</param>
public readonly record struct FlowEndpoint(InternetAddress Address, ushort Port) : IComparable<FlowEndpoint>
{
    /// <summary>Orders by address, then by port.</summary>
    public static bool operator <(FlowEndpoint left, FlowEndpoint right) => left.CompareTo(right) < 0;

    /// <summary>Orders by address, then by port.</summary>
    public static bool operator >(FlowEndpoint left, FlowEndpoint right) => left.CompareTo(right) > 0;

    /// <summary>Orders by address, then by port.</summary>
    public static bool operator <=(FlowEndpoint left, FlowEndpoint right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by address, then by port.</summary>
    public static bool operator >=(FlowEndpoint left, FlowEndpoint right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(FlowEndpoint other)
    {
        int order = Address.CompareTo(other.Address);
        return order != 0 ? order : Port.CompareTo(other.Port);
    }

    /// <summary>"10.0.0.1:443" or "[2001:db8::1]:443".</summary>
    public override string ToString() => Address.IsIPv4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}";
}
