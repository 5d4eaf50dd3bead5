using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>The system's list of all processes at one moment, and where each lies in it. Empty until the first <see cref="Refresh"/>.</summary>
[SupportedOSPlatform("windows")]
internal sealed class ProcessList
{
    private readonly SystemInformation _system = new();
    private readonly Dictionary<int, int> _offsets = [];

    /// <summary>The bytes, to walk through.</summary>
    internal AddressedBytes Bytes => _system.Last;

    /// <summary>How many entries could not be read, or not whole, of the last list.</summary>
    internal int Damaged { get; private set; }

    /// <summary>Reads the list anew; allocates nothing once its buffer has grown.</summary>
    /// <exception cref="HostException">The system refused.</exception>
    internal void Refresh()
    {
        try
        {
            _system.Ask(NtDll.SystemProcessInformation);
        }
        catch (NativeException refused)
        {
            _offsets.Clear();
            throw HostException.From(refused);
        }

        Damaged = ProcessIndex.Fill(_system.Last, _offsets);
    }

    /// <summary>Where each process of the last list lies, by id.</summary>
    internal Dictionary<int, int> Offsets => _offsets;

    /// <summary>The process that had this id in the last list.</summary>
    internal bool TryFind(int pid, out ProcessEntry entry)
    {
        entry = default;
        return _offsets.TryGetValue(pid, out int offset) && ProcessEntry.TryRead(_system.Last, offset, out entry, out _);
    }
}
