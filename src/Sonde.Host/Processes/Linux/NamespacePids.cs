namespace Sonde.Host.Processes.Linux;

/// <summary>The NSpid line of a status file: the id of a process in each pid namespace from ours inwards.</summary>
internal static class NamespacePids
{
    // The kernel nests pid namespaces at most 32 deep.
    private const int MaxDepth = 33;

    private static readonly Reading<IReadOnlyList<int>> s_none = Reading.None<IReadOnlyList<int>>("it is in no inner pid namespace");

    internal static Reading<IReadOnlyList<int>> Parse(ReadOnlySpan<byte> text, bool isThere)
    {
        if (!isThere)
        {
            return Reading.Unsupported<IReadOnlyList<int>>(LinuxReasons.NotTold);
        }

        if (!text.Contains((byte)'\t'))
        {
            return s_none;
        }

        var ids = new List<int>();
        foreach (Range range in text.Split((byte)'\t'))
        {
            if (!new ProcNumbers(text[range]).TryInt32(out int id) || ids.Count == MaxDepth)
            {
                return Reading.Failed<IReadOnlyList<int>>("it is no list of ids");
            }

            ids.Add(id);
        }

        ids.RemoveAt(0); // the first is the id that we know it by
        return ids;
    }
}
