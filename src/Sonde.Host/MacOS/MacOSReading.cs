using Sonde.Interop;

namespace Sonde.Host.MacOS;

/// <summary>Turns a refusal of macOS into the reason why there is no value.</summary>
internal static class MacOSReading
{
    internal static ReadingStatus StatusOf(HostFailure failure) => failure switch
    {
        HostFailure.AccessDenied => ReadingStatus.Denied,
        HostFailure.NotFound => ReadingStatus.Gone,
        HostFailure.Unavailable => ReadingStatus.Unsupported,
        _ => ReadingStatus.Failed,
    };

    internal static Reading<T> Refused<T>(string operation, NativeError error) =>
        new(StatusOf(HostException.Classify(error)), default, $"{operation}: {error}");

    internal static Reading<T> Refused<T>(HostException refused) => new(StatusOf(refused.Failure), default, refused.Message);
}
