namespace Sonde.Tun;

/// <summary>How far a send has come, between a queue and its backend.</summary>
internal struct SendProgress
{
    /// <summary>The packet to send next.</summary>
    internal int Next;

    /// <summary>Packets before <see cref="Next"/> that were lost.</summary>
    internal int Lost;

    /// <summary>Their bytes.</summary>
    internal long LostBytes;

    /// <summary>Moves over packets that the system took.</summary>
    internal void Accept(int count = 1) => Next += count;

    /// <summary>Moves over one packet that is lost.</summary>
    internal void Lose(int length)
    {
        Next++;
        Lost++;
        LostBytes += length;
    }
}
