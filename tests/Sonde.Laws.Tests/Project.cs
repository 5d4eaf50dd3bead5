using System.Xml.Linq;
using Sonde.Testing;

namespace Sonde.Laws.Tests;

/// <summary>A project of this repository: its file, its folder and what was built from it.</summary>
internal sealed record Project(string Name, string File, string AssemblyName)
{
    /// <summary>Every project under src/, so that a new room is under the laws from its first build.</summary>
    internal static IReadOnlyList<Project> Product { get; } = Under("src");

    /// <summary>Every project under tests/ but the one that is lawless on purpose.</summary>
    internal static IReadOnlyList<Project> Tests { get; } = [.. Under("tests").Where(static project => project.Name != "Sonde.Lawless")];

    /// <summary>The project in which every check must find something.</summary>
    internal static Project Lawless { get; } = At(Repository.PathOf("tests", "Sonde.Lawless", "Sonde.Lawless.csproj"));

    internal string Folder => Path.GetDirectoryName(File)!; // a path that was listed has a folder

    /// <summary>The built assembly, of the configuration that these tests were built in.</summary>
    internal string AssemblyPath => Repository.PathOf("artifacts", "bin", Path.GetFileNameWithoutExtension(File), Configuration, AssemblyName + ".dll");

    private static string Configuration => Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)) == "debug" ? "debug" : "release";

    /// <summary>The projects that this one's file references, by name.</summary>
    internal IEnumerable<string> ProjectReferences =>
        Elements("ProjectReference").Select(static reference => Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include") ?? string.Empty).Replace('\\', '/')));

    /// <summary>Whether the file mentions AllowUnsafeBlocks with a value other than false, under whatever condition.</summary>
    internal bool AllowsUnsafe => Elements("AllowUnsafeBlocks").Any(static element => !bool.TryParse(element.Value, out bool allowed) || allowed);

    /// <summary>The C# files of the project, built output excluded.</summary>
    internal IEnumerable<string> Sources => Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    internal static IReadOnlyList<Project> Under(string folder) =>
        [.. Directory.EnumerateFiles(Repository.PathOf(folder), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(At)];

    /// <summary>How a file is named in messages.</summary>
    internal static string Relative(string file) => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');

    public override string ToString() => Name;

    private static Project At(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        string? assembly = XDocument.Load(file).Descendants("AssemblyName").Select(static element => element.Value).FirstOrDefault();
        return new Project(name, file, assembly ?? name);
    }

    private IEnumerable<XElement> Elements(string name) => XDocument.Load(File).Descendants(name);
}
