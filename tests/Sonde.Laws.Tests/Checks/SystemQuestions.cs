using System.Reflection;
using System.Reflection.Metadata;
using Sonde.Laws.Tests.Metadata;

namespace Sonde.Laws.Tests.Checks;

/// <summary>One place asks which system this is: the static Open or Create of an abstract class, and what is written inside of it.</summary>
internal static class SystemQuestions
{
    internal static IEnumerable<Violation> Check(Project project)
    {
        using BuiltAssembly assembly = BuiltAssembly.Open(project.AssemblyPath);
        foreach (BuiltAssembly.Method method in assembly.Methods)
        {
            foreach (string question in method.Members.Where(Asks))
            {
                if (!MayAsk(assembly, method))
                {
                    yield return new Violation(method.Where, $"asks {question} outside the static Open or Create of an abstract class.");
                }
            }
        }
    }

    private static bool Asks(string member) =>
        member.StartsWith("System.OperatingSystem::Is", StringComparison.Ordinal)
        || member is "System.Runtime.InteropServices.RuntimeInformation::IsOSPlatform"
            or "System.Runtime.InteropServices.RuntimeInformation::get_OSDescription"
            or "System.Runtime.InteropServices.RuntimeInformation::get_RuntimeIdentifier"
            or "System.Environment::get_OSVersion";

    private static bool MayAsk(BuiltAssembly assembly, BuiltAssembly.Method method)
    {
        (TypeDefinitionHandle type, string name) = method.AsWritten;
        TypeDefinition owner = assembly.Reader.GetTypeDefinition(type);

        // A static class is abstract and sealed at once.
        bool isAbstract = (owner.Attributes & (TypeAttributes.Abstract | TypeAttributes.Sealed)) == TypeAttributes.Abstract
            && !owner.Attributes.HasFlag(TypeAttributes.Interface);
        return isAbstract
            && name is "Open" or "Create"
            && owner.GetMethods().Select(assembly.Reader.GetMethodDefinition).Any(one =>
                assembly.Reader.GetString(one.Name) == name && one.Attributes.HasFlag(MethodAttributes.Static))
            && (method.IsStatic || method.Type != type);
    }
}
