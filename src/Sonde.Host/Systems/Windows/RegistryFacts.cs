using System.Globalization;
using System.Runtime.Versioning;
using System.Security;
using Microsoft.Win32;

namespace Sonde.Host.Systems.Windows;

/// <summary>Single values of the registry's machine part, as readings.</summary>
[SupportedOSPlatform("windows")]
internal static class RegistryFacts
{
    internal const string CurrentVersion = @"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
    internal const string Bios = @"HARDWARE\DESCRIPTION\System\BIOS";

    internal static Reading<string> Text(string path, string name)
    {
        Reading<object> value = Value(path, name);
        return !value.HasValue ? new Reading<string>(value.Status, default, value.Reason)
            : value.Value is not string text ? Reading.Failed<string>($"{name} is no text")
            : text.Trim().Length > 0 ? text.Trim()
            : Reading.None<string>($"{name} is empty");
    }

    internal static Reading<long> Number(string path, string name)
    {
        Reading<object> value = Value(path, name);
        return !value.HasValue ? new Reading<long>(value.Status, default, value.Reason)
            : value.Value switch
            {
                int number => unchecked((uint)number),
                long number => number,
                _ => Reading.Failed<long>($"{name} is no number"),
            };
    }

    /// <summary>Whether a number that switches something is not 0; <paramref name="absent"/> when it is not there.</summary>
    internal static Reading<bool> Flag(string path, string name, Reading<bool> absent)
    {
        Reading<long> number = Number(path, name);
        return number.Status == ReadingStatus.None ? absent : number.Select(static value => value != 0);
    }

    /// <summary>A number in its own digits.</summary>
    internal static Reading<string> Digits(string path, string name) => Number(path, name).Select(static number => number.ToString(CultureInfo.InvariantCulture));

    private static Reading<object> Value(string path, string name)
    {
        try
        {
            using RegistryKey? key = Registry.LocalMachine.OpenSubKey(path, writable: false);
            return key?.GetValue(name) is { } value ? Reading.Ok(value) : Reading.None<object>($@"the registry has no {name} in HKLM\{path}");
        }
        catch (Exception refused) when (refused is SecurityException or UnauthorizedAccessException)
        {
            return Reading.Denied<object>($@"HKLM\{path}: {refused.Message}");
        }
        catch (IOException refused)
        {
            return Reading.Failed<object>($@"HKLM\{path}: {refused.Message}");
        }
    }
}
