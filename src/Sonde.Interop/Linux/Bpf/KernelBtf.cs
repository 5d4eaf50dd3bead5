using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>The bytes of the running kernel's BTF: mapped where the kernel allows it (6.16), read where it does not.</summary>
[SupportedOSPlatform("linux")]
internal sealed class KernelBtf : IDisposable
{
    /// <summary>Where kernels built with CONFIG_DEBUG_INFO_BTF show it.</summary>
    internal const string VmlinuxPath = "/sys/kernel/btf/vmlinux";

    private const int MaxBytes = 128 << 20; // kernels in use have 4 to 10 MB
    private readonly MappedMemory? _mapping;
    private readonly byte[] _bytes;

    private KernelBtf(MappedMemory? mapping, byte[] bytes)
    {
        _mapping = mapping;
        _bytes = bytes;
    }

    /// <summary>The bytes, valid until this is disposed; for <see cref="Btf.TryParse"/>.</summary>
    internal ReadOnlySpan<byte> Bytes => _mapping is null ? _bytes : _mapping.Slice(0, (int)_mapping.Length);

    internal bool IsMapped => _mapping is not null;

    /// <summary>Opens the file.</summary>
    /// <exception cref="NativeException">The system refused; ENOENT when the kernel was built without it.</exception>
    internal static KernelBtf Open(string path = VmlinuxPath)
    {
        long length = new FileInfo(path) is { Exists: true } info ? info.Length : 0;
        if (length is > 0 and <= MaxBytes)
        {
            using FileDescriptor file = LibC.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC);
            if (!file.IsInvalid)
            {
                try
                {
                    return new KernelBtf(MappedMemory.MapReadOnly(file, 0, length, isShared: false), []);
                }
                catch (NativeException)
                {
                    // ENODEV before 6.16: this file could only be read then.
                }
            }
        }

        try
        {
            return new KernelBtf(null, LibC.ReadFile(path, MaxBytes, out _));
        }
        catch (NativeException e)
        {
            throw new NativeException($"{e.Operation}({path})", e.Error);
        }
    }

    public void Dispose() => _mapping?.Dispose();
}
