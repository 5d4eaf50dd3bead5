using System.Runtime.Versioning;
using Sonde.Host.Processes.Linux;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Sockets.Linux;

/// <summary>A sock_diag channel into each network namespace that a process lives in, but for the one that is read anyway.</summary>
/// <remarks>An open channel keeps a namespace alive. So it is closed as soon as no process is seen in it.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class NamespaceChannels(ProcFiles files, SocketTableOptions options, ulong ownNamespace) : IDisposable
{
    // A host with more containers shows those that it met first, and says so.
    private const int MaxChannels = 1024;
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ulong, NetlinkSocket> _channels = [];
    private readonly Dictionary<ulong, string> _refused = [];
    private readonly HashSet<ulong> _seen = [];
    private long _lastLook = long.MinValue;
    private int _hidden;
    private int _tooMany;

    /// <summary>The channels, after a look at which namespaces there are.</summary>
    internal Dictionary<ulong, NetlinkSocket> Open(List<Gap> gaps)
    {
        long now = options.Time.GetTimestamp();
        if (_lastLook == long.MinValue || options.Time.GetElapsedTime(_lastLook, now) >= s_refresh)
        {
            _lastLook = now;
            Look();
        }

        if (_hidden > 0)
        {
            gaps.Add(new Gap("network namespaces", ReadingStatus.Denied, "those of processes of others are hidden from this one: CAP_SYS_PTRACE is needed", _hidden));
        }

        if (_tooMany > 0)
        {
            gaps.Add(new Gap("network namespaces", ReadingStatus.Failed, $"no more than {MaxChannels} are read", _tooMany));
        }

        foreach (string reason in _refused.Values.Distinct(StringComparer.Ordinal))
        {
            gaps.Add(new Gap("network namespaces", ReadingStatus.Denied, reason, _refused.Values.Count(one => one == reason)));
        }

        return _channels;
    }

    public void Dispose()
    {
        foreach (NetlinkSocket channel in _channels.Values)
        {
            channel.Dispose();
        }

        _channels.Clear();
    }

    private void Look()
    {
        _seen.Clear();
        _hidden = 0;
        _tooMany = 0;
        ReadOnlySpan<int> ids;
        try
        {
            ids = files.ListIds();
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused, options.ProcRoot);
        }

        foreach (int pid in ids)
        {
            if (files.Enter(pid) < 0)
            {
                continue; // it ended
            }

            int length = files.ReadLink("ns/net"u8, out ReadOnlySpan<byte> target);
            bool isRead = NamespaceLink.TryParse(length > 0 ? target : "-"u8, out uint inode);
            files.Leave();
            if (isRead)
            {
                Meet(inode, pid);
            }
            else if (LinuxReasons.ToStatus(length, isOffered: true) == ReadingStatus.Denied)
            {
                _hidden++;
            }
        }

        foreach ((ulong inode, NetlinkSocket channel) in _channels)
        {
            if (!_seen.Contains(inode))
            {
                channel.Dispose();
                _channels.Remove(inode);
            }
        }

        foreach (ulong inode in _refused.Keys)
        {
            if (!_seen.Contains(inode))
            {
                _refused.Remove(inode);
            }
        }
    }

    private void Meet(ulong inode, int pid)
    {
        if (!_seen.Add(inode) || inode == ownNamespace || _channels.ContainsKey(inode) || _refused.ContainsKey(inode))
        {
            return;
        }

        if (_channels.Count >= MaxChannels)
        {
            _tooMany++;
            return;
        }

        try
        {
            _channels.Add(inode, NetworkNamespaceThread.Run($"{options.ProcRoot}/{pid}/ns/net", static () => NetlinkSocket.Open(InetDiag.NETLINK_SOCK_DIAG)));
        }
        catch (NativeException refused) when (refused.Error.Code is Interop.Unix.LibC.ENOENT or Netlink.ESRCH)
        {
            _seen.Remove(inode); // it ended; another process may be in the same
        }
        catch (NativeException refused)
        {
            _refused.Add(inode, HostException.From(refused).Message);
        }
    }
}
