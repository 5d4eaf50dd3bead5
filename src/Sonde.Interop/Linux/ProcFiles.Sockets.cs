using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Sonde.Interop.Linux;

/// <summary>A descriptor that is a socket.</summary>
/// <param name="Descriptor">Its number in its process.</param>
/// <param name="Inode">The socket's inode: the same wherever the socket is open.</param>
internal readonly record struct SocketLink(int Descriptor, ulong Inode);

/// <content>Which descriptors of a process are sockets.</content>
internal sealed unsafe partial class ProcFiles
{
    private byte[]? _descriptors;
    private SocketLink[] _links = new SocketLink[64];

    /// <summary>Finds the sockets among the descriptors of the process that was entered.</summary>
    /// <param name="sockets">Them, good until the next call.</param>
    /// <returns>How many descriptors were looked at, or a negative error number.</returns>
    internal int ReadSockets(out ReadOnlySpan<SocketLink> sockets)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        sockets = default;
        int folder = OpenAt(_process, "fd"u8, LibC.O_RDONLY | LibC.O_CLOEXEC);
        if (folder < 0)
        {
            return folder;
        }

        // Of its own, because links are read while the entries are walked.
        _descriptors ??= GC.AllocateUninitializedArray<byte>(DirectoryBytes, pinned: true);
        int looked = 0;
        int count = 0;
        nint length;
        do
        {
            fixed (byte* target = _descriptors)
            {
                // SAFETY: the pinned array is offered with its true length.
                length = getdents64(folder, target, (nuint)_descriptors.Length);
            }

            looked += AddSockets(folder, _descriptors.AsSpan(0, Math.Max((int)length, 0)), ref count);
        }
        while (length > 0);
        int error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Unix.LibC.close(folder);
        sockets = _links.AsSpan(0, count);
        return error != 0 ? -error : looked;
    }

    private int AddSockets(int folder, ReadOnlySpan<byte> entries, ref int count)
    {
        const int NameOffset = 19;
        Span<byte> target = stackalloc byte[40]; // "socket:[" and at most twenty digits; what is longer is none
        int looked = 0;
        while (entries.Length > NameOffset)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(entries[16..]);
            if (length <= NameOffset || length > entries.Length)
            {
                break;
            }

            ReadOnlySpan<byte> name = entries[NameOffset..length];
            entries = entries[length..];
            if (!Utf8Parser.TryParse(name, out int descriptor, out int used) || used >= name.Length || name[used] != 0)
            {
                continue;
            }

            looked++;
            nint linked;
            fixed (byte* path = name)
            fixed (byte* text = target)
            {
                // SAFETY: the kernel terminated the name within its record, which is pinned; the span is offered with its true length.
                linked = readlinkat(folder, path, text, (nuint)target.Length);
            }

            if (linked > 0 && TryParseSocket(target[..(int)linked], out ulong inode))
            {
                if (count == _links.Length)
                {
                    Array.Resize(ref _links, count * 2);
                }

                _links[count++] = new SocketLink(descriptor, inode);
            }
        }

        return looked;
    }

    /// <summary>The number in "socket:[12345]".</summary>
    internal static bool TryParseSocket(ReadOnlySpan<byte> link, out ulong inode)
    {
        inode = 0;
        return link.StartsWith("socket:["u8)
            && link[^1] == ']'
            && Utf8Parser.TryParse(link["socket:[".Length..^1], out inode, out int used)
            && used == link.Length - "socket:[]".Length;
    }
}
