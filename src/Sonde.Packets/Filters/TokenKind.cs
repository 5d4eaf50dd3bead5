namespace Sonde.Packets.Filters;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    End,
    Word,
    Name,
    Number,
    IPv4,
    IPv6,
    Mac,
    Symbol,
}
