using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sonde.Host.Processes.Windows;

/// <summary>The parameters that a process was started with, in its own memory (PEB, winternl.h). It may write there what it likes: every length is bounded, nothing is believed.</summary>
/// <param name="read">Reads its memory.</param>
/// <param name="is32Bit">Whether its parameters are those of a 32-bit program on a 64-bit system.</param>
/// <param name="peb">Where its environment block lies.</param>
internal readonly struct ProcessParameters(MemoryRead read, bool is32Bit, ulong peb)
{
    private const int MaxEnvironmentBytes = 4 * 1024 * 1024;

    // Offsets in PEB and RTL_USER_PROCESS_PARAMETERS of 64-bit programs, and of 32-bit ones.
    private int ParametersAt => is32Bit ? 0x10 : 0x20;

    private int FolderAt => is32Bit ? 0x24 : 0x38;

    private int CommandLineAt => is32Bit ? 0x40 : 0x70;

    private int EnvironmentAt => is32Bit ? 0x48 : 0x80;

    private int EnvironmentSizeAt => is32Bit ? 0x290 : 0x3F0;

    /// <summary>The command line.</summary>
    internal int ReadCommandLine(int maxBytes, out string text, out bool isTruncated) => ReadText(CommandLineAt, maxBytes, out text, out isTruncated);

    /// <summary>The working folder, without the backslash that Windows keeps at its end; "C:\" keeps it.</summary>
    internal int ReadFolder(out string folder)
    {
        int status = ReadText(FolderAt, ushort.MaxValue, out folder, out _);
        if (folder.Length > 3 && folder.EndsWith('\\'))
        {
            folder = folder[..^1];
        }

        return status;
    }

    /// <summary>The environment: NAME=value, zero-terminated each.</summary>
    internal int ReadEnvironment(int maxBytes, out byte[] block, out bool isTruncated)
    {
        block = [];
        isTruncated = false;
        int status = ReadPointer(peb + (uint)ParametersAt, out ulong parameters);
        if (status < 0 || parameters == 0)
        {
            return status;
        }

        status = ReadPointer(parameters + (uint)EnvironmentAt, out ulong address);
        if (status < 0 || address == 0)
        {
            return status;
        }

        status = ReadPointer(parameters + (uint)EnvironmentSizeAt, out ulong size);
        if (status < 0)
        {
            return status;
        }

        int bound = Math.Clamp(maxBytes, 2, MaxEnvironmentBytes);
        isTruncated = size > (ulong)bound;
        block = new byte[(int)Math.Min(size, (ulong)bound) & ~1];
        return read(address, block);
    }

    /// <summary>The variables of a block; names that begin with "=" are the working folders of drives, which cmd.exe keeps there.</summary>
    internal static List<string> SplitEnvironment(ReadOnlySpan<byte> block, int maxVariables)
    {
        var variables = new List<string>();
        ReadOnlySpan<char> rest = MemoryMarshal.Cast<byte, char>(block);
        while (!rest.IsEmpty && rest[0] != '\0' && variables.Count < maxVariables)
        {
            int end = rest.IndexOf('\0');
            ReadOnlySpan<char> variable = end < 0 ? rest : rest[..end];
            if (variable[0] != '=')
            {
                variables.Add(variable.ToString());
            }

            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return variables;
    }

    private int ReadText(int at, int maxBytes, out string text, out bool isTruncated)
    {
        text = string.Empty;
        isTruncated = false;
        int status = ReadPointer(peb + (uint)ParametersAt, out ulong parameters);
        if (status < 0 || parameters == 0)
        {
            return status;
        }

        // UNICODE_STRING: two lengths, then a pointer aligned to its own size.
        Span<byte> head = stackalloc byte[is32Bit ? 8 : 16];
        status = read(parameters + (uint)at, head);
        if (status < 0)
        {
            return status;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(head) & ~1;
        ulong address = is32Bit ? BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) : BinaryPrimitives.ReadUInt64LittleEndian(head[8..]);
        isTruncated = length > maxBytes;
        length = Math.Min(length, maxBytes & ~1);
        if (length == 0 || address == 0)
        {
            return status;
        }

        byte[] bytes = new byte[length];
        status = read(address, bytes);
        text = status >= 0 ? new string(MemoryMarshal.Cast<byte, char>(bytes)) : string.Empty;
        return status;
    }

    private int ReadPointer(ulong at, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[is32Bit ? 4 : 8];
        int status = read(at, bytes);
        value = status < 0 ? 0 : is32Bit ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return status;
    }
}
