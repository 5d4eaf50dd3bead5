using Sonde.Interop;

namespace Sonde.Host.Windows;

/// <summary>Turns what Windows refused into a reason that stands where the value would.</summary>
internal static class Win32Reading
{
    internal static ReadingStatus StatusOf(NativeException refused) => HostException.Classify(refused.Error) switch
    {
        HostFailure.AccessDenied => ReadingStatus.Denied,
        HostFailure.NotFound => ReadingStatus.Gone,
        HostFailure.Unavailable => ReadingStatus.Unsupported,
        _ => ReadingStatus.Failed,
    };

    internal static Reading<T> From<T>(NativeException refused) => new(StatusOf(refused), default, refused.Message);

    internal static Gap GapOf(string what, NativeException refused) => new(what, StatusOf(refused), refused.Message);
}
