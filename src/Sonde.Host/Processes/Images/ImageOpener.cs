namespace Sonde.Host.Processes.Images;

/// <summary>Opens the files of programs: the one part of hashing that differs between systems. Any number of threads may call it at once.</summary>
internal abstract class ImageOpener
{
    /// <summary>Why this system has no SHA-256; null when it has.</summary>
    internal virtual string? WhyNoHash => null;

    /// <summary>Opens the file that a process runs from. Whether it is the one that is meant is the caller's to check, by <see cref="OpenedImage.Look"/>.</summary>
    /// <exception cref="IOException">It is gone, or the system refuses: <see cref="FileNotFoundException"/>, or a <see cref="HostException"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read it.</exception>
    internal abstract OpenedImage Open(int pid, ProcessImage image);

    /// <summary>Whether two looks are at the same contents. A file that lost a name has another time of change and the same contents.</summary>
    internal virtual bool IsSame(ProcessImageFile wanted, ProcessImageFile found) =>
        found.Device == wanted.Device && found.Inode == wanted.Inode && found.Size == wanted.Size && found.Modified == wanted.Modified;
}
