using System.Runtime.InteropServices;

namespace Sonde.Interop.MacOS;

// launch.h: asking launchd. Deprecated since 10.10 without a successor for listing jobs, as the header itself says; so a system without them is
// expected, and each is bound at its first call. A launch_data_t is opaque: all that is known of it comes from these functions.
internal static unsafe partial class LibSystem
{
    [LibraryImport(Library)]
    internal static partial nint launch_data_new_string(byte* text);

    [LibraryImport(Library)]
    internal static partial void launch_data_free(nint data);

    // The answer belongs to the caller; null with errno set when launchd does not answer.
    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint launch_msg(nint request);

    [LibraryImport(Library)]
    internal static partial int launch_data_get_type(nint data);

    [LibraryImport(Library)]
    internal static partial long launch_data_get_integer(nint data);

    [LibraryImport(Library)]
    internal static partial byte* launch_data_get_string(nint data);

    [LibraryImport(Library)]
    internal static partial int launch_data_get_errno(nint data);

    [LibraryImport(Library)]
    internal static partial nint launch_data_dict_lookup(nint dictionary, byte* key);

    [LibraryImport(Library)]
    internal static partial void launch_data_dict_iterate(nint dictionary, delegate* unmanaged<nint, byte*, nint, void> visit, nint context);

    [LibraryImport(Library)]
    internal static partial nuint launch_data_array_get_count(nint array);

    [LibraryImport(Library)]
    internal static partial nint launch_data_array_get_index(nint array, nuint index);
}
