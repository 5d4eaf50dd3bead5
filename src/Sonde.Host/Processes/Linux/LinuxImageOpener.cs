using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Processes.Images;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Linux;

/// <summary>Opens the file that runs through the link of /proc, which leads to it whatever lies under its path now: in containers, after deletion, in memory.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxImageOpener(string root) : ImageOpener
{
    internal override string? WhyNoHash => OpenSsl.IsInstalled ? null : "OpenSSL (libssl), which computes hashes, is not installed";

    internal override OpenedImage Open(int pid, ProcessImage image)
    {
        string link = string.Create(CultureInfo.InvariantCulture, $"{root}/{pid}/exe");
        try
        {
            return new Opened(ReadableFile.Open(link), link);
        }
        catch (NativeException gone) when (gone.Error.Code is Interop.Unix.LibC.ENOENT or LibC.ESRCH)
        {
            throw new FileNotFoundException(LinuxReasons.Ended, link, gone);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused, link);
        }
    }

    private sealed class Opened(ReadableFile file, string link) : OpenedImage
    {
        internal override ProcessImageFile Look()
        {
            try
            {
                return LinuxImageReader.FileOf(file.Stat());
            }
            catch (NativeException refused)
            {
                throw HostException.From(refused, link);
            }
        }

        internal override int Read(Span<byte> buffer)
        {
            try
            {
                return file.Read(buffer);
            }
            catch (NativeException refused)
            {
                throw HostException.From(refused, link);
            }
        }

        protected override void Dispose(bool disposing) => file.Dispose();
    }
}
