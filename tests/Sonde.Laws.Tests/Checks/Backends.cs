using System.Reflection;
using System.Reflection.Metadata;
using Sonde.Laws.Tests.Metadata;

namespace Sonde.Laws.Tests.Checks;

/// <summary>What belongs to one system is hidden, closed, in the folder of its system, and says which system it calls.</summary>
/// <remarks>
/// A format named after a system (LinuxSllHeader) is no backend: it is parsed everywhere. A backend is what derives from an abstract class
/// of ours under a system's name, what wears SupportedOSPlatform, or what stands in a system's folder.
/// </remarks>
internal static class Backends
{
    private const string Supported = "System.Runtime.Versioning.SupportedOSPlatformAttribute";
    private const string Unsupported = "System.Runtime.Versioning.UnsupportedOSPlatformAttribute";

    private static readonly string[] s_folders = ["Linux", "MacOS", "Windows", "Unix"];

    internal static IEnumerable<Violation> Check(Project project)
    {
        using BuiltAssembly assembly = BuiltAssembly.Open(project.AssemblyPath);
        foreach (TypeDefinitionHandle handle in assembly.Types.Where(handle => !NameOf(assembly, handle).StartsWith('<')))
        {
            foreach (string what in CheckType(assembly, handle))
            {
                yield return new Violation(assembly.NameOf(handle), what);
            }
        }

        foreach (BuiltAssembly.Method native in assembly.Methods.Where(static method => method.Definition.Attributes.HasFlag(MethodAttributes.PinvokeImpl)))
        {
            if (!IsForNamedSystem(assembly, native))
            {
                yield return new Violation(native.Where, "is a native function, and neither it nor its type says on which system it exists (SupportedOSPlatform).");
            }
        }
    }

    private static IEnumerable<string> CheckType(BuiltAssembly assembly, TypeDefinitionHandle handle)
    {
        TypeDefinition type = assembly.Reader.GetTypeDefinition(handle);
        string? prefix = s_folders.FirstOrDefault(one => IsNamedAfter(NameOf(assembly, handle), one));
        string? folder = FolderOf(assembly, handle);
        string[] called = [.. SystemsOf(assembly, type.GetCustomAttributes(), Supported).Select(FolderFor).OfType<string>()];
        bool derives = prefix is not null && DerivesFromOurs(assembly, type);
        if (!derives && called.Length == 0 && folder is null)
        {
            yield break;
        }

        if (IsVisible(assembly, handle))
        {
            yield return "belongs to one system and is public; backends are internal.";
        }

        bool isClass = !type.Attributes.HasFlag(TypeAttributes.Interface);
        if (derives && isClass && (type.Attributes & (TypeAttributes.Abstract | TypeAttributes.Sealed)) == TypeAttributes.NotPublic)
        {
            yield return "is a backend and neither sealed nor an abstract base.";
        }

        if (prefix is not null && folder is not null && prefix != folder)
        {
            yield return $"is named after {prefix} and stands in the folder {folder}.";
        }

        if (called.Length > 0 && folder is null)
        {
            yield return $"calls {string.Join(", ", called)} and stands in no folder of that name.";
        }

        if (called.Length > 0 && folder is not null and not "Unix" && !called.Contains(folder))
        {
            yield return $"calls {string.Join(", ", called)} and stands in the folder {folder}.";
        }
    }

    private static string NameOf(BuiltAssembly assembly, TypeDefinitionHandle handle) => assembly.Reader.GetString(assembly.Reader.GetTypeDefinition(handle).Name);

    // "Windows" is the system's name in "WindowsTunDevice", not in "Windowsill".
    private static bool IsNamedAfter(string name, string system) =>
        name.StartsWith(system, StringComparison.Ordinal) && (name.Length == system.Length || !char.IsLower(name[system.Length]));

    private static string? FolderOf(BuiltAssembly assembly, TypeDefinitionHandle handle)
    {
        string[] segments = assembly.NameOf(handle).Split('+')[0].Split('.')[..^1];
        return segments.FirstOrDefault(static segment => s_folders.Contains(segment));
    }

    private static string? FolderFor(string platform) => s_folders.FirstOrDefault(folder => platform.StartsWith(folder, StringComparison.OrdinalIgnoreCase));

    private static bool DerivesFromOurs(BuiltAssembly assembly, TypeDefinition type) => type.BaseType.Kind switch
    {
        _ when type.BaseType.IsNil => false,
        HandleKind.TypeDefinition => assembly.Reader.GetTypeDefinition((TypeDefinitionHandle)type.BaseType).Attributes.HasFlag(TypeAttributes.Abstract),
        HandleKind.TypeReference => assembly.NameOf(type.BaseType).StartsWith("Sonde.", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsVisible(BuiltAssembly assembly, TypeDefinitionHandle handle)
    {
        TypeDefinition type = assembly.Reader.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsVisible(assembly, type.GetDeclaringType()),
            _ => false,
        };
    }

    private static IEnumerable<string> SystemsOf(BuiltAssembly assembly, CustomAttributeHandleCollection attributes, string attribute) =>
        assembly.AttributesOf(attributes).Where(one => one.Name == attribute).Select(static one => one.Argument ?? string.Empty);

    private static bool IsForNamedSystem(BuiltAssembly assembly, BuiltAssembly.Method native)
    {
        (TypeDefinitionHandle handle, string name) = native.AsWritten;
        bool methodSays = assembly.Reader.GetTypeDefinition(handle).GetMethods()
            .Select(assembly.Reader.GetMethodDefinition)
            .Any(method => assembly.Reader.GetString(method.Name) == name && Says(assembly, method.GetCustomAttributes()));
        for (TypeDefinitionHandle at = handle; !methodSays && !at.IsNil; at = assembly.Reader.GetTypeDefinition(at).GetDeclaringType())
        {
            methodSays = Says(assembly, assembly.Reader.GetTypeDefinition(at).GetCustomAttributes());
        }

        return methodSays;
    }

    private static bool Says(BuiltAssembly assembly, CustomAttributeHandleCollection attributes) =>
        SystemsOf(assembly, attributes, Supported).Concat(SystemsOf(assembly, attributes, Unsupported)).Any();
}
