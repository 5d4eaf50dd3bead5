using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sonde.Laws.Tests.Checks;

/// <summary>Writes a public type and its members, close to how they are declared, in an order that does not depend on the source.</summary>
internal static class SurfaceText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    internal static IEnumerable<string> Of(Type type) =>
        [Header(type), .. (type.IsEnum ? EnumMembers(type) : type.IsSubclassOf(typeof(Delegate)) ? [] : Members(type)).Select(static line => "    " + line)];

    private static string Header(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return $"{Access(type.IsPublic || type.IsNestedPublic)} delegate {Signature(type.GetMethod("Invoke")!, TypeText.Of(type))}"; // every delegate has Invoke
        }

        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => (Has(type, "IsReadOnlyAttribute") ? "readonly " : string.Empty) + (type.IsByRefLike ? "ref struct" : "struct"),
            { IsAbstract: true, IsSealed: true } => "static class",
            _ => (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : string.Empty) + (type.GetMethod("<Clone>$") is null ? "class" : "record"),
        };
        IEnumerable<string> bases = type.IsEnum ? [TypeText.Of(Enum.GetUnderlyingType(type))]
            : [.. BaseOf(type), .. type.GetInterfaces().Where(static one => one.IsVisible).Select(static one => TypeText.Of(one)).Order(StringComparer.Ordinal)];
        string list = string.Join(", ", bases);
        return $"{Access(type.IsPublic || type.IsNestedPublic)} {kind} {TypeText.Of(type)}{(list.Length > 0 ? " : " + list : string.Empty)}{Constraints(type.GetGenericArguments())}";
    }

    private static IEnumerable<string> BaseOf(Type type) =>
        type.IsValueType || type.BaseType is null || type.BaseType == typeof(object) ? [] : [TypeText.Of(type.BaseType)];

    private static IEnumerable<string> EnumMembers(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(static field => (field.Name, Value: Convert.ToDecimal(field.GetRawConstantValue(), CultureInfo.InvariantCulture)))
            .OrderBy(static member => member.Value)
            .ThenBy(static member => member.Name, StringComparer.Ordinal)
            .Select(static member => string.Create(CultureInfo.InvariantCulture, $"{member.Name} = {member.Value}"));

    private static IEnumerable<string> Members(Type type) =>
    [
        .. type.GetFields(Declared).Where(static field => IsVisible(field)).Select(Field).Order(StringComparer.Ordinal),
        .. type.GetConstructors(Declared).Where(static one => IsVisible(one) && !one.IsStatic).Select(one => $"{Access(one.IsPublic)} {Signature(one, SimpleName(type))}").Order(StringComparer.Ordinal),
        .. type.GetProperties(Declared).Where(static one => one.GetAccessors(nonPublic: true).Any(IsVisible) && !IsGenerated(one)).Select(Property).Order(StringComparer.Ordinal),
        .. type.GetEvents(Declared).Where(static one => IsVisible(one.AddMethod!)).Select(Event).Order(StringComparer.Ordinal), // C# events have both accessors
        .. type.GetMethods(Declared).Where(static one => IsVisible(one) && IsWritten(one)).Select(Method).Order(StringComparer.Ordinal),
    ];

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // What records and accessors bring along is said by "record" and by their properties.
    private static bool IsWritten(MethodInfo method) =>
        !IsGenerated(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal));

    private static bool IsGenerated(MemberInfo member) => Has(member, nameof(CompilerGeneratedAttribute)) || member.Name is "EqualityContract";

    private static bool Has(MemberInfo member, string attribute) => member.CustomAttributes.Any(one => one.AttributeType.Name == attribute);

    private static string Access(bool isPublic) => isPublic ? "public" : "protected";

    private static string SimpleName(Type type) => type.Name.Split('`')[0];

    private static string Field(FieldInfo field)
    {
        string type = TypeText.Of(field.FieldType, new NullabilityInfoContext().Create(field));
        return field.IsLiteral
            ? $"{Access(field.IsPublic)} const {type} {field.Name} = {TypeText.Literal(field.GetRawConstantValue())}"
            : $"{Access(field.IsPublic)} {(field.IsStatic ? "static " : string.Empty)}{(field.IsInitOnly ? "readonly " : string.Empty)}{type} {field.Name}";
    }

    private static string Property(PropertyInfo property)
    {
        MethodInfo[] visible = [.. property.GetAccessors(nonPublic: true).Where(IsVisible)];
        bool isPublic = visible.Any(static one => one.IsPublic);
        IEnumerable<string> accessors = visible.Select(one => (one.IsPublic == isPublic ? string.Empty : "protected ") + (one == property.GetMethod ? "get;" : IsInit(one) ? "init;" : "set;"));
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(TypeText.Of))}]";
        string required = Has(property, nameof(RequiredMemberAttribute)) ? "required " : string.Empty;
        return $"{Access(isPublic)} {Modifiers(visible[0])}{required}{TypeText.Of(property.PropertyType, new NullabilityInfoContext().Create(property))} {name} {{ {string.Join(' ', accessors)} }}";
    }

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Any(static one => one.Name == nameof(IsExternalInit));

    private static string Event(EventInfo one) =>
        $"{Access(one.AddMethod!.IsPublic)} {Modifiers(one.AddMethod)}event {TypeText.Of(one.EventHandlerType!, new NullabilityInfoContext().Create(one))} {one.Name}"; // C# events have both accessors and a type

    private static string Method(MethodInfo method) =>
        $"{Access(method.IsPublic)} {Modifiers(method)}{Signature(method, method.Name + TypeText.Arguments(method.GetGenericArguments()))}";

    private static string Signature(MethodBase method, string name)
    {
        string result = method is MethodInfo function ? TypeText.OfReturn(function) + " " : string.Empty;
        string constraints = method.IsGenericMethod ? Constraints(method.GetGenericArguments()) : string.Empty;
        return $"{result}{name}({string.Join(", ", method.GetParameters().Select(TypeText.Of))}){constraints}";
    }

    private static string Modifiers(MethodInfo method) => method switch
    {
        { IsStatic: true } => method.IsAbstract ? "static abstract " : "static ",
        { IsAbstract: true } when method.DeclaringType!.IsInterface => string.Empty, // a method of a type, not of a module
        { IsAbstract: true } => IsOverride(method) ? "abstract override " : "abstract ",
        { IsVirtual: true, IsFinal: true } => IsOverride(method) ? "sealed override " : string.Empty,
        { IsVirtual: true } => IsOverride(method) ? "override " : "virtual ",
        _ => string.Empty,
    };

    private static bool IsOverride(MethodInfo method) => method.GetBaseDefinition().DeclaringType != method.DeclaringType;

    private static string Constraints(Type[] parameters) => string.Concat(parameters.Where(static one => one.IsGenericParameter).Select(Constraint));

    private static string Constraint(Type parameter)
    {
        GenericParameterAttributes flags = parameter.GenericParameterAttributes;
        bool isStruct = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        string[] parts =
        [
            .. flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? ["class"] : Array.Empty<string>(),
            .. isStruct ? ["struct"] : Array.Empty<string>(),
            .. parameter.GetGenericParameterConstraints().Where(static one => one != typeof(ValueType)).Select(static one => TypeText.Of(one)).Order(StringComparer.Ordinal),
            .. flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct ? ["new()"] : Array.Empty<string>(),
            .. flags.HasFlag(GenericParameterAttributes.AllowByRefLike) ? ["allows ref struct"] : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? string.Empty : $" where {parameter.Name} : {string.Join(", ", parts)}";
    }
}
