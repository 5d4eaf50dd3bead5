using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;
using LibC = Sonde.Interop.Linux.LibC;

namespace Sonde.Host.Privileges.Linux;

/// <summary>Capabilities and no_new_privs, of every thread of this process.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxProcessPrivileges : ProcessPrivileges
{
    private const string Tasks = "/proc/self/task";
    private const int StatusBytes = 16 * 1024;

    // A signal reaches a running thread in microseconds and a blocked one when it wakes for it; a second is generous, and bounded.
    private const int MaxRounds = 200;
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(5);

    public override IReadOnlyList<BackendStatus> Check()
    {
        const string Provides = "capabilities by name, no_new_privs, and giving them up in all threads";
        try
        {
            PrivilegeReport report = Read();
            string? note = ReadThreads().Count == 0 ? $"{Tasks} shows no threads, so rights cannot be given up" : null;
            return [new BackendStatus(Part, "capabilities", BackendState.Available, Provides, "capget", report.Rights.HasValue ? note : report.Rights.Reason)];
        }
        catch (HostException refused)
        {
            return [BackendStatus.From(Part, "capabilities", Provides, refused)];
        }
    }

    public override PrivilegeReport Read()
    {
        uint uid = UserId.Effective;
        Reading<IReadOnlyList<HeldRight>> rights;
        try
        {
            CapabilitySets sets = CapabilitySets.Read();
            rights = Reading.Ok<IReadOnlyList<HeldRight>>(
                [.. CapabilityNames.Of(sets.Permitted).Select(name => new HeldRight(name, (sets.Effective & CapabilityNames.ToSet([name])) != 0))]);
        }
        catch (NativeException refused)
        {
            rights = Reading.Failed<IReadOnlyList<HeldRight>>(refused.Message);
        }

        int noNewPrivileges = LibC.prctl(LibC.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
        return new PrivilegeReport
        {
            User = Environment.UserName is { Length: > 0 } name ? name : uid.ToString(CultureInfo.InvariantCulture),
            UserId = uid.ToString(CultureInfo.InvariantCulture),
            IsAdministrator = uid == 0,
            IsElevated = Reading.Unsupported<bool>("Linux has no elevation: root and capabilities tell"),
            IntegrityLevel = Reading.Unsupported<string>("Linux has no integrity levels"),
            NoNewPrivileges = noNewPrivileges < 0 ? Reading.Failed<bool>(NativeError.LastErrno().ToString()) : noNewPrivileges == 1,
            Rights = rights,
            Devices = Reading.Unsupported<IReadOnlyList<DeviceAccess>>("Linux captures by socket, not by device"),
        };
    }

    public override PrivilegeDrop Drop(IReadOnlyCollection<string> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        ulong wanted = CapabilityNames.ToSet(keep);
        if (!AllThreads.IsSupported)
        {
            throw new HostException(HostFailure.Unavailable, "capset", null, 0, "giving up rights in all threads is written for x64 and arm64 only");
        }

        try
        {
            Dictionary<int, ThreadStatus> before = ReadThreads();
            ulong held = before.Values.Aggregate(0UL, (all, thread) => all | thread.All);
            if (before.Count == 0)
            {
                throw new HostException(HostFailure.Unavailable, "open", Tasks, 0, "it lists no threads, so nothing could be checked");
            }

            Dictionary<int, ThreadStatus> after = DropEverywhere(wanted);
            ulong left = after.Values.Aggregate(0UL, (all, thread) => all | thread.All);
            var gaps = after
                .Where(thread => !IsDropped(thread.Value, wanted))
                .Select(thread => new Gap($"thread {thread.Key} ({thread.Value.Name})", ReadingStatus.Failed, "it did not take the signal in time and still holds its rights", 1))
                .ToList();
            return new PrivilegeDrop(
                CapabilityNames.Of(held & ~left),
                CapabilityNames.Of(left),
                after.Values.All(thread => thread.NoNewPrivileges == true)
                    ? true
                    : Reading.Failed<bool>("not every thread says that it is set"),
                gaps);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    private static bool IsDropped(ThreadStatus thread, ulong wanted) =>
        (thread.All & ~wanted) == 0 && thread.NoNewPrivileges != false;

    private static Dictionary<int, ThreadStatus> DropEverywhere(ulong wanted)
    {
        PrivilegeProgram program = PrivilegeProgram.Keeping(wanted);
        using StopSignal never = StopSignal.Create();
        FileDescriptor pause = ((UnixStopSignal)never).Waitable; // on Linux it is made of descriptors
        Dictionary<int, ThreadStatus> threads = ReadThreads();
        program.Run(threads.Keys);
        for (int round = 0; round < MaxRounds; round++)
        {
            threads = ReadThreads();
            List<int> left = [.. threads.Where(thread => !IsDropped(thread.Value, wanted)).Select(thread => thread.Key)];
            if (left.Count == 0)
            {
                break;
            }

            // A thread started meanwhile by one that had not dropped yet was in no earlier list.
            if (round % 10 == 9)
            {
                program.Run(left);
            }

            Poller.Wait(pause, stop: null, s_round);
        }

        return threads;
    }

    private static Dictionary<int, ThreadStatus> ReadThreads()
    {
        var threads = new Dictionary<int, ThreadStatus>();
        if (!Directory.Exists(Tasks))
        {
            return threads;
        }

        foreach (string task in Directory.EnumerateDirectories(Tasks))
        {
            if (!int.TryParse(Path.GetFileName(task), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                continue;
            }

            try
            {
                byte[] text = LibC.ReadFile($"{task}/status", StatusBytes, out _);
                if (ThreadStatus.TryParse(text, out ThreadStatus? status))
                {
                    threads[id] = status!; // not null when parsed
                }
            }
            catch (NativeException gone) when (gone.Error.Code is 2 or 3)
            {
                // ENOENT, ESRCH: the thread ended, and its rights with it.
            }
        }

        return threads;
    }
}
