using Sonde.Packets;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Dns;

/// <summary>Who asks from one local endpoint, as far as that is known.</summary>
internal sealed class DnsAsker(FlowKey flow)
{
    internal FlowKey Flow => flow;

    /// <summary>Whether its owner was found.</summary>
    internal bool IsFound { get; set; }

    internal OwnerClue Clue { get; set; }

    /// <summary>Why it was not found.</summary>
    internal UnownedReason Reason { get; set; } = UnownedReason.Pending;

    /// <summary>How often all means were tried.</summary>
    internal int Attempts { get; set; }

    /// <summary>When it was last heard of: by a question, or by what the kernel saw of its socket.</summary>
    internal long LastSeen { get; set; }
}
