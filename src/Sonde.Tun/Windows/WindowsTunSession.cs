using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Tun.Windows;

/// <summary>A session of Wintun together with those that are inside of it: it ends with the last of them, never under one.</summary>
/// <param name="ring">The session itself.</param>
/// <param name="isSecondChance">Whether it was started because the one before it was corrupt.</param>
/// <param name="waitables">What a reader waits for beside the ring: the stop, and a change of the queue's session.</param>
/// <param name="onEnded">Is told once, by whatever thread was the last.</param>
[SupportedOSPlatform("windows")]
internal sealed class WindowsTunSession(WintunSession ring, bool isSecondChance, WaitHandle[] waitables, Action onEnded)
{
    private readonly InFlightGate _gate = new();
    private int _finishing;

    /// <summary>The rings; to be used inside only.</summary>
    internal WintunSession Ring { get; } = ring;

    internal bool IsSecondChance { get; } = isSecondChance;

    /// <summary>Whether the driver has given a packet that was one; written by the reader.</summary>
    internal bool HasReceived { get; set; }

    /// <summary>What a reader waits for: what was given, then the driver's event.</summary>
    internal WaitHandle[] Waitables { get; } = [.. waitables, ring.ReadEvent];

    /// <summary>Goes in, for a call or for as long as a packet is held.</summary>
    /// <returns><see langword="false"/> when it ends.</returns>
    internal bool TryEnter()
    {
        bool entered = _gate.TryEnter(out bool isLastOut);
        if (isLastOut)
        {
            Finish();
        }

        return entered;
    }

    internal void Exit()
    {
        if (_gate.Exit())
        {
            Finish();
        }
    }

    /// <summary>Lets nobody in any more; the driver's session ends when the last has left, which may be now.</summary>
    internal void End()
    {
        _gate.EnterToClose();
        Exit();
    }

    private void Finish()
    {
        if (Interlocked.Exchange(ref _finishing, 1) != 0)
        {
            return;
        }

        try
        {
            Ring.Dispose();
        }
        finally
        {
            onEnded();
        }
    }
}
