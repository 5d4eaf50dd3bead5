using System.Diagnostics;
using System.Globalization;

namespace Sonde.Testing;

/// <summary>How long a fuzz test goes on: a bounded number of rounds in a lane, minutes by command (<c>./test fuzz --minutes 30</c>).</summary>
/// <remarks>SONDE_FUZZ_MINUTES is the time of each fuzz test, SONDE_FUZZ_SEED the way it goes; a failure names its seed and round.</remarks>
public sealed class FuzzRun
{
    private readonly int _rounds;
    private readonly TimeSpan _time;
    private readonly long _begun = Stopwatch.GetTimestamp();

    /// <summary>Begins a run.</summary>
    /// <param name="rounds">How many rounds when no time is given.</param>
    public FuzzRun(int rounds)
    {
        _rounds = rounds;
        _time = TimeSpan.FromMinutes(Setting("SONDE_FUZZ_MINUTES", 0));
        Seed = (int)Setting("SONDE_FUZZ_SEED", 13);
        Random = new Random(Seed);
    }

    /// <summary>What decides the way of this run.</summary>
    public int Seed { get; }

    /// <summary>The chances of this run.</summary>
    public Random Random { get; }

    /// <summary>The round that is going on, from 0.</summary>
    public int Round { get; private set; } = -1;

    /// <summary>Goes on to the next round, if there is one.</summary>
    public bool Next()
    {
        Round++;
        return _time > TimeSpan.Zero ? Stopwatch.GetElapsedTime(_begun) < _time : Round < _rounds;
    }

    /// <summary>Bytes with a few changed, a stretch repeated or dropped, a length made to lie, or the end cut off.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> source)
    {
        var bytes = new List<byte>(source.Length + 64);
        bytes.AddRange(source);
        for (int change = Random.Next(1, 8); change > 0 && bytes.Count > 0; change--)
        {
            int at = Random.Next(bytes.Count);
            int length = Random.Next(Math.Min(32, bytes.Count - at));
            switch (Random.Next(8))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 2 when Random.Next(4) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes[at] = (byte)(Random.Next(2) * 255);
                    break;
                case 4:
                    for (int i = at; i < at + Math.Min(length, 4); i++)
                    {
                        bytes[i] = (byte)Random.Next(256);
                    }

                    break;
                default:
                    bytes[at] ^= (byte)(1 << Random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }

    private static double Setting(string name, double usual) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double told) ? told : usual;
}
