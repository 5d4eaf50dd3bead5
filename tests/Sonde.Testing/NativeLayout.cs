using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Sonde.Testing;

/// <summary>Where a field of a native struct lies.</summary>
public readonly record struct FieldPlace(int Offset, int Size);

/// <summary>Sizes and offsets of our declarations of native structs, as the running runtime lays them out.</summary>
public static class NativeLayout
{
    /// <summary>Every struct declared in a namespace: the ones that an oracle must know.</summary>
    /// <remarks>Native names are lower case or ALL_CAPS; our own helper types (NetlinkAnswer) are PascalCase and are not layouts.</remarks>
    public static IReadOnlyList<Type> StructsIn(Assembly assembly, string @namespace) =>
        [.. assembly.GetTypes()
            .Where(type => type.IsValueType && !type.IsEnum && !type.IsByRefLike && type.Namespace == @namespace && !type.IsNested)
            .Where(type => type.GetCustomAttribute<CompilerGeneratedAttribute>() is null && IsNativeName(type.Name))
            .OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>The struct's size in bytes.</summary>
    public static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    /// <summary>The struct's fields and where they lie.</summary>
    public static IReadOnlyDictionary<string, FieldPlace> FieldsOf(Type type)
    {
        var fields = new Dictionary<string, FieldPlace>(StringComparer.Ordinal);
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
        {
            fields.Add(field.Name, new FieldPlace(OffsetOf(type, field), field.FieldType.IsPointer ? nint.Size : SizeOf(field.FieldType)));
        }

        return fields;
    }

    private static bool IsNativeName(string name) => !name.Any(char.IsLower) || !char.IsUpper(name[0]);

    private static int OffsetOf(Type type, FieldInfo field)
    {
        // Address of the field minus address of the struct, asked of the runtime itself: Marshal.OffsetOf speaks of marshalled copies.
        var method = new DynamicMethod("offset", typeof(int), Type.EmptyTypes, typeof(NativeLayout).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        il.DeclareLocal(type);
        il.Emit(OpCodes.Ldloca_S, (byte)0);
        il.Emit(OpCodes.Ldflda, field);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldloca_S, (byte)0);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>()();
    }
}
