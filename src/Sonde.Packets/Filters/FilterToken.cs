namespace Sonde.Packets.Filters;

/// <summary>One token: a word of the language, an operator, a literal, or a name.</summary>
internal readonly record struct FilterToken(TokenKind Kind, string Text, int Position, uint Value = 0)
{
    internal bool Is(string text) => Kind is TokenKind.Word or TokenKind.Symbol && Text == text;

    public override string ToString() => Kind == TokenKind.End ? "the end" : $"'{Text}'";
}
