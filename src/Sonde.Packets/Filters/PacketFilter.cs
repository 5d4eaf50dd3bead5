using System.Diagnostics.CodeAnalysis;

namespace Sonde.Packets.Filters;

/// <summary>A compiled filter in the language of pcap-filter(7): a classic BPF program that a kernel takes and that runs here too.</summary>
/// <remarks>
/// It accepts exactly the packets that libpcap's program accepts. Names of hosts, networks and gateways are refused: nothing is looked up.
/// Instances never change and may be shared between threads.
/// </remarks>
public sealed class PacketFilter
{
    private readonly BpfInstruction[] _program;

    private PacketFilter(string expression, LinkType linkType, BpfInstruction[] program)
    {
        Expression = expression;
        LinkType = linkType;
        _program = program;
    }

    /// <summary>What was compiled.</summary>
    public string Expression { get; }

    /// <summary>What the frames must begin with.</summary>
    public LinkType LinkType { get; }

    /// <summary>The instructions, ready for SO_ATTACH_FILTER or BIOCSETF.</summary>
    public ReadOnlySpan<BpfInstruction> Program => _program;

    /// <summary>Compiles an expression; an empty one accepts everything.</summary>
    /// <exception cref="PacketFilterException">The expression has no meaning for this link type, or is too large.</exception>
    public static PacketFilter Compile(string expression, LinkType linkType, PacketFilterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(expression);
        options ??= new PacketFilterOptions();
        FilterGenerator generator = new(expression, linkType, options);
        Predicate? root = new FilterParser(expression, generator).Parse();
        BpfInstruction[] program = root is null
            ? [new BpfInstruction(Bpf.Ret, 0, 0, (uint)options.SnapLength)]
            : new FlowGraph(expression, generator.Finish(root), (uint)options.SnapLength).Assemble(options.Optimize && !generator.IsFinal);
        return new PacketFilter(expression, linkType, program);
    }

    /// <summary>Compiles an expression and reports a bad one as a value.</summary>
    public static bool TryCompile(
        string expression,
        LinkType linkType,
        [NotNullWhen(true)] out PacketFilter? filter,
        [NotNullWhen(false)] out PacketFilterException? error,
        PacketFilterOptions? options = null)
    {
        try
        {
            filter = Compile(expression, linkType, options);
            error = null;
            return true;
        }
        catch (PacketFilterException refused)
        {
            filter = null;
            error = refused;
            return false;
        }
    }

    /// <summary>Says whether a frame passes; allocates nothing and never throws.</summary>
    /// <param name="frame">The captured bytes.</param>
    /// <param name="wireLength">How long the frame was on the wire: what <c>len</c>, <c>less</c> and <c>greater</c> test.</param>
    public bool Matches(ReadOnlySpan<byte> frame, int wireLength) => BpfProgram.Run(_program, frame, wireLength) != 0;

    /// <summary>Says whether a frame passes a filter that also asks for what the capture knows beside its bytes.</summary>
    public bool Matches(ReadOnlySpan<byte> frame, int wireLength, in PacketMetadata metadata) =>
        BpfProgram.Run(_program, frame, wireLength, metadata) != 0;

    /// <summary>The program as <c>tcpdump -d</c> prints it.</summary>
    public override string ToString() => BpfText.Of(_program);
}
