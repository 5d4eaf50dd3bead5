using System.Runtime.InteropServices;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Tests.Processes.Windows;

/// <summary>Builds what NtQuerySystemInformation(5) writes, laid out as Windows 10 1709 and later do: head, threads, extension, name, aligned to eight bytes.</summary>
internal sealed class ListAnswer
{
    internal const int Address = 0x7000_1000;
    private readonly List<byte> _bytes = [];
    private int _lastAt = -1;

    /// <summary>Whether the extension stands behind the threads, as on systems that have it.</summary>
    internal bool HasExtension { get; init; } = true;

    internal byte[] Bytes => [.. _bytes];

    internal AddressedBytes Answer => new(Bytes, Address);

    internal int LastAt => _lastAt;

    internal ListAnswer Add(
        int pid,
        string? name,
        SYSTEM_PROCESS_INFORMATION head = default,
        SYSTEM_PROCESS_INFORMATION_EXTENSION extension = default,
        params SYSTEM_THREAD_INFORMATION[] threads)
    {
        if (_lastAt >= 0)
        {
            while (_bytes.Count % 8 != 0)
            {
                _bytes.Add(0);
            }

            Set(_lastAt, 0, (uint)(_bytes.Count - _lastAt));
        }

        _lastAt = _bytes.Count;
        byte[] text = Encoding.Unicode.GetBytes(name ?? string.Empty);
        int before = NativeStruct.SizeOf<SYSTEM_PROCESS_INFORMATION>() + (threads.Length * NativeStruct.SizeOf<SYSTEM_THREAD_INFORMATION>())
            + (HasExtension ? NativeStruct.SizeOf<SYSTEM_PROCESS_INFORMATION_EXTENSION>() : 0);
        head.NextEntryOffset = 0;
        head.NumberOfThreads = (uint)threads.Length;
        head.UniqueProcessId = pid;
        head.ImageName = name is null
            ? default
            : new UNICODE_STRING { Length = (ushort)text.Length, MaximumLength = (ushort)(text.Length + 2), Buffer = (Address + _lastAt + before) };
        _bytes.AddRange(NativeStruct.AsBytes(head));
        foreach (SYSTEM_THREAD_INFORMATION thread in threads)
        {
            _bytes.AddRange(NativeStruct.AsBytes(thread));
        }

        if (HasExtension)
        {
            _bytes.AddRange(NativeStruct.AsBytes(extension));
        }

        if (name is not null)
        {
            _bytes.AddRange(text);
            _bytes.AddRange([0, 0]);
        }

        return this;
    }

    internal void Set<T>(int entry, int offset, T value)
        where T : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(new Span<T>(ref value)).ToArray();
        for (int i = 0; i < bytes.Length; i++)
        {
            _bytes[entry + offset + i] = bytes[i];
        }
    }
}
