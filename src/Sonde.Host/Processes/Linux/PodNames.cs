using System.Buffers;

namespace Sonde.Host.Processes.Linux;

/// <summary>Knows how Kubernetes calls the control groups of its pods: "kubepods/burstable/pod&lt;uid&gt;", "kubepods-burstable-pod&lt;uid&gt;.slice".</summary>
internal static class PodNames
{
    private const int UidLength = 36;
    private const int StaticUidLength = 32;
    private static readonly SearchValues<char> s_uid = SearchValues.Create("0123456789abcdef-_");

    internal static KubernetesPod? Find(ReadOnlySpan<string> segments)
    {
        bool isKubernetes = false;
        string quality = "guaranteed";
        for (int at = 0; at < segments.Length; at++)
        {
            string segment = segments[at];
            isKubernetes |= segment.StartsWith("kubepods", StringComparison.Ordinal) || segment.StartsWith("kubelet", StringComparison.Ordinal);
            if (!isKubernetes)
            {
                continue;
            }

            quality = segment.Contains("burstable", StringComparison.Ordinal) ? "burstable" : segment.Contains("besteffort", StringComparison.Ordinal) ? "besteffort" : quality;
            if (UidIn(segment) is { } uid)
            {
                return new KubernetesPod(uid, quality);
            }
        }

        return null;
    }

    private static string? UidIn(string segment)
    {
        int pod = segment.StartsWith("pod", StringComparison.Ordinal) ? 0 : segment.LastIndexOf("-pod", StringComparison.Ordinal) + 1;
        if (pod == 0 && !segment.StartsWith("pod", StringComparison.Ordinal))
        {
            return null;
        }

        ReadOnlySpan<char> rest = segment.AsSpan(pod + "pod".Length);
        int end = rest.IndexOfAny('.', ':');
        ReadOnlySpan<char> uid = end < 0 ? rest : rest[..end];
        bool isUid = uid.Length == UidLength && !uid.ContainsAnyExcept(s_uid);
        return isUid ? uid.ToString().Replace('_', '-') // a slice's name has no dashes but those between its parents
            : uid.Length == StaticUidLength && ContainerNames.IsHexadecimal(uid) ? uid.ToString()
            : null;
    }
}
