using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>The signature of a program's file: the one in the file, else that of a catalog of the system which vouches for it. Kept by file, until the file changes.</summary>
/// <remarks>The network is not asked: whether a certificate was revoked is known as far as this host knows it already.</remarks>
[SupportedOSPlatform("windows")]
internal sealed class SignatureReader
{
    private const int MaxFiles = 8192;
    private const string Remote = "it lies on another machine, which is not asked: that would show it who asks";
    private static readonly string[] s_algorithms = ["SHA256", "SHA1"];

    private readonly Dictionary<FileFacts, Reading<ProcessSignature>> _known = [];

    internal Reading<ProcessSignature> Read(Reading<ProcessImage> image)
    {
        if (!image.TryGetValue(out ProcessImage? program))
        {
            return image.Select(static _ => default(ProcessSignature)!); // a reason stays what it is
        }

        if (NativePaths.IsRemote(program.Path))
        {
            return Reading.NotCollected<ProcessSignature>(Remote);
        }

        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(program.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // A file that cannot be read is not an unsigned one.
            return refused is UnauthorizedAccessException ? Reading.Denied<ProcessSignature>("this user may not read the file")
                : refused is FileNotFoundException or DirectoryNotFoundException ? Reading.Gone<ProcessSignature>("the file is gone")
                : Reading.Failed<ProcessSignature>(refused.Message);
        }

        using (file)
        {
            return Read(program.Path, file);
        }
    }

    private Reading<ProcessSignature> Read(string path, SafeFileHandle file)
    {
        int error = FileFacts.Read(file, out FileFacts facts);
        if (error != Win32.ERROR_SUCCESS)
        {
            return WindowsReasons.AbsentWin32<ProcessSignature>(error);
        }

        if (_known.TryGetValue(facts, out Reading<ProcessSignature> known))
        {
            return known;
        }

        Reading<ProcessSignature> signature = Verify(path, file);
        if (signature.HasValue)
        {
            if (_known.Count >= MaxFiles)
            {
                _known.Clear();
            }

            _known.Add(facts, signature);
        }

        return signature;
    }

    private static Reading<ProcessSignature> Verify(string path, SafeFileHandle file)
    {
        int result = WinTrust.VerifyEmbedded(path, file, out TrustedSigner signer);
        if (!TrustWords.IsUnsigned(result))
        {
            return TrustWords.Signature(result, "embedded", signer);
        }

        // Most files of Windows carry none: a catalog holds the digests of thousands.
        foreach (string algorithm in s_algorithms)
        {
            if (WinTrust.VerifyByCatalog(path, file, algorithm, out int byCatalog, out TrustedSigner publisher) == Win32.ERROR_SUCCESS)
            {
                return TrustWords.Signature(byCatalog, "catalog", publisher);
            }
        }

        return TrustWords.Unsigned;
    }
}
