using Sonde.Laws.Tests.Metadata;

namespace Sonde.Laws.Tests.Checks;

/// <summary>References point down, exactly as docs/architecture.md draws them: in project files, in built assemblies, and in who sees whose internals.</summary>
internal static class ReferenceArrows
{
    /// <summary>What each room may reference. A room that is not here does not belong into the house yet.</summary>
    internal static IReadOnlyDictionary<string, string[]> Table { get; } = new Dictionary<string, string[]>
    {
        ["Sonde.Cli"] = ["Sonde.Traffic", "Sonde.EtherCat", "Sonde.Tun", "Sonde.Host", "Sonde.Link", "Sonde.Packets"],
        ["Sonde.Traffic"] = ["Sonde.Host", "Sonde.Link", "Sonde.Packets", "Sonde.Interop"],
        ["Sonde.EtherCat"] = ["Sonde.Link", "Sonde.Packets"],
        ["Sonde.Link"] = ["Sonde.Interop", "Sonde.Packets"],
        ["Sonde.Tun"] = ["Sonde.Interop", "Sonde.Packets"],
        ["Sonde.Host"] = ["Sonde.Interop", "Sonde.Packets"],
        ["Sonde.Interop"] = [],
        ["Sonde.Packets"] = [],
    };

    internal static IEnumerable<Violation> Check(Project project)
    {
        string where = Project.Relative(project.File);
        if (!Table.TryGetValue(project.Name, out string[]? allowed))
        {
            yield return new Violation(where, $"{project.Name} is no room of the house; give it its arrows in docs/architecture.md and in {nameof(ReferenceArrows)}.");
            yield break;
        }

        foreach (string reference in project.ProjectReferences.Except(allowed))
        {
            yield return new Violation(where, $"{project.Name} may not reference {reference}.");
        }

        using BuiltAssembly assembly = BuiltAssembly.Open(project.AssemblyPath);
        foreach (string reference in assembly.References.Where(IsOurs).Except(allowed))
        {
            yield return new Violation(Project.Relative(project.AssemblyPath), $"{project.Name} may not use {reference}.");
        }

        foreach (string friend in FriendsOf(assembly).Where(friend => !IsForTests(friend) && !MayReference(friend, project.Name)))
        {
            yield return new Violation(where, $"{project.Name} shows its internals to {friend}, which may not reference it.");
        }
    }

    private static IEnumerable<string> FriendsOf(BuiltAssembly assembly) =>
        assembly.AttributesOf(assembly.Reader.GetAssemblyDefinition().GetCustomAttributes())
            .Where(static attribute => attribute.Name == "System.Runtime.CompilerServices.InternalsVisibleToAttribute")
            .Select(static attribute => attribute.Argument ?? string.Empty);

    private static bool IsOurs(string assembly) => assembly == "sonde" || assembly.StartsWith("Sonde.", StringComparison.Ordinal);

    private static bool IsForTests(string friend) => friend.EndsWith(".Tests", StringComparison.Ordinal) || friend is "Sonde.Testing" or "Sonde.Benchmarks";

    private static bool MayReference(string friend, string room) => Table.TryGetValue(friend == "sonde" ? "Sonde.Cli" : friend, out string[]? rooms) && rooms.Contains(room);
}
