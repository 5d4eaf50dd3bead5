namespace Sonde.Host.Processes;

/// <summary>Which file a program runs from, whatever its path says.</summary>
/// <param name="Device">The volume: the device on Linux and macOS, its major number in the upper and its minor number in the lower half; the serial number on Windows.</param>
/// <param name="Inode">The file on that volume.</param>
/// <param name="Size">Its size, in bytes.</param>
/// <param name="Modified">When its contents changed last.</param>
/// <param name="Changed">When it was changed or replaced in any way, by the file system's own clock.</param>
public sealed record ProcessImageFile(ulong Device, UInt128 Inode, long Size, DateTimeOffset Modified, DateTimeOffset Changed);
