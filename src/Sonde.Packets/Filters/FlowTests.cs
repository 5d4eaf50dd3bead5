using System.Numerics;

namespace Sonde.Packets.Filters;

/// <summary>Blocks whose tests are alike, by their places: few as a list, many as a set of bits.</summary>
internal sealed class FlowTests
{
    private const int MostInList = 8;

    private readonly List<int> _places = [];
    private ulong[]? _set;

    /// <summary>No blocks, before they are looked at.</summary>
    internal static FlowTests None { get; } = new();

    /// <summary>Adds a place, which must be behind those added before.</summary>
    internal void Add(int place)
    {
        _places.Add(place);
        _set = null;
    }

    /// <summary>The first place from <paramref name="from"/> on that is also in a set, where places are numbered from <paramref name="first"/>, a multiple of 64.</summary>
    /// <returns>-1 when there is none.</returns>
    internal int Next(ulong[] set, int first, int from) => _places.Count > MostInList ? NextInSet(set, first / 64, from) : NextInList(set, first, from);

    private int NextInList(ulong[] set, int first, int from)
    {
        foreach (int place in _places)
        {
            int number = first + place;
            if (place >= from && (set[number / 64] & (1UL << (number % 64))) != 0)
            {
                return place;
            }
        }

        return -1;
    }

    private int NextInSet(ulong[] set, int firstWord, int from)
    {
        if (_set is null)
        {
            _set = new ulong[(_places[^1] / 64) + 1];
            foreach (int place in _places)
            {
                _set[place / 64] |= 1UL << (place % 64);
            }
        }

        ulong mask = ulong.MaxValue << (from % 64);
        for (int word = from / 64; word < _set.Length; word++)
        {
            ulong both = _set[word] & set[firstWord + word] & mask;
            if (both != 0)
            {
                return (word * 64) + BitOperations.TrailingZeroCount(both);
            }

            mask = ulong.MaxValue;
        }

        return -1;
    }
}
