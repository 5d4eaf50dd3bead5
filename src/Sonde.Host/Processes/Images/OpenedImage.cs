namespace Sonde.Host.Processes.Images;

/// <summary>The file of a program, opened for reading.</summary>
internal abstract class OpenedImage : IDisposable
{
    /// <summary>Which file it is now: asked before it is read and after.</summary>
    /// <exception cref="IOException">The system failed to answer.</exception>
    internal abstract ProcessImageFile Look();

    /// <summary>Reads on.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    /// <exception cref="IOException">The system failed to read.</exception>
    internal abstract int Read(Span<byte> buffer);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
