namespace Sonde.Tun;

/// <summary>In what form packets cross the boundary between the system and this process.</summary>
public enum TunOffload
{
    /// <summary>One packet at a time, complete with its checksums, at most as long as the MTU.</summary>
    None = 0,

    /// <summary>
    /// The caller sees plain packets as with <see cref="None"/>; between system and queue they travel as super-packets of up to 64 KiB, which
    /// the queue splits on receive and coalesces on send. Where the system knows no super-packets this is the same as <see cref="None"/>.
    /// </summary>
    Segmented,

    /// <summary>
    /// The caller gets super-packets as they are, described by <see cref="TunSegmentation"/>, and may send such. Checksums may be unfinished.
    /// The fastest form for those who forward, encrypt or terminate. What the device cannot take is segmented on the way out.
    /// </summary>
    Raw,
}
