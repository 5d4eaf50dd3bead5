using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>What wintun.dll says while it works: its errors have numbers of many sources, and only these words tell which step failed.</summary>
/// <remarks>Called by any thread of the library at any time; keeps the last words of errors and warnings, nothing more.</remarks>
[SupportedOSPlatform("windows")]
internal static unsafe class WintunLog
{
    private const int Warning = 1;
    private const int MaxLength = 1024; // what the library writes at most

    private static readonly Lock s_lock = new();
    private static string? s_words;
    private static int s_level;

    /// <summary>What WintunSetLogger takes.</summary>
    internal static delegate* unmanaged[Stdcall]<int, ulong, char*, void> Callback => &OnMessage;

    /// <summary>Forgets what was said before a call.</summary>
    internal static void Clear()
    {
        lock (s_lock)
        {
            s_words = null;
            s_level = 0;
        }
    }

    /// <summary>The first of the gravest words since <see cref="Clear"/>; null when nothing was wrong. Calls of other threads may have said them.</summary>
    internal static string? TakeWorst()
    {
        lock (s_lock)
        {
            return s_words;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static void OnMessage(int level, ulong time, char* message)
    {
        if (level < Warning || message == null)
        {
            return;
        }

        // SAFETY: the library ends its words with a zero within MaxLength characters; no character behind the zero is looked at.
        int length = 0;
        while (length < MaxLength && message[length] != '\0')
        {
            length++;
        }

        lock (s_lock)
        {
            // The first error names the cause; what follows is its consequence.
            if (level > s_level)
            {
                s_level = level;
                s_words = new string(message, 0, length);
            }
        }
    }
}
