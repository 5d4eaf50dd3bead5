namespace Sonde.Host.Processes;

/// <summary>The login that a process descends from.</summary>
/// <param name="User">The user id that logged in, kept through su and sudo (Linux loginuid, macOS audit id); on Windows it is in the token.</param>
/// <param name="Session">The session's number: audit session on Linux and macOS, logon id (LUID) on Windows.</param>
/// <param name="Kind">Windows: the type of logon (interactive, service, network …).</param>
/// <param name="AuthenticationPackage">Windows: which package vouched for the user.</param>
public sealed record ProcessLogin(Reading<uint> User, Reading<ulong> Session, Reading<string> Kind, Reading<string> AuthenticationPackage);
