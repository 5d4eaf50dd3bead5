namespace Sonde.Link.MacOS;

/// <summary>A total of 64 bits made of a counter of 32 that begins anew when it is full, looked at before it has gone round once.</summary>
internal struct WrappingCounter
{
    private uint _last;

    /// <summary>How much was counted, the counter having begun at 0.</summary>
    internal long Total { get; private set; }

    /// <summary>Adds what the counter has moved since it was last looked at.</summary>
    internal void Advance(uint value)
    {
        Total += unchecked(value - _last);
        _last = value;
    }
}
