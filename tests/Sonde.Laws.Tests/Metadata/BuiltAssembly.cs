using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Sonde.Laws.Tests.Metadata;

/// <summary>A built assembly, read as a file: nothing of it is loaded or run.</summary>
internal sealed class BuiltAssembly : IDisposable
{
    private readonly PEReader _image;

    private BuiltAssembly(PEReader image)
    {
        _image = image;
        Reader = image.GetMetadataReader();
    }

    internal MetadataReader Reader { get; }

    /// <summary>The types, without the one that holds the compiler's own data and helpers.</summary>
    internal IEnumerable<TypeDefinitionHandle> Types => Reader.TypeDefinitions.Where(handle => !NameOf(handle).StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal));

    internal IEnumerable<string> References => Reader.AssemblyReferences.Select(handle => Reader.GetString(Reader.GetAssemblyReference(handle).Name));

    internal static BuiltAssembly Open(string path) => new(new PEReader(File.OpenRead(path)));

    public void Dispose() => _image.Dispose();

    internal string NameOf(EntityHandle type) => TypeNames.Of(Reader, type);

    internal IEnumerable<Method> Methods => Types.SelectMany(type => Reader.GetTypeDefinition(type).GetMethods().Select(handle => new Method(this, type, handle)));

    /// <summary>The attributes of something: the name of each, and its first argument where that is one string.</summary>
    internal IEnumerable<(string Name, string? Argument)> AttributesOf(CustomAttributeHandleCollection attributes)
    {
        foreach (CustomAttributeHandle handle in attributes)
        {
            CustomAttribute attribute = Reader.GetCustomAttribute(handle);
            string name = attribute.Constructor.Kind == HandleKind.MemberReference
                ? NameOf(Reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent)
                : NameOf(Reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType());
            yield return (name, FirstString(attribute));
        }
    }

    /// <summary>What a token names, as "Namespace.Type::Member"; empty for what is no member.</summary>
    internal string MemberOf(EntityHandle token)
    {
        switch (token.Kind)
        {
            case HandleKind.MethodSpecification:
                return MemberOf(Reader.GetMethodSpecification((MethodSpecificationHandle)token).Method);
            case HandleKind.MemberReference:
                MemberReference reference = Reader.GetMemberReference((MemberReferenceHandle)token);
                return $"{NameOf(reference.Parent)}::{Reader.GetString(reference.Name)}";
            case HandleKind.MethodDefinition:
                MethodDefinition method = Reader.GetMethodDefinition((MethodDefinitionHandle)token);
                return $"{NameOf(method.GetDeclaringType())}::{Reader.GetString(method.Name)}";
            default:
                return string.Empty;
        }
    }

    /// <summary>The members and types that a body names, as in <see cref="MemberOf"/>.</summary>
    internal IEnumerable<string> MembersIn(MethodDefinition method) =>
        method.RelativeVirtualAddress == 0
            ? []
            : IntermediateLanguage.Tokens(_image.GetMethodBody(method.RelativeVirtualAddress).GetILReader()).Select(MemberOf).Where(static member => member.Length > 0).Distinct();

    internal ImmutableArray<string> LocalsOf(MethodDefinition method)
    {
        StandaloneSignatureHandle locals = method.RelativeVirtualAddress == 0 ? default : _image.GetMethodBody(method.RelativeVirtualAddress).LocalSignature;
        return locals.IsNil ? [] : Reader.GetStandaloneSignature(locals).DecodeLocalSignature(TypeNames.Instance, null);
    }

    private string? FirstString(CustomAttribute attribute)
    {
        BlobReader value = Reader.GetBlobReader(attribute.Value);
        MethodSignature<string> constructor = attribute.Constructor.Kind == HandleKind.MemberReference
            ? Reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).DecodeMethodSignature(TypeNames.Instance, null)
            : Reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).DecodeSignature(TypeNames.Instance, null);
        if (constructor.ParameterTypes is not [nameof(PrimitiveTypeCode.String), ..])
        {
            return null;
        }

        value.ReadUInt16(); // the prolog (ECMA-335 II.23.3)
        return value.ReadSerializedString();
    }

    /// <summary>A method, with the type it stands in.</summary>
    internal sealed record Method(BuiltAssembly File, TypeDefinitionHandle Type, MethodDefinitionHandle Handle)
    {
        internal MethodDefinition Definition => File.Reader.GetMethodDefinition(Handle);

        internal string Name => File.Reader.GetString(Definition.Name);

        internal string Where => $"{File.NameOf(Type)}.{Name}";

        internal IEnumerable<string> Members => File.MembersIn(Definition);

        /// <summary>The method and type as written: lambdas, local functions and state machines belong to the method around them.</summary>
        internal (TypeDefinitionHandle Type, string Name) AsWritten
        {
            get
            {
                TypeDefinitionHandle type = Type;
                string name = Name;
                for (string typeName = NameIn(type); typeName.StartsWith('<'); typeName = NameIn(type))
                {
                    // "<Open>d__3.MoveNext" says it in the type's name, "<>c.<Open>b__3" in the method's.
                    name = name.StartsWith('<') ? name : typeName;
                    TypeDefinitionHandle outer = File.Reader.GetTypeDefinition(type).GetDeclaringType();
                    if (outer.IsNil)
                    {
                        break; // a type that the compiler made up for the whole assembly
                    }

                    type = outer;
                }

                return (type, name.StartsWith('<') ? name.TrimStart('<').Split('>')[0] : name);
            }
        }

        internal bool IsStatic => Definition.Attributes.HasFlag(MethodAttributes.Static);

        private string NameIn(TypeDefinitionHandle type) => File.Reader.GetString(File.Reader.GetTypeDefinition(type).Name);
    }
}
