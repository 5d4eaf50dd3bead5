using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>Puts children below their parents.</summary>
internal static class PsTree
{
    // A chain of thousands would fill its lines with nothing but the way to them.
    private const int MaxDrawnDepth = 40;

    /// <summary>The processes in the order of the tree, each with what is drawn before it. Siblings keep the order they came in; who has no parent here is a root.</summary>
    internal static List<(ProcessRecord Process, string Branch)> Arrange(IReadOnlyList<ProcessRecord> processes)
    {
        var shown = new HashSet<ProcessKey>(processes.Select(static process => process.Key));
        var children = new Dictionary<ProcessKey, List<ProcessRecord>>();
        var roots = new List<ProcessRecord>();
        foreach (ProcessRecord process in processes)
        {
            if (process.Parent.TryGetValue(out ProcessKey parent) && parent != process.Key && shown.Contains(parent))
            {
                if (!children.TryGetValue(parent, out List<ProcessRecord>? siblings))
                {
                    children[parent] = siblings = [];
                }

                siblings.Add(process);
            }
            else
            {
                roots.Add(process);
            }
        }

        // A parent is never younger than its child, and of two that started together one cannot be the other's parent both ways: no circle closes.
        var arranged = new List<(ProcessRecord, string)>(processes.Count);
        var open = new Stack<(ProcessRecord Process, string Branch, string Below, int Depth)>();
        foreach (ProcessRecord root in roots.AsEnumerable().Reverse())
        {
            open.Push((root, string.Empty, string.Empty, 0));
        }

        while (open.TryPop(out (ProcessRecord Process, string Branch, string Below, int Depth) next))
        {
            arranged.Add((next.Process, next.Branch));
            if (!children.TryGetValue(next.Process.Key, out List<ProcessRecord>? siblings))
            {
                continue;
            }

            for (int at = siblings.Count - 1; at >= 0; at--)
            {
                bool isLast = at == siblings.Count - 1;
                bool isTooDeep = next.Depth >= MaxDrawnDepth;
                open.Push((
                    siblings[at],
                    isTooDeep ? next.Branch : next.Below + (isLast ? "└─ " : "├─ "),
                    isTooDeep ? next.Below : next.Below + (isLast ? "   " : "│  "),
                    next.Depth + 1));
            }
        }

        return arranged;
    }
}
