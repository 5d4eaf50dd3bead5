using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>Takes a page of the list of services.</summary>
/// <param name="page">The rows, then their names; valid during the call.</param>
/// <param name="count">How many rows the system says there are.</param>
internal delegate void ServicePage(AddressedBytes page, int count);

/// <summary>The service control manager, opened for looking at services.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class ServiceManager : IDisposable
{
    // The system takes no larger buffer for the list (EnumServicesStatusEx), nor for the settings of a service (QueryServiceConfig).
    private const int PageSize = 256 * 1024;
    private const int MaximumPages = 256;

    private readonly ServiceHandle _manager;

    private ServiceManager(ServiceHandle manager) => _manager = manager;

    /// <summary>Opens the manager with the right to list, which every user who is logged on has.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static ServiceManager Open() => new(AdvApi32.OpenServiceManager(WinSvc.SC_MANAGER_ENUMERATE_SERVICE));

    /// <summary>Lists services page by page.</summary>
    /// <returns>Whether that was all of them.</returns>
    /// <exception cref="NativeException">The system refused.</exception>
    internal bool Enumerate(uint types, uint states, ServicePage page)
    {
        var buffer = new Win32Buffer(PageSize);
        uint resume = 0;
        for (int pages = 0; pages < MaximumPages; pages++)
        {
            int count = 0;
            bool hasMore = false;
            uint next = resume;
            AddressedBytes bytes = buffer.Ask("EnumServicesStatusEx", (Span<byte> room, ref uint length) =>
            {
                uint needed = 0;
                uint returned = 0;
                uint position = next;
                bool done;
                fixed (byte* start = room)
                {
                    // SAFETY: the length of the room is passed with it; the three numbers outlive the call.
                    done = AdvApi32.EnumServicesStatusExW(
                        _manager, WinSvc.SC_ENUM_PROCESS_INFO, types, states, start, (uint)room.Length, &needed, &returned, &position, null) != 0;
                }

                int error = done ? Win32.ERROR_SUCCESS : Marshal.GetLastPInvokeError();
                if (error == Win32.ERROR_MORE_DATA && returned > 0)
                {
                    hasMore = true;
                    error = Win32.ERROR_SUCCESS;
                }

                count = (int)Math.Min(returned, int.MaxValue);
                next = position;
                return error;
            });
            page(bytes, count);
            if (!hasMore)
            {
                return true;
            }

            resume = next;
        }

        return false;
    }

    /// <summary>Opens a service to ask how it is set up.</summary>
    /// <exception cref="NativeException">The system refused, or it was deleted meanwhile.</exception>
    internal ServiceHandle OpenService(string name) => AdvApi32.OpenService(_manager, name, WinSvc.SERVICE_QUERY_CONFIG);

    /// <summary>A QUERY_SERVICE_CONFIGW and its texts; valid until the buffer's next use.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static AddressedBytes QueryConfig(ServiceHandle service, Win32Buffer buffer) =>
        buffer.Ask("QueryServiceConfig", (Span<byte> room, ref uint length) =>
        {
            uint needed = 0;
            fixed (byte* start = room)
            {
                // SAFETY: the length of the room is passed with it.
                if (AdvApi32.QueryServiceConfigW(service, start, (uint)room.Length, &needed) != 0)
                {
                    return Win32.ERROR_SUCCESS;
                }
            }

            int error = Marshal.GetLastPInvokeError();
            length = needed;
            return error;
        });

    /// <summary>One of the settings that came later, by its SERVICE_CONFIG_ number; valid until the buffer's next use.</summary>
    /// <exception cref="NativeException">The system refused, or does not know this setting.</exception>
    internal static AddressedBytes QueryConfig2(ServiceHandle service, uint level, Win32Buffer buffer) =>
        buffer.Ask($"QueryServiceConfig2({level})", (Span<byte> room, ref uint length) =>
        {
            uint needed = 0;
            fixed (byte* start = room)
            {
                // SAFETY: the length of the room is passed with it.
                if (AdvApi32.QueryServiceConfig2W(service, level, start, (uint)room.Length, &needed) != 0)
                {
                    return Win32.ERROR_SUCCESS;
                }
            }

            int error = Marshal.GetLastPInvokeError();
            length = needed;
            return error;
        });

    public void Dispose() => _manager.Dispose();
}
