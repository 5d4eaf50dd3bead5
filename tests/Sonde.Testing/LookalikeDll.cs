using System.Reflection;
using System.Runtime.InteropServices;

namespace Sonde.Testing;

/// <summary>A DLL that a test compiled in place of one of the system's, for what this machine's system cannot show.</summary>
/// <remarks>
/// The runtime binds a library once per assembly, so the choice is made before the first call and holds for the whole process;
/// what the DLL then plays is chosen by its own exports.
/// </remarks>
public sealed unsafe class LookalikeDll
{
    private readonly nint _library;

    private LookalikeDll(nint library) => _library = library;

    /// <summary>Lets <paramref name="assembly"/> find the file at <paramref name="path"/> when it asks for <paramref name="name"/>.</summary>
    public static LookalikeDll Replace(Assembly assembly, string name, string path) => ReplaceAll(assembly, path, name);

    /// <summary>Lets <paramref name="assembly"/> find the file at <paramref name="path"/> when it asks for any of <paramref name="names"/>.</summary>
    public static LookalikeDll ReplaceAll(Assembly assembly, string path, params string[] names)
    {
        nint library = NativeLibrary.Load(path);
        NativeLibrary.SetDllImportResolver(assembly, (asked, _, _) => names.Contains(asked, StringComparer.OrdinalIgnoreCase) ? library : 0);
        return new LookalikeDll(library);
    }

    /// <summary>Loads the file at <paramref name="path"/>, which the code under test loads by that path too.</summary>
    public static LookalikeDll Load(string path) => new(NativeLibrary.Load(path));

    /// <summary>Calls an export that takes an int and returns one.</summary>
    public int Call(string export, int argument = 0) =>
        ((delegate* unmanaged<int, int>)NativeLibrary.GetExport(_library, export))(argument);

    /// <summary>Calls an export that takes memory and its length, to read or to fill, and returns an int.</summary>
    public int CallWith(string export, Span<byte> memory)
    {
        fixed (byte* start = memory)
        {
            return ((delegate* unmanaged<byte*, int, int>)NativeLibrary.GetExport(_library, export))(start, memory.Length);
        }
    }
}
