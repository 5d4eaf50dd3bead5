using System.Globalization;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Privileges.Windows;

/// <summary>Reads what GetTokenInformation wrote, on any system and without trusting it.</summary>
internal static class TokenAnswers
{
    private const uint GroupEnabled = 0x00000004; // SE_GROUP_ENABLED
    private const uint GroupUseForDenyOnly = 0x00000010; // SE_GROUP_USE_FOR_DENY_ONLY

    /// <summary>The SID that a TOKEN_USER or a TOKEN_MANDATORY_LABEL begins with.</summary>
    internal static bool TryReadSid(AddressedBytes answer, out SecurityId sid)
    {
        sid = default;
        return NativeStruct.TryRead(answer.Bytes, out SID_AND_ATTRIBUTES entry)
            && answer.TryFollow(entry.Sid, out ReadOnlySpan<byte> bytes)
            && SecurityId.TryParse(bytes, out sid);
    }

    /// <summary>Whether a TOKEN_GROUPS has Administrators as a group that counts: enabled, and not there for denying only.</summary>
    /// <remarks>Under User Account Control the token of a program that was not elevated has the group for denying only.</remarks>
    internal static bool HasAdministrators(AddressedBytes answer)
    {
        int first = NativeStruct.SizeOf<TOKEN_GROUPS>() - NativeStruct.SizeOf<SID_AND_ATTRIBUTES>();
        foreach (SID_AND_ATTRIBUTES group in Rows<SID_AND_ATTRIBUTES>(answer.Bytes, first))
        {
            if (answer.TryFollow(group.Sid, out ReadOnlySpan<byte> bytes)
                && SecurityId.TryParse(bytes, out SecurityId sid)
                && sid.IsAdministrators)
            {
                return (group.Attributes & GroupEnabled) != 0 && (group.Attributes & GroupUseForDenyOnly) == 0;
            }
        }

        return false;
    }

    /// <summary>The SIDs of a TOKEN_GROUPS, as text.</summary>
    internal static string[] Groups(AddressedBytes answer)
    {
        int first = NativeStruct.SizeOf<TOKEN_GROUPS>() - NativeStruct.SizeOf<SID_AND_ATTRIBUTES>();
        var groups = new List<string>();
        foreach (SID_AND_ATTRIBUTES group in Rows<SID_AND_ATTRIBUTES>(answer.Bytes, first))
        {
            if (answer.TryFollow(group.Sid, out ReadOnlySpan<byte> bytes) && SecurityId.TryParse(bytes, out SecurityId sid))
            {
                groups.Add(sid.ToString());
            }
        }

        return [.. groups];
    }

    /// <summary>The privileges of a TOKEN_PRIVILEGES.</summary>
    internal static List<LUID_AND_ATTRIBUTES> Privileges(ReadOnlySpan<byte> answer) =>
        Rows<LUID_AND_ATTRIBUTES>(answer, NativeStruct.SizeOf<TOKEN_PRIVILEGES>() - NativeStruct.SizeOf<LUID_AND_ATTRIBUTES>());

    /// <summary>The name of a mandatory integrity level (SECURITY_MANDATORY_*_RID, winnt.h); levels between two names keep their number.</summary>
    internal static string IntegrityName(uint level) => level switch
    {
        0x0000 => "Untrusted",
        0x1000 => "Low",
        0x2000 => "Medium",
        0x2100 => "MediumPlus",
        0x3000 => "High",
        0x4000 => "System",
        0x5000 => "ProtectedProcess",
        _ => string.Create(CultureInfo.InvariantCulture, $"0x{level:X4}"),
    };

    // A count, then rows: as many as are declared and really there.
    private static List<T> Rows<T>(ReadOnlySpan<byte> answer, int first)
        where T : unmanaged
    {
        var rows = new List<T>();
        if (!NativeStruct.TryRead(answer, out uint count))
        {
            return rows;
        }

        int size = NativeStruct.SizeOf<T>();
        for (long i = 0, at = first; i < count && at + size <= answer.Length; i++, at += size)
        {
            if (NativeStruct.TryRead(answer[(int)at..], out T row))
            {
                rows.Add(row);
            }
        }

        return rows;
    }
}
