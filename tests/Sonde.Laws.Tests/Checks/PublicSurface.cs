using System.Runtime.Loader;
using Sonde.Testing;

namespace Sonde.Laws.Tests.Checks;

/// <summary>What users of a library can see of it, as text that is compared with api/&lt;Project&gt;.txt: changing that file is the review.</summary>
internal static class PublicSurface
{
    /// <summary>Set to 1, the tests write the baselines instead of comparing with them.</summary>
    internal const string AcceptVariable = "SONDE_ACCEPT_API";

    /// <summary>The rooms that nobody compiles against.</summary>
    internal static IReadOnlyList<string> Closed { get; } = ["Sonde.Interop", "Sonde.Cli"];

    /// <summary>The file that holds what was agreed.</summary>
    internal static string BaselineOf(Project project) => Repository.PathOf("api", project.Name + ".txt");

    /// <summary>The surface of a built assembly, one line each; types by name, then their members.</summary>
    /// <remarks>The only check that loads what it looks at: in a context of its own, and nothing of it runs.</remarks>
    internal static IReadOnlyList<string> Dump(Project project)
    {
        var context = new AssemblyLoadContext(project.Name, isCollectible: true);
        context.Resolving += (loading, name) =>
        {
            string beside = Path.Combine(Path.GetDirectoryName(project.AssemblyPath)!, name.Name + ".dll"); // a path of ours has a folder
            return File.Exists(beside) ? loading.LoadFromAssemblyPath(beside) : null;
        };
        try
        {
            Type[] types = context.LoadFromAssemblyPath(project.AssemblyPath).GetExportedTypes();
            return [.. types.OrderBy(static type => type.FullName, StringComparer.Ordinal).SelectMany(SurfaceText.Of)];
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>A room that nobody compiles against shows nothing.</summary>
    internal static IEnumerable<Violation> CheckEmpty(Project project) =>
        Dump(project).Where(static line => !line.StartsWith(' ')).Select(line => new Violation(project.Name, $"shows '{line}'; everything in it is internal."));

    /// <summary>What was added and removed, each line with the type it belongs to.</summary>
    internal static IEnumerable<Violation> Compare(string name, IReadOnlyList<string> baseline, IReadOnlyList<string> surface)
    {
        string[] before = [.. Named(baseline)];
        string[] now = [.. Named(surface)];
        return before.Except(now).Select(line => new Violation(name, $"- {line}"))
            .Concat(now.Except(before).Select(line => new Violation(name, $"+ {line}")));
    }

    private static IEnumerable<string> Named(IEnumerable<string> lines)
    {
        string type = string.Empty;
        foreach (string line in lines.Where(static line => line.Length > 0))
        {
            if (line.StartsWith(' '))
            {
                yield return $"{type}  |  {line.Trim()}";
            }
            else
            {
                type = line;
                yield return line;
            }
        }
    }
}
