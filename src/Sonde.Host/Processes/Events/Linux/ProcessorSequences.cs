namespace Sonde.Host.Processes.Events.Linux;

/// <summary>Finds what was lost by the numbers that each processor gives to its messages.</summary>
internal sealed class ProcessorSequences
{
    // The kernel has at most 8192 (NR_CPUS); a number above is none.
    private const int MaxProcessors = 8192;

    private uint?[] _next = new uint?[16];

    /// <summary>Takes the next message of a processor.</summary>
    /// <returns>How many are missing before it: 0 for none; -1 when its number lies before the last one, so that the count is lost.</returns>
    internal long Take(uint processor, uint sequence)
    {
        if (processor >= MaxProcessors)
        {
            return -1;
        }

        if (processor >= _next.Length)
        {
            Array.Resize(ref _next, (int)Math.Min(MaxProcessors, Math.Max(processor + 1, _next.Length * 2u)));
        }

        uint? expected = _next[processor];
        _next[processor] = unchecked(sequence + 1);
        if (expected is not { } wanted)
        {
            return 0; // the first one: what was before began before us
        }

        int missing = unchecked((int)(sequence - wanted));
        return missing >= 0 ? missing : -1;
    }
}
