using System.Globalization;
using System.Reflection;

namespace Sonde.Laws.Tests.Checks;

/// <summary>Writes types and parameters as C# does, with the '?' of nullable references.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(sbyte)] = "sbyte",
        [typeof(byte)] = "byte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    internal static string Of(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!, nullability); // a reference refers to something; the caller writes ref, in or out
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            // The information about T? of a struct lists T as its argument or the arguments of T, depending on T.
            return Of(underlying) + "?";
        }

        string mark = !type.IsValueType && IsNullable(nullability) ? "?" : string.Empty;
        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}"; // arrays have elements
        }

        return (s_keywords.TryGetValue(type, out string? keyword) ? keyword : Named(type, nullability)) + mark;
    }

    internal static string Of(ParameterInfo parameter)
    {
        string mode = parameter switch
        {
            { IsOut: true } when parameter.ParameterType.IsByRef => "out ",
            { IsIn: true } when parameter.ParameterType.IsByRef => "in ",
            _ when parameter.ParameterType.IsByRef => "ref ",
            _ when parameter.CustomAttributes.Any(static one => one.AttributeType.Name is "ParamArrayAttribute" or "ParamCollectionAttribute") => "params ",
            _ => string.Empty,
        };
        string scoped = parameter.CustomAttributes.Any(static one => one.AttributeType.Name == "ScopedRefAttribute") ? "scoped " : string.Empty;
        string value = parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue)}" : string.Empty;
        return $"{scoped}{mode}{Of(parameter.ParameterType, new NullabilityInfoContext().Create(parameter))} {parameter.Name}{value}";
    }

    internal static string OfReturn(MethodInfo method)
    {
        string text = Of(method.ReturnType, new NullabilityInfoContext().Create(method.ReturnParameter));
        bool isReadOnly = method.ReturnParameter.CustomAttributes.Any(static one => one.AttributeType.Name == "IsReadOnlyAttribute");
        return method.ReturnType.IsByRef ? (isReadOnly ? "ref readonly " : "ref ") + text : text;
    }

    internal static string Arguments(Type[] arguments) => arguments.Length == 0 ? string.Empty : $"<{string.Join(", ", arguments.Select(static one => Of(one)))}>";

    internal static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        char character => $"'{character}'",
        bool truth => truth ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static string Named(Type type, NullabilityInfo? nullability)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        Type[] arguments = type.GetGenericArguments();
        NullabilityInfo[] inner = nullability?.GenericTypeArguments ?? [];
        int used = 0;
        var path = new List<string>();
        for (Type? at = type; at is not null; at = at.DeclaringType)
        {
            path.Insert(0, at.Name);
        }

        IEnumerable<string> names = path.Select(name =>
        {
            string[] parts = name.Split('`');
            if (parts.Length == 1)
            {
                return name;
            }

            int count = int.Parse(parts[1], CultureInfo.InvariantCulture);
            IEnumerable<string> written = arguments.Skip(used).Take(count).Select((one, index) => Of(one, used + index < inner.Length ? inner[used + index] : null)).ToArray();
            used += count;
            return $"{parts[0]}<{string.Join(", ", written)}>";
        });
        return $"{(string.IsNullOrEmpty(type.Namespace) ? string.Empty : type.Namespace + ".")}{string.Join('.', names)}";
    }

    private static bool IsNullable(NullabilityInfo? nullability) => NullabilityState.Nullable == (nullability?.ReadState switch
    {
        NullabilityState.Unknown or null => nullability?.WriteState,
        NullabilityState state => state,
    });
}
