using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Sonde.Interop.Windows;

/// <summary>Which file lies under a path.</summary>
/// <param name="Volume">The serial number of its volume.</param>
/// <param name="Id">Its number on that volume.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Written">When its contents changed last, as a FILETIME.</param>
/// <param name="Changed">When it was changed in any way, as a FILETIME.</param>
[SupportedOSPlatform("windows")]
internal readonly unsafe partial record struct FileFacts(ulong Volume, UInt128 Id, long Size, long Written, long Changed)
{
    private const string Library = "kernel32.dll";
    private const uint FILE_READ_ATTRIBUTES = 0x0080;
    private const uint FILE_SHARE_ALL = 0x0007; // read, write, delete
    private const uint OPEN_EXISTING = 3;
    private const int FileBasicInfo = 0;
    private const int FileStandardInfo = 1;
    private const int FileIdInfo = 18;

    /// <summary>Looks at the file under a path, without opening its contents and without hindering anybody.</summary>
    /// <returns>A Win32 error.</returns>
    internal static int Read(string path, out FileFacts facts)
    {
        facts = default;
        using SafeFileHandle file = CreateFileW(path, FILE_READ_ATTRIBUTES, FILE_SHARE_ALL, 0, OPEN_EXISTING, 0, 0);
        int error = Marshal.GetLastPInvokeError();
        return file.IsInvalid ? error : Read(file, out facts);
    }

    /// <summary>Looks at an open file.</summary>
    /// <returns>A Win32 error.</returns>
    internal static int Read(SafeFileHandle file, out FileFacts facts)
    {
        facts = default;
        FILE_ID_INFO id;
        FILE_BASIC_INFO basic;
        FILE_STANDARD_INFO standard;

        // SAFETY: each call writes the struct that its class stands for, whose size it is told.
        if (GetFileInformationByHandleEx(file, FileIdInfo, &id, (uint)sizeof(FILE_ID_INFO)) == 0
            || GetFileInformationByHandleEx(file, FileBasicInfo, &basic, (uint)sizeof(FILE_BASIC_INFO)) == 0
            || GetFileInformationByHandleEx(file, FileStandardInfo, &standard, (uint)sizeof(FILE_STANDARD_INFO)) == 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        facts = new FileFacts(id.VolumeSerialNumber, new UInt128(id.FileIdHigh, id.FileIdLow), standard.EndOfFile, basic.LastWriteTime, basic.ChangeTime);
        return Win32.ERROR_SUCCESS;
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFileW(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int GetFileInformationByHandleEx(SafeFileHandle file, int what, void* buffer, uint size);
}

/// <summary>struct FILE_ID_INFO (winbase.h): the file's id is an array of 16 bytes, the least first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FILE_ID_INFO
{
    internal ulong VolumeSerialNumber;
    internal ulong FileIdLow;
    internal ulong FileIdHigh;
}

/// <summary>struct FILE_BASIC_INFO (winbase.h); times are FILETIME.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FILE_BASIC_INFO
{
    internal long CreationTime;
    internal long LastAccessTime;
    internal long LastWriteTime;
    internal long ChangeTime;
    internal uint FileAttributes;
}

/// <summary>struct FILE_STANDARD_INFO (winbase.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FILE_STANDARD_INFO
{
    internal long AllocationSize;
    internal long EndOfFile;
    internal uint NumberOfLinks;
    internal byte DeletePending;
    internal byte Directory;
}
