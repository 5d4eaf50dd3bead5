using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Attribution;

/// <summary>Knows who uses a socket. The attribution asks several of them, the surest first.</summary>
internal abstract class OwnerSource
{
    /// <summary>Who uses the socket of this flow, as far as is known now; costs no more than a look into a table.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="socketCookie">The kernel's number of its socket, or 0.</param>
    /// <param name="clue">Who it is.</param>
    internal abstract bool TryFind(in FlowIdentity flow, ulong socketCookie, out OwnerClue clue);

    /// <summary>Why this source cannot tell whose flow it is, when it knows; none when it does not.</summary>
    internal virtual UnownedReason Explain(in FlowIdentity flow, ulong socketCookie) => UnownedReason.None;

    /// <summary>The name with which a process ended; null when this source did not see it end.</summary>
    internal virtual string? LastNameOf(int pid, ulong start) => null;

    /// <summary>Looks at the system anew; may take milliseconds.</summary>
    internal virtual void Refresh()
    {
    }
}
