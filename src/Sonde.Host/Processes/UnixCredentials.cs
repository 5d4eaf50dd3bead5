namespace Sonde.Host.Processes;

/// <summary>The user and group ids of a process on Linux and macOS.</summary>
/// <param name="User">Real user id: who started it.</param>
/// <param name="EffectiveUser">Effective user id: as whom it acts.</param>
/// <param name="SavedUser">Saved user id: whom it may become again.</param>
/// <param name="FileSystemUser">User id for access to files; macOS has none.</param>
/// <param name="Group">Real group id.</param>
/// <param name="EffectiveGroup">Effective group id.</param>
/// <param name="SavedGroup">Saved group id.</param>
/// <param name="FileSystemGroup">Group id for access to files; macOS has none.</param>
public sealed record UnixCredentials(
    uint User,
    uint EffectiveUser,
    uint SavedUser,
    Reading<uint> FileSystemUser,
    uint Group,
    uint EffectiveGroup,
    uint SavedGroup,
    Reading<uint> FileSystemGroup);
