using Sonde.Packets;

namespace Sonde.Traffic.Sources.Windows;

/// <summary>What events of the kernel about one flow have in common, before anybody asks which end is this host.</summary>
/// <param name="Told">Protocol and ends: what the events call the source stands as local.</param>
/// <param name="Pid">Whose socket it is; 0 when the kernel does not say.</param>
/// <param name="IsReceived">Whether they tell of what was received; else of what was sent, or of the connection itself.</param>
internal readonly record struct TraceFlow(FlowKey Told, int Pid, bool IsReceived)
{
    /// <summary>The flow with this host's end first.</summary>
    /// <remarks>
    /// What is sent comes from here. Of what is received some versions of Windows name the ends as the packet does, others as the socket does: the host's
    /// addresses decide. Where both ends are its own they cannot; then TCP is told as the socket has it, and UDP as the packet does.
    /// </remarks>
    internal FlowKey Orient(Func<InternetAddress, bool> isOwn)
    {
        bool isSource = isOwn(Told.Local.Address);
        bool isDestination = isOwn(Told.Remote.Address);
        bool isTurned = isSource != isDestination ? isDestination : IsReceived && Told.Protocol != IPProtocol.Tcp;
        return isTurned ? Told.Reverse() : Told;
    }

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Told, Pid, IsReceived);
}
