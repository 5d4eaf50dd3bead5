namespace Sonde.Packets.Files;

/// <summary>An interface's clock, prepared for being asked once per packet.</summary>
internal readonly struct TickConverter
{
    private readonly TimestampResolution _resolution;
    private readonly long _offsetSeconds;
    private readonly ulong _multiplier; // 0 where one multiplication does not do
    private readonly ulong _largest; // the largest count that the multiplication holds

    internal TickConverter(TimestampResolution resolution, long offsetSeconds)
    {
        _resolution = resolution;
        _offsetSeconds = offsetSeconds;
        if (!resolution.IsBinary && resolution.Exponent <= 9 && offsetSeconds == 0)
        {
            _multiplier = TimestampResolution.PowerOfTen(9 - resolution.Exponent);
            _largest = long.MaxValue / _multiplier;
        }
    }

    internal bool TryConvert(ulong ticks, out long nanoseconds)
    {
        if (_multiplier != 0 && ticks <= _largest)
        {
            nanoseconds = (long)(ticks * _multiplier);
            return true;
        }

        return _resolution.TryToNanoseconds(ticks, _offsetSeconds, out nanoseconds);
    }
}
