using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Sonde.Laws.Tests.Metadata;

namespace Sonde.Laws.Tests.Checks;

/// <summary>The one wall: native functions, pointers and what stands in for pointers are in Sonde.Interop and nowhere else.</summary>
internal static class UnsafeWall
{
    /// <summary>The one room behind the wall.</summary>
    internal const string Room = "Sonde.Interop";

    internal static IEnumerable<Violation> Check(Project project)
    {
        if (project.AllowsUnsafe)
        {
            yield return new Violation(Project.Relative(project.File), "sets AllowUnsafeBlocks.");
        }

        using BuiltAssembly assembly = BuiltAssembly.Open(project.AssemblyPath);
        string where = Project.Relative(project.AssemblyPath);
        MetadataReader reader = assembly.Reader;
        if (assembly.AttributesOf(reader.GetModuleDefinition().GetCustomAttributes()).Any(static attribute => attribute.Name == "System.Security.UnverifiableCodeAttribute"))
        {
            yield return new Violation(where, "its module is marked as unverifiable code.");
        }

        if (reader.GetTableRowCount(TableIndex.ImplMap) > 0)
        {
            yield return new Violation(where, $"declares {reader.GetTableRowCount(TableIndex.ImplMap)} native functions.");
        }

        foreach (TypeDefinitionHandle type in assembly.Types)
        {
            foreach (FieldDefinition field in reader.GetTypeDefinition(type).GetFields().Select(reader.GetFieldDefinition))
            {
                if (IsPointer(field.DecodeSignature(TypeNames.Instance, null)))
                {
                    yield return new Violation($"{assembly.NameOf(type)}.{reader.GetString(field.Name)}", "is a pointer.");
                }
            }
        }

        foreach (BuiltAssembly.Method method in assembly.Methods)
        {
            MethodSignature<string> signature = method.Definition.DecodeSignature(TypeNames.Instance, null);
            foreach (string type in signature.ParameterTypes.Append(signature.ReturnType).Concat(assembly.LocalsOf(method.Definition)).Where(IsPointer))
            {
                yield return new Violation(method.Where, $"has a pointer: {type}.");
            }

            foreach (string member in method.Members.Where(StandsInForPointers))
            {
                yield return new Violation(method.Where, $"uses {member}, which does unchecked what a pointer does.");
            }
        }
    }

    /// <summary>Source files must declare native functions by LibraryImport: the generator then writes marshalling that we can read.</summary>
    internal static IEnumerable<Violation> CheckDeclarations(Project project) =>
        from file in project.Sources
        from line in File.ReadLines(file).Index()
        where line.Item.Contains("[DllImport", StringComparison.Ordinal) || line.Item.Contains("[DllImportAttribute", StringComparison.Ordinal)
        select new Violation($"{Project.Relative(file)}:{line.Index + 1}", "declares a native function by DllImport instead of LibraryImport.");

    private static bool IsPointer(string type) => type.Contains('*', StringComparison.Ordinal);

    private static bool StandsInForPointers(string member)
    {
        int split = member.IndexOf("::", StringComparison.Ordinal);
        string name = member[(split + 2)..];
        return member[..split] switch
        {
            "System.Runtime.CompilerServices.Unsafe" or "System.Runtime.InteropServices.NativeMemory" => true,
            "System.Runtime.InteropServices.MemoryMarshal" => name is "GetReference" or "GetArrayDataReference" or "CreateSpan" or "CreateReadOnlySpan",
            "System.Runtime.InteropServices.GCHandle" => name is "AddrOfPinnedObject",
            "System.Runtime.InteropServices.Marshal" => name.StartsWith("Ptr", StringComparison.Ordinal)
                || name.StartsWith("Read", StringComparison.Ordinal)
                || name.StartsWith("Write", StringComparison.Ordinal)
                || name.StartsWith("Alloc", StringComparison.Ordinal),
            _ => false,
        };
    }
}
