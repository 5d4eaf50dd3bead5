using System.Buffers;
using Sonde.Packets;
using Sonde.Packets.Files;

namespace Sonde.Link;

/// <summary>A copy of a frame that belongs to whoever has it, until it is disposed: then its memory serves a later frame.</summary>
/// <remarks>One thread at a time. A frame that is never disposed is collected as garbage; only its memory is then not used again.</remarks>
public sealed class OwnedFrame : IDisposable
{
    private readonly FramePump _pump;
    private byte[] _bytes = [];
    private int _length;
    private bool _isOwned;
    private int _wireLength;
    private long _timestamp;
    private FrameClock _clock;
    private PacketDirection _direction;
    private FrameAudience _audience;
    private int _interfaceIndex;
    private LinkType _linkType;
    private ushort _vlanProtocol;
    private ushort _vlanTag;

    internal OwnedFrame(FramePump pump) => _pump = pump;

    /// <summary>The frame's bytes, for code that keeps them across an <see langword="await"/>.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public ReadOnlyMemory<byte> Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(!_isOwned, this);
            return _bytes.AsMemory(0, _length);
        }
    }

    /// <summary>The frame with all that is known about it, readable until this is disposed.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public Frame Frame => new()
    {
        Data = Data.Span,
        WireLength = _wireLength,
        TimestampNanoseconds = _timestamp,
        Clock = _clock,
        Direction = _direction,
        Audience = _audience,
        InterfaceIndex = _interfaceIndex,
        LinkType = _linkType,
        VlanProtocol = _vlanProtocol,
        VlanTag = _vlanTag,
    };

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_isOwned)
        {
            _isOwned = false;
            _pump.Return(this);
        }
    }

    internal void Fill(Frame frame)
    {
        if (_bytes.Length < frame.Data.Length)
        {
            Free();
            _bytes = ArrayPool<byte>.Shared.Rent(frame.Data.Length);
        }

        frame.Data.CopyTo(_bytes);
        _length = frame.Data.Length;
        _isOwned = true;
        _wireLength = frame.WireLength;
        _timestamp = frame.TimestampNanoseconds;
        _clock = frame.Clock;
        _direction = frame.Direction;
        _audience = frame.Audience;
        _interfaceIndex = frame.InterfaceIndex;
        _linkType = frame.LinkType;
        _vlanProtocol = frame.VlanProtocol;
        _vlanTag = frame.VlanTag;
    }

    /// <summary>Gives the bytes to the pool that all share; called when no pump will use them again.</summary>
    internal void Free()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
