using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>A map: memory that programs in the kernel and this process share, reached key by key.</summary>
/// <remarks>Lives as long as this or a loaded program that refers to it. Any thread may call.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class BpfMap : IDisposable
{
    private readonly FileDescriptor _fd;

    private BpfMap(FileDescriptor fd, BpfMapType type, int keySize, int valueSize, int maxEntries)
    {
        _fd = fd;
        Type = type;
        KeySize = keySize;
        MaxEntries = maxEntries;
        IsPerCpu = type is BpfMapType.PerCpuHash or BpfMapType.PerCpuArray or BpfMapType.LruPerCpuHash;

        // linux/bpf.h: a per-CPU value is an array of values, each rounded up to eight bytes.
        ValueSize = IsPerCpu ? checked(((valueSize + 7) & ~7) * PossibleCpus.Count) : valueSize;
    }

    internal FileDescriptor Descriptor => _fd;

    internal BpfMapType Type { get; }

    internal int KeySize { get; }

    /// <summary>Bytes of one value as this process sees it: of all processors together for a per-CPU map.</summary>
    internal int ValueSize { get; }

    internal int MaxEntries { get; }

    internal bool IsPerCpu { get; }

    /// <summary>Makes a map.</summary>
    /// <param name="type">Its kind.</param>
    /// <param name="name">How tools such as bpftool show it: at most 15 letters, digits, underscores and dots.</param>
    /// <param name="keySize">Bytes of a key: 4 for arrays, 0 for a ring buffer.</param>
    /// <param name="valueSize">Bytes of a value (of one processor); 0 for a ring buffer.</param>
    /// <param name="maxEntries">How many it holds; for a ring buffer its bytes, a power of two and whole pages.</param>
    /// <param name="flags">BPF_F_NO_PREALLOC for a large hash that is rarely full.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static BpfMap Create(BpfMapType type, string name, int keySize, int valueSize, int maxEntries, uint flags = 0) =>
        Create(type, name, keySize, valueSize, maxEntries, flags, inner: 0);

    /// <summary>Makes an array of one map, which <see cref="Exchange"/> sets.</summary>
    /// <param name="name">As of other maps.</param>
    /// <param name="inner">The first inner map; those that follow must be of its shape.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static BpfMap CreateHolder(string name, BpfMap inner)
    {
        using var fd = new BorrowedDescriptor(inner.Descriptor);
        BpfMap holder = Create(BpfMapType.ArrayOfMaps, name, sizeof(uint), sizeof(uint), 1, 0, fd.Number);
        try
        {
            holder.Exchange(inner);
            return holder;
        }
        catch
        {
            holder.Dispose();
            throw;
        }
    }

    /// <summary>Puts another map into a holder. When this returns, no program writes to the one before any more (kernel 4.20 waits for them).</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal void Exchange(BpfMap inner)
    {
        using var fd = new BorrowedDescriptor(inner.Descriptor);
        Span<byte> value = stackalloc byte[sizeof(uint)];
        BitConverter.TryWriteBytes(value, fd.Number);
        Update([0, 0, 0, 0], value);
    }

    private static BpfMap Create(BpfMapType type, string name, int keySize, int valueSize, int maxEntries, uint flags, uint inner)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keySize);
        ArgumentOutOfRangeException.ThrowIfNegative(valueSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxEntries);
        var attribute = new bpf_attr_map_create
        {
            map_type = (uint)type,
            key_size = (uint)keySize,
            value_size = (uint)valueSize,
            max_entries = (uint)maxEntries,
            map_flags = flags,
            inner_map_fd = inner,
            map_name = BpfName.Of(name),
        };
        FileDescriptor fd = BpfSyscall.Open(BpfAbi.BPF_MAP_CREATE, ref attribute, out NativeError error);
        if (fd.IsInvalid)
        {
            fd.Dispose();
            throw new NativeException($"bpf(BPF_MAP_CREATE {type} {name})", error);
        }

        try
        {
            return new BpfMap(fd, type, keySize, valueSize, maxEntries);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>Copies the value of <paramref name="key"/>.</summary>
    /// <returns><see langword="false"/> when there is none.</returns>
    internal bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value) =>
        Element(BpfAbi.BPF_MAP_LOOKUP_ELEM, "bpf(BPF_MAP_LOOKUP_ELEM)", key, value, 0, Unix.LibC.ENOENT);

    /// <summary>Copies the value of <paramref name="key"/> and removes it, with nothing in between (hashes since kernel 5.14).</summary>
    /// <returns><see langword="false"/> when there is none.</returns>
    internal bool TryTake(ReadOnlySpan<byte> key, Span<byte> value) =>
        Element(BpfAbi.BPF_MAP_LOOKUP_AND_DELETE_ELEM, "bpf(BPF_MAP_LOOKUP_AND_DELETE_ELEM)", key, value, 0, Unix.LibC.ENOENT);

    /// <summary>Sets the value of <paramref name="key"/>.</summary>
    /// <returns><see langword="false"/> when <paramref name="mode"/> forbids it: the key is there already, or is not there.</returns>
    /// <exception cref="NativeException">The system refused; E2BIG when the map is full.</exception>
    internal bool Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, BpfUpdateMode mode = BpfUpdateMode.Any) =>
        Element(
            BpfAbi.BPF_MAP_UPDATE_ELEM,
            "bpf(BPF_MAP_UPDATE_ELEM)",
            key,
            value,
            (ulong)mode,
            mode == BpfUpdateMode.Insert ? BpfAbi.EEXIST : Unix.LibC.ENOENT);

    /// <summary>Removes <paramref name="key"/>.</summary>
    /// <returns><see langword="false"/> when it was not there.</returns>
    internal unsafe bool Remove(ReadOnlySpan<byte> key)
    {
        Require(key.Length == KeySize, nameof(key), KeySize);
        using var fd = new BorrowedDescriptor(_fd);
        fixed (byte* keyBytes = key)
        {
            // SAFETY: the key is pinned for the call and as long as the kernel expects (checked above).
            var attribute = new bpf_attr_elem { map_fd = fd.Number, key = keyBytes };
            return BpfSyscall.Call(BpfAbi.BPF_MAP_DELETE_ELEM, ref attribute, out NativeError error) >= 0
                || (error.Code == Unix.LibC.ENOENT ? false : throw new NativeException("bpf(BPF_MAP_DELETE_ELEM)", error));
        }
    }

    /// <summary>Finds the key after <paramref name="key"/> in the map's own order; the first one after an empty span or a key that is gone.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    internal unsafe bool TryNextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        Require(key.IsEmpty || key.Length == KeySize, nameof(key), KeySize);
        Require(next.Length == KeySize, nameof(next), KeySize);
        using var fd = new BorrowedDescriptor(_fd);
        fixed (byte* keyBytes = key)
        fixed (byte* nextBytes = next)
        {
            // SAFETY: both are pinned for the call and of the map's key size; a null key asks for the first.
            var attribute = new bpf_attr_elem { map_fd = fd.Number, key = keyBytes, value = nextBytes };
            return BpfSyscall.Call(BpfAbi.BPF_MAP_GET_NEXT_KEY, ref attribute, out NativeError error) >= 0
                || (error.Code == Unix.LibC.ENOENT ? false : throw new NativeException("bpf(BPF_MAP_GET_NEXT_KEY)", error));
        }
    }

    /// <summary>Asks for many entries at once.</summary>
    /// <param name="take">Whether to remove what is read.</param>
    /// <param name="position">Where the last call ended; four bytes or a key, whichever is longer.</param>
    /// <param name="first">Whether this call begins at the start.</param>
    /// <param name="keys">Room for the keys.</param>
    /// <param name="values">Room for as many values.</param>
    /// <param name="count">How many were asked for, then how many came.</param>
    /// <returns>0, or the errno: ENOENT after the last entry (with a count), ENOSPC when one bucket holds more than there is room for.</returns>
    internal unsafe NativeError Batch(bool take, Span<byte> position, bool first, Span<byte> keys, Span<byte> values, ref int count)
    {
        Require(position.Length >= Math.Max(KeySize, sizeof(uint)), nameof(position), KeySize);
        Require(keys.Length >= (long)KeySize * count, nameof(keys), KeySize * count);
        Require(values.Length >= (long)ValueSize * count, nameof(values), ValueSize * count);
        using var fd = new BorrowedDescriptor(_fd);
        fixed (byte* positionBytes = position)
        fixed (byte* keyBytes = keys)
        fixed (byte* valueBytes = values)
        {
            // SAFETY: all are pinned for the call and have room for count entries (checked above); in and out position may be the same.
            var attribute = new bpf_attr_batch
            {
                in_batch = first ? null : positionBytes,
                out_batch = positionBytes,
                keys = keyBytes,
                values = valueBytes,
                count = (uint)count,
                map_fd = fd.Number,
            };
            int command = take ? BpfAbi.BPF_MAP_LOOKUP_AND_DELETE_BATCH : BpfAbi.BPF_MAP_LOOKUP_BATCH;
            nint result = BpfSyscall.Call(command, ref attribute, out NativeError error);

            // The count is written only when the kernel got as far as reading entries.
            count = result >= 0 || error.Code == Unix.LibC.ENOENT ? (int)Math.Min(attribute.count, (uint)count) : 0;
            return error;
        }
    }

    public void Dispose() => _fd.Dispose();

    private static void Require(bool right, string parameter, int size)
    {
        if (!right)
        {
            throw new ArgumentException($"the map wants {size} bytes", parameter);
        }
    }

    private unsafe bool Element(int command, string operation, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags, int absent)
    {
        Require(key.Length == KeySize, nameof(key), KeySize);
        Require(value.Length == ValueSize, nameof(value), ValueSize);
        using var fd = new BorrowedDescriptor(_fd);
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = value)
        {
            // SAFETY: key and value are pinned for the call and of the map's sizes. Commands that write the value are given spans that may be
            // written: TryLookup and TryTake take Span<byte>.
            var attribute = new bpf_attr_elem { map_fd = fd.Number, key = keyBytes, value = valueBytes, flags = flags };
            return BpfSyscall.Call(command, ref attribute, out NativeError error) >= 0
                || (error.Code == absent ? false : throw new NativeException(operation, error));
        }
    }
}
