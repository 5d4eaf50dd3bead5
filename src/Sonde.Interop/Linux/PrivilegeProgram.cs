using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Linux;

/// <summary>The system calls by which a thread gives up capabilities: no new ones by exec, no ambient ones, and only the kept ones held.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class PrivilegeProgram
{
    private readonly ThreadCall[] _calls;

    private PrivilegeProgram(ThreadCall[] calls) => _calls = calls;

    /// <summary>The program that leaves a thread at most the capabilities of <paramref name="kept"/>.</summary>
    /// <remarks>
    /// capset(2) refuses to raise a permitted bit, so what is kept is first cut to what the calling thread holds: the threads of a process
    /// that has not called capset itself all hold the same.
    /// </remarks>
    internal static PrivilegeProgram Keeping(ulong kept)
    {
        CapabilitySets now = CapabilitySets.Read();
        ulong permitted = now.Permitted & kept;
        ulong effective = now.Effective & kept;
        ulong inheritable = now.Inheritable & kept;

        // SAFETY: lives for ever, because a signal may still be on its way to a thread when everything else is done; 32 bytes a drop.
        var header = (__user_cap_header_struct*)NativeMemory.AllocZeroed((nuint)(sizeof(__user_cap_header_struct) + (2 * sizeof(__user_cap_data_struct))));
        var data = (__user_cap_data_struct*)(header + 1);
        header->version = LibC._LINUX_CAPABILITY_VERSION_3;
        data[0] = new __user_cap_data_struct { effective = (uint)effective, permitted = (uint)permitted, inheritable = (uint)inheritable };
        data[1] = new __user_cap_data_struct
        {
            effective = (uint)(effective >> 32),
            permitted = (uint)(permitted >> 32),
            inheritable = (uint)(inheritable >> 32),
        };

        (long capset, long prctl, _) = AllThreads.Numbers;
        return new PrivilegeProgram(
        [
            new ThreadCall(prctl, LibC.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
            new ThreadCall(prctl, LibC.PR_CAP_AMBIENT, LibC.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0),
            new ThreadCall(capset, (long)header, (long)data, 0, 0, 0),
        ]);
    }

    /// <summary>Runs it on the calling thread and sends it to <paramref name="threads"/>.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal void Run(IEnumerable<int> threads) => AllThreads.Run(_calls, threads);
}
