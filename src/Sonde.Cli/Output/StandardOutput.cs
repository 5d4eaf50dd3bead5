using Microsoft.Win32.SafeHandles;

namespace Sonde.Cli.Output;

/// <summary>The bytes that leave this command.</summary>
internal abstract class StandardOutput
{
    private protected StandardOutput()
    {
    }

    /// <summary>The output of this process, of a kind that notices when nobody reads any more.</summary>
    internal static StandardOutput Create() => OperatingSystem.IsWindows() ? new WindowsStandardOutput() : new UnixStandardOutput();

    /// <summary>Opens the stream; a write to a pipe that nobody reads fails with <see cref="IsClosedPipe"/>.</summary>
    internal abstract Stream Open();

    /// <summary>Whether an error only says that the reader has gone (`| head`).</summary>
    internal static bool IsClosedPipe(IOException error) =>
        error.HResult is 32 // EPIPE
            or unchecked((int)0x8007006D) // ERROR_BROKEN_PIPE
            or unchecked((int)0x800700E8); // ERROR_NO_DATA

    // The console stream of .NET ignores a closed pipe, and would have us write into the void for ever.
    private sealed class UnixStandardOutput : StandardOutput
    {
        internal override Stream Open()
        {
            try
            {
                var file = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);

                // A file stream writes to a regular file at positions of its own, over what others append; the console stream does not.
                return file.CanSeek ? Console.OpenStandardOutput() : file;
            }
            catch (Exception unusable) when (unusable is ArgumentException or UnauthorizedAccessException)
            {
                // Not open for writing: the console stream says so at the first write, with the system's error.
                return Console.OpenStandardOutput();
            }
        }
    }

    private sealed class WindowsStandardOutput : StandardOutput
    {
        internal override Stream Open() => Console.OpenStandardOutput();
    }
}
