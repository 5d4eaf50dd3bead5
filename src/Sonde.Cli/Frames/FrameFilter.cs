using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.Cli.Frames;

/// <summary>A filter as it was typed, compiled for each link type that turns up.</summary>
internal sealed class FrameFilter
{
    // What fits beside the caret on a narrow terminal.
    private const int ShownBefore = 50;
    private const int ShownAfter = 20;

    private readonly string _expression;
    private readonly string _command;
    private readonly Dictionary<LinkType, PacketFilter> _compiled = [];
    private LinkType _lastType;
    private PacketFilter? _last;

    private FrameFilter(string expression, string command)
    {
        _expression = expression;
        _command = command;
    }

    /// <summary>Whether everything passes.</summary>
    internal bool IsEmpty => _expression.Length == 0;

    /// <summary>What was typed, in one piece.</summary>
    internal string Expression => _expression;

    /// <summary>Takes the words of a filter from the command line.</summary>
    /// <param name="words">The words; a shell has split what was not quoted.</param>
    /// <param name="command">The command, for advice: "sonde read".</param>
    internal static FrameFilter From(IEnumerable<string> words, string command) => new(string.Join(' ', words).Trim(), command);

    /// <summary>Refuses an expression that no link type gives a meaning, before anything is read or written.</summary>
    /// <exception cref="UserErrorException">The expression is wrong; the error points at the character.</exception>
    internal void Check()
    {
        foreach (LinkType type in (ReadOnlySpan<LinkType>)[LinkType.Ethernet, LinkType.Raw, LinkType.LinuxSll, LinkType.LinuxSll2])
        {
            if (IsEmpty || PacketFilter.TryCompile(_expression, type, out _, out _))
            {
                return;
            }
        }

        For(LinkType.Ethernet);
    }

    /// <summary>Compiles for a link type, or takes what was compiled for it before.</summary>
    /// <exception cref="UserErrorException">The expression has no meaning for this link type; the error points at the character.</exception>
    internal PacketFilter For(LinkType type, PacketFilterOptions? options = null)
    {
        if (_last is not null && _lastType == type)
        {
            return _last;
        }

        if (!_compiled.TryGetValue(type, out PacketFilter? filter))
        {
            if (!PacketFilter.TryCompile(_expression, type, out filter, out PacketFilterException? wrong, options))
            {
                throw new UserErrorException(Explain(wrong, FrameWords.Describe(type)), wrong);
            }

            _compiled.Add(type, filter);
        }

        _lastType = type;
        _last = filter;
        return filter;
    }

    /// <summary>Whether a frame passes.</summary>
    /// <exception cref="UserErrorException">The expression has no meaning for the frame's link type.</exception>
    internal bool Matches(in FrameRow row) => IsEmpty || For(row.LinkType).Matches(row.Data, row.WireLength);

    /// <summary>The error for an expression that a device refused to compile.</summary>
    /// <param name="wrong">What is wrong with it.</param>
    /// <param name="device">The device.</param>
    internal UserErrorException Refused(PacketFilterException wrong, string device) => new(Explain(wrong, device), wrong);

    private UserError Explain(PacketFilterException wrong, string what)
    {
        int position = Math.Clamp(wrong.Position, 0, _expression.Length);
        int start = position > ShownBefore ? position - ShownBefore : 0;
        int end = Math.Min(_expression.Length, position + ShownAfter);
        string before = Harmless(_expression.AsSpan(start, position - start));
        string after = Harmless(_expression.AsSpan(position, end - position));
        string lead = start > 0 ? "… " : string.Empty;
        string tail = end < _expression.Length ? " …" : string.Empty;
        return new UserError(
            ExitCode.Usage,
            $"cannot compile the filter for {what}: {wrong.Problem}",
            lead + before + after + tail,
            new string(' ', CellWidth.Of(lead) + CellWidth.Of(before)) + "^",
            $"To see how filters are written: {_command} --help");
    }

    // An escape would be wider than what it stands for, and move the caret away from its character.
    private static string Harmless(ReadOnlySpan<char> text)
    {
        char[] shown = text.ToArray();
        for (int at = 0; at < shown.Length; at++)
        {
            if (SafeText.NeedsEscape(shown.AsSpan(at, 1)))
            {
                shown[at] = '?';
            }
        }

        return new string(shown);
    }
}
