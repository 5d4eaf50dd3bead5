using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Sonde.Interop.Windows;

// wintrust.h, mscat.h and wincrypt.h: signatures of files, in the file itself or in a catalog of the system.
[SupportedOSPlatform("windows")]
internal static unsafe partial class WinTrust
{
    private const string Library = "wintrust.dll";

    private const uint WTD_UI_NONE = 2;
    private const uint WTD_REVOKE_NONE = 0;
    private const uint WTD_CHOICE_FILE = 1;
    private const uint WTD_CHOICE_CATALOG = 2;
    private const uint WTD_STATEACTION_VERIFY = 1;
    private const uint WTD_STATEACTION_CLOSE = 2;
    private const uint WTD_CACHE_ONLY_URL_RETRIEVAL = 0x1000; // no question to the network: it would take seconds, and tell who runs what
    private const uint WTD_DISABLE_MD2_MD4 = 0x2000;

    private const uint CERT_NAME_SIMPLE_DISPLAY_TYPE = 4;
    private const uint CERT_NAME_ISSUER_FLAG = 1;
    private const nint NoWindow = -1; // INVALID_HANDLE_VALUE: nobody is asked

    /// <summary>WINTRUST_ACTION_GENERIC_VERIFY_V2 (softpub.h): Authenticode.</summary>
    private static readonly Guid s_authenticode = new(0x00AAC56B, 0xCD44, 0x11D0, 0x8C, 0xC2, 0x00, 0xC0, 0x4F, 0xC2, 0x95, 0xEE);

    /// <summary>Checks the signature in a file.</summary>
    /// <returns>0 when it is good, else an HRESULT.</returns>
    internal static int VerifyEmbedded(string path, SafeFileHandle file, out TrustedSigner signer)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            fixed (char* name = path)
            {
                var subject = new WINTRUST_FILE_INFO { cbStruct = (uint)sizeof(WINTRUST_FILE_INFO), pcwszFilePath = (nint)name, hFile = file.DangerousGetHandle() };

                // SAFETY: the subject, its name and its handle outlive both calls in there.
                return Verify(WTD_CHOICE_FILE, (nint)(&subject), out signer);
            }
        }
        finally
        {
            if (isHeld)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>Looks for a catalog of the system that vouches for a file, and checks the catalog's signature.</summary>
    /// <param name="path">The file's name.</param>
    /// <param name="file">The file, open for reading.</param>
    /// <param name="algorithm">By which digest it is looked for: "SHA256" or "SHA1".</param>
    /// <param name="result">0 when the catalog is good, else an HRESULT.</param>
    /// <param name="signer">Who signed the catalog.</param>
    /// <returns>A Win32 error; ERROR_NOT_FOUND when no catalog has the file.</returns>
    internal static int VerifyByCatalog(string path, SafeFileHandle file, string algorithm, out int result, out TrustedSigner signer)
    {
        result = 0;
        signer = default;
        nint admin = 0;
        nint catalog = 0;
        try
        {
            if (!Acquire(algorithm, out admin))
            {
                return Marshal.GetLastPInvokeError();
            }

            byte* hash = stackalloc byte[64];
            uint length = 64;
            if (!Hash(algorithm, admin, file, &length, hash))
            {
                return Marshal.GetLastPInvokeError();
            }

            catalog = CryptCATAdminEnumCatalogFromHash(admin, hash, length, 0, 0);
            if (catalog == 0)
            {
                return Win32.ERROR_NOT_FOUND;
            }

            var info = new CATALOG_INFO { cbStruct = (uint)sizeof(CATALOG_INFO) };
            if (CryptCATCatalogInfoFromContext(catalog, &info, 0) == 0)
            {
                return Marshal.GetLastPInvokeError();
            }

            result = Verify(path, file, admin, (char*)&info.wszCatalogFile, hash, length, out signer);
            return Win32.ERROR_SUCCESS;
        }
        finally
        {
            if (catalog != 0)
            {
                _ = CryptCATAdminReleaseCatalogContext(admin, catalog, 0);
            }

            if (admin != 0)
            {
                _ = CryptCATAdminReleaseContext(admin, 0);
            }
        }
    }

    private static int Verify(string path, SafeFileHandle file, nint admin, char* catalog, byte* hash, uint length, out TrustedSigner signer)
    {
        // The tag under which a catalog keeps a member is its digest in capital hexadecimal digits.
        string tag = Convert.ToHexString(new ReadOnlySpan<byte>(hash, (int)length));
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            fixed (char* name = path, member = tag)
            {
                var subject = new WINTRUST_CATALOG_INFO
                {
                    cbStruct = (uint)sizeof(WINTRUST_CATALOG_INFO),
                    pcwszCatalogFilePath = (nint)catalog,
                    pcwszMemberTag = (nint)member,
                    pcwszMemberFilePath = (nint)name,
                    hMemberFile = file.DangerousGetHandle(),
                    pbCalculatedFileHash = (nint)hash,
                    cbCalculatedFileHash = length,
                    hCatAdmin = admin,
                };

                // SAFETY: the subject and all that it points at outlive both calls in there.
                return Verify(WTD_CHOICE_CATALOG, (nint)(&subject), out signer);
            }
        }
        finally
        {
            if (isHeld)
            {
                file.DangerousRelease();
            }
        }
    }

    private static int Verify(uint choice, nint subject, out TrustedSigner signer)
    {
        Guid action = s_authenticode;
        var data = new WINTRUST_DATA
        {
            cbStruct = (uint)sizeof(WINTRUST_DATA),
            dwUIChoice = WTD_UI_NONE,
            fdwRevocationChecks = WTD_REVOKE_NONE,
            dwUnionChoice = choice,
            pSubject = subject,
            dwStateAction = WTD_STATEACTION_VERIFY,
            dwProvFlags = WTD_CACHE_ONLY_URL_RETRIEVAL | WTD_DISABLE_MD2_MD4,
        };

        // SAFETY: action and data live on this stack; what the first call keeps is read before the second one frees it.
        int result = WinVerifyTrust(NoWindow, &action, &data);
        signer = ReadSigner(data.hWVTStateData);
        data.dwStateAction = WTD_STATEACTION_CLOSE;
        _ = WinVerifyTrust(NoWindow, &action, &data);
        return result;
    }

    private static TrustedSigner ReadSigner(nint state)
    {
        if (state == 0)
        {
            return default;
        }

        // SAFETY: each pointer comes from the call before and is asked for null; all belong to the state, which is open.
        void* provider = WTHelperProvDataFromStateData(state);
        CRYPT_PROVIDER_SGNR* found = provider == null ? null : WTHelperGetProvSignerFromChain(provider, 0, 0, 0);
        CRYPT_PROVIDER_CERT* certificate = found == null ? null : WTHelperGetProvCertFromChain(found, 0);
        return certificate == null || certificate->pCert == 0
            ? default
            : new TrustedSigner(NameIn(certificate->pCert, 0), NameIn(certificate->pCert, CERT_NAME_ISSUER_FLAG), found->csCounterSigners > 0 ? found->sftVerifyAsOf : 0);
    }

    private static string NameIn(nint certificate, uint flags)
    {
        const int Room = 512;
        char* name = stackalloc char[Room];

        // SAFETY: Room tells how much room name has; the length counts the zero at the end.
        uint length = CertGetNameStringW(certificate, CERT_NAME_SIMPLE_DISPLAY_TYPE, flags, null, name, Room);
        return length > 1 ? new string(name, 0, (int)Math.Min(length, Room) - 1) : string.Empty;
    }

    // Windows 7 has only the calls that know SHA-1.
    private static bool Acquire(string algorithm, out nint admin)
    {
        fixed (nint* made = &admin)
        {
            *made = 0;
            if (algorithm == "SHA1")
            {
                return CryptCATAdminAcquireContext(made, null, 0) != 0;
            }

            try
            {
                return CryptCATAdminAcquireContext2(made, null, algorithm, 0, 0) != 0;
            }
            catch (EntryPointNotFoundException)
            {
                Marshal.SetLastPInvokeError(Win32.ERROR_PROC_NOT_FOUND);
                return false;
            }
        }
    }

    private static bool Hash(string algorithm, nint admin, SafeFileHandle file, uint* length, byte* hash)
    {
        if (algorithm == "SHA1")
        {
            return CryptCATAdminCalcHashFromFileHandle(file, length, hash, 0) != 0;
        }

        try
        {
            return CryptCATAdminCalcHashFromFileHandle2(admin, file, length, hash, 0) != 0;
        }
        catch (EntryPointNotFoundException)
        {
            Marshal.SetLastPInvokeError(Win32.ERROR_PROC_NOT_FOUND);
            return false;
        }
    }

    [LibraryImport(Library)]
    private static partial int WinVerifyTrust(nint window, Guid* action, WINTRUST_DATA* data);

    [LibraryImport(Library)]
    private static partial void* WTHelperProvDataFromStateData(nint state);

    [LibraryImport(Library)]
    private static partial CRYPT_PROVIDER_SGNR* WTHelperGetProvSignerFromChain(void* provider, uint signer, int isCounterSigner, uint counterSigner);

    [LibraryImport(Library)]
    private static partial CRYPT_PROVIDER_CERT* WTHelperGetProvCertFromChain(CRYPT_PROVIDER_SGNR* signer, uint certificate);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int CryptCATAdminAcquireContext(nint* admin, Guid* subsystem, uint flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial int CryptCATAdminAcquireContext2(nint* admin, Guid* subsystem, string algorithm, nint policy, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int CryptCATAdminCalcHashFromFileHandle(SafeFileHandle file, uint* length, byte* hash, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int CryptCATAdminCalcHashFromFileHandle2(nint admin, SafeFileHandle file, uint* length, byte* hash, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint CryptCATAdminEnumCatalogFromHash(nint admin, byte* hash, uint length, uint flags, nint previous);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int CryptCATCatalogInfoFromContext(nint catalog, CATALOG_INFO* info, uint flags);

    [LibraryImport(Library)]
    private static partial int CryptCATAdminReleaseCatalogContext(nint admin, nint catalog, uint flags);

    [LibraryImport(Library)]
    private static partial int CryptCATAdminReleaseContext(nint admin, uint flags);

    [LibraryImport("crypt32.dll")]
    private static partial uint CertGetNameStringW(nint certificate, uint type, uint flags, void* parameters, char* name, uint room);
}

/// <summary>struct WINTRUST_FILE_INFO (wintrust.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WINTRUST_FILE_INFO
{
    internal uint cbStruct;
    internal nint pcwszFilePath;
    internal nint hFile;
    internal nint pgKnownSubject;
}

/// <summary>struct WINTRUST_CATALOG_INFO (wintrust.h), as it is since Windows 8.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WINTRUST_CATALOG_INFO
{
    internal uint cbStruct;
    internal uint dwCatalogVersion;
    internal nint pcwszCatalogFilePath;
    internal nint pcwszMemberTag;
    internal nint pcwszMemberFilePath;
    internal nint hMemberFile;
    internal nint pbCalculatedFileHash;
    internal uint cbCalculatedFileHash;
    internal nint pcCatalogContext;
    internal nint hCatAdmin;
}

/// <summary>struct WINTRUST_DATA (wintrust.h) without the settings that Windows 8 added: its size tells so.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WINTRUST_DATA
{
    internal uint cbStruct;
    internal nint pPolicyCallbackData;
    internal nint pSIPClientData;
    internal uint dwUIChoice;
    internal uint fdwRevocationChecks;
    internal uint dwUnionChoice;
    internal nint pSubject; // a union of pointers
    internal uint dwStateAction;
    internal nint hWVTStateData;
    internal nint pwszURLReference;
    internal uint dwProvFlags;
    internal uint dwUIContext;
}

/// <summary>struct CRYPT_PROVIDER_SGNR (wintrust.h), as far as it is read.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct CRYPT_PROVIDER_SGNR
{
    internal uint cbStruct;
    internal long sftVerifyAsOf; // a FILETIME, which aligns to four bytes
    internal uint csCertChain;
    internal nint pasCertChain;
    internal uint dwSignerType;
    internal uint padding;
    internal nint psSigner;
    internal uint dwError;
    internal uint csCounterSigners;
}

/// <summary>struct CRYPT_PROVIDER_CERT (wintrust.h), as far as it is read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CRYPT_PROVIDER_CERT
{
    internal uint cbStruct;
    internal nint pCert;
}

/// <summary>struct CATALOG_INFO (mscat.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CATALOG_INFO
{
    internal uint cbStruct;
    internal CATALOG_FILE wszCatalogFile;
}

/// <summary>WCHAR[MAX_PATH].</summary>
[System.Runtime.CompilerServices.InlineArray(260)]
internal struct CATALOG_FILE
{
    private ushort _first;
}
