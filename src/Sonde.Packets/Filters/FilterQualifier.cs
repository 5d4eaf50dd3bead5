namespace Sonde.Packets.Filters;

/// <summary>What the words before an operand say about it; an operand without words takes those of its predecessor.</summary>
/// <param name="Protocol">The protocol word, empty when there is none.</param>
/// <param name="Direction">src, dst, or, and; empty when there is none.</param>
/// <param name="Kind">host, net, port, portrange, proto; empty when there is none.</param>
internal sealed record FilterQualifier(string Protocol, string Direction, string Kind);
