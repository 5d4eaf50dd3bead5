namespace Sonde.Host.Processes.Linux;

/// <summary>One object for each set of ids and rights, however many processes have it: most of a host's processes have one of a dozen.</summary>
internal sealed class CredentialCache
{
    private const int MaxEntries = 16 * 1024;
    private readonly Dictionary<(ProcStatus.UserIds, ProcStatus.UserIds), UnixCredentials> _ids = [];
    private readonly Dictionary<(ulong, ulong, ulong, ulong, ulong), ProcessCapabilities> _capabilities = [];
    private readonly Dictionary<(int, int), ProcessSeccomp> _seccomp = [];
    private readonly Dictionary<(Reading<uint>, Reading<uint>), ProcessLogin> _logins = [];

    internal UnixCredentials Of(ProcStatus.UserIds users, ProcStatus.UserIds groups) => Get(
        _ids,
        (users, groups),
        static key => new UnixCredentials(
            key.Item1.Real, key.Item1.Effective, key.Item1.Saved, key.Item1.FileSystem, key.Item2.Real, key.Item2.Effective, key.Item2.Saved, key.Item2.FileSystem));

    internal ProcessCapabilities Of(ulong inheritable, ulong permitted, ulong effective, ulong bounding, ulong ambient) => Get(
        _capabilities,
        (inheritable, permitted, effective, bounding, ambient),
        static key => new ProcessCapabilities(key.Item1, key.Item2, key.Item3, key.Item4, key.Item5));

    /// <summary>A mode, and a number of filters or -1 when the kernel does not tell it.</summary>
    internal ProcessSeccomp Of(int mode, int filters) => Get(
        _seccomp,
        (mode, filters),
        static key => new ProcessSeccomp((SeccompMode)key.Item1, key.Item2 >= 0 ? key.Item2 : Reading.Unsupported<int>(LinuxReasons.NotTold)));

    internal ProcessLogin OfLogin(Reading<uint> user, Reading<uint> session) => Get(
        _logins,
        (user, session),
        static key => new ProcessLogin(
            key.Item1,
            key.Item2.Select(static id => (ulong)id),
            Reading.Unsupported<string>(LinuxReasons.NotOnLinux),
            Reading.Unsupported<string>(LinuxReasons.NotOnLinux)));

    private static TValue Get<TKey, TValue>(Dictionary<TKey, TValue> cache, TKey key, Func<TKey, TValue> make)
        where TKey : notnull
    {
        if (!cache.TryGetValue(key, out TValue? value))
        {
            if (cache.Count >= MaxEntries)
            {
                cache.Clear();
            }

            value = make(key);
            cache.Add(key, value);
        }

        return value;
    }
}
