namespace Sonde.Host.Processes.Assembly;

/// <summary>A status for each of <see cref="SampleFields"/>: three bits a field, side by side, so that a whole group is set by one call.</summary>
internal struct SampleStatuses
{
    private ulong _low;
    private ulong _middle;
    private ulong _high;

    /// <summary>Gives <paramref name="fields"/> a status.</summary>
    internal void Set(SampleFields fields, ReadingStatus status)
    {
        ulong bits = (ulong)fields;
        _low = ((int)status & 1) != 0 ? _low | bits : _low & ~bits;
        _middle = ((int)status & 2) != 0 ? _middle | bits : _middle & ~bits;
        _high = ((int)status & 4) != 0 ? _high | bits : _high & ~bits;
    }

    /// <summary>The status of one field.</summary>
    internal readonly ReadingStatus Of(SampleFields field)
    {
        ulong bits = (ulong)field;
        return (ReadingStatus)(((_low & bits) != 0 ? 1 : 0) | ((_middle & bits) != 0 ? 2 : 0) | ((_high & bits) != 0 ? 4 : 0));
    }
}
