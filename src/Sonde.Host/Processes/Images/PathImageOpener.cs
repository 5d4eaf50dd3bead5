namespace Sonde.Host.Processes.Images;

/// <summary>Opens images by their paths, for systems that have no other way: what lies there by now is told from what was started by size and time.</summary>
internal sealed class PathImageOpener : ImageOpener
{
    internal override OpenedImage Open(int pid, ProcessImage image) =>
        new Opened(new FileStream(image.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan));

    internal override bool IsSame(ProcessImageFile wanted, ProcessImageFile found) => found.Size == wanted.Size && found.Modified == wanted.Modified;

    private sealed class Opened(FileStream file) : OpenedImage
    {
        internal override ProcessImageFile Look()
        {
            var modified = new DateTimeOffset(File.GetLastWriteTimeUtc(file.SafeFileHandle));
            return new ProcessImageFile(0, 0, file.Length, modified, modified);
        }

        internal override int Read(Span<byte> buffer) => file.Read(buffer);

        protected override void Dispose(bool disposing) => file.Dispose();
    }
}
