using System.Runtime.Versioning;
using Sonde.Host.Sockets.Assembly;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;

namespace Sonde.Host.Sockets.Linux;

/// <summary>The multicast groups of sock_diag that tell destroyed TCP and UDP sockets.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxSocketClosings : SocketClosings
{
    // Ten thousand notices of 500 bytes: a burst of closings that the reader may be late for.
    private const int BufferBytes = 8 * 1024 * 1024;

    private const uint Groups = (1u << (InetDiag.SKNLGRP_INET_TCP_DESTROY - 1)) | (1u << (InetDiag.SKNLGRP_INET_UDP_DESTROY - 1))
        | (1u << (InetDiag.SKNLGRP_INET6_TCP_DESTROY - 1)) | (1u << (InetDiag.SKNLGRP_INET6_UDP_DESTROY - 1));

    private readonly NetlinkSocket _netlink;
    private readonly CongestionNames _names = new();
    private readonly LinuxSocketReasons _reasons = new(LinuxDiagSocketTable.Name);
    private readonly SocketRecord _record;
    private readonly NetlinkMessageHandler _handler;
    private Action<SocketRecord>? _closed;
    private long _lost;
    private int _told;

    private LinuxSocketClosings(NetlinkSocket netlink)
    {
        _netlink = netlink;
        _record = new SocketRecord(_reasons);
        _handler = Take;
    }

    public override long Lost => _lost;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="HostException">The system refused.</exception>
    internal static LinuxSocketClosings Listen()
    {
        try
        {
            return new LinuxSocketClosings(NetlinkSocket.Open(InetDiag.NETLINK_SOCK_DIAG, Groups, BufferBytes));
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    public override bool Wait(TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var stop = (UnixStopSignal)StopSignal.Create(cancellationToken); // on Linux it is made of descriptors
            WaitResult result = Poller.Wait(_netlink.Descriptor, stop.Waitable, timeout);
            cancellationToken.ThrowIfCancellationRequested();
            return result is not (WaitResult.Stopped or WaitResult.TimedOut);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    public override int Read(Action<SocketRecord> closed)
    {
        ArgumentNullException.ThrowIfNull(closed);
        _closed = closed;
        _told = 0;
        try
        {
            if (_netlink.ReceivePending(_handler).Overflowed)
            {
                _lost++;
            }

            return _told;
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
        finally
        {
            _closed = null;
        }
    }

    protected override void Dispose(bool disposing) => _netlink.Dispose();

    private void Take(ushort type, ReadOnlySpan<byte> payload)
    {
        if (type == InetDiag.SOCK_DIAG_BY_FAMILY
            && InetDiagMessage.TryReadProtocol(payload, out byte protocol)
            && InetDiagMessage.TryParse(payload, protocol, networkNamespace: 0, _names, out SocketSample sample, out TcpSample tcp, out bool hasTcp))
        {
            _told++;
            _record.Fill(sample, tcp, hasTcp, _reasons);
            _closed!(_record); // set while messages are read
        }
    }
}
