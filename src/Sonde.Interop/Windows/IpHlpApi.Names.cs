using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

// netioapi.h: the names of an interface, by its LUID.
internal static unsafe partial class IpHlpApi
{
    [LibraryImport(Library)]
    private static partial int ConvertInterfaceLuidToIndex(ulong* luid, uint* index);

    [LibraryImport(Library)]
    private static partial int ConvertInterfaceLuidToAlias(ulong* luid, char* alias, nuint length);

    [LibraryImport(Library)]
    private static partial int ConvertInterfaceLuidToGuid(ulong* luid, Guid* id);

    /// <summary>An interface's index.</summary>
    /// <exception cref="NativeException">There is none of that LUID.</exception>
    internal static uint ReadInterfaceIndex(ulong luid)
    {
        uint index = 0;

        // SAFETY: each of these calls reads one LUID and writes what it is given room for; all are locals.
        Check("ConvertInterfaceLuidToIndex", ConvertInterfaceLuidToIndex(&luid, &index));
        return index;
    }

    /// <summary>The name that users see.</summary>
    /// <exception cref="NativeException">There is none of that LUID.</exception>
    internal static string ReadInterfaceAlias(ulong luid)
    {
        char* alias = stackalloc char[IF_MAX_STRING_SIZE + 1];
        Check("ConvertInterfaceLuidToAlias", ConvertInterfaceLuidToAlias(&luid, alias, IF_MAX_STRING_SIZE + 1));
        var text = new ReadOnlySpan<char>(alias, IF_MAX_STRING_SIZE + 1);
        int end = text.IndexOf('\0');
        return new string(end < 0 ? text : text[..end]);
    }

    /// <summary>An interface's GUID.</summary>
    /// <exception cref="NativeException">There is none of that LUID.</exception>
    internal static Guid ReadInterfaceId(ulong luid)
    {
        Guid id = default;
        Check("ConvertInterfaceLuidToGuid", ConvertInterfaceLuidToGuid(&luid, &id));
        return id;
    }

    private static void Check(string operation, int error)
    {
        if (error != Win32.ERROR_SUCCESS)
        {
            throw new NativeException(operation, Win32.Error(error));
        }
    }
}
