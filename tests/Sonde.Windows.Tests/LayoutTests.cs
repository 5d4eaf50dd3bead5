using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Sonde.Interop;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>Our declarations against the sizes and offsets that a C program printed (tests/fixtures/layout/windows.c).</summary>
public sealed class LayoutTests
{
    private static readonly Assembly s_interop = typeof(NativeError).Assembly;

    public static TheoryData<string> Structs => [.. NativeLayout.StructsIn(s_interop, "Sonde.Interop.Windows").Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Structs))]
    public void A_struct_has_the_size_and_offsets_that_the_C_compiler_gives_it(string name)
    {
        Type type = s_interop.GetType($"Sonde.Interop.Windows.{name}", throwOnError: true)!; // throws rather than give null
        Dictionary<string, string> oracle = ReadOracle();

        Assert.True(oracle.TryGetValue(name, out string? size), $"tests/fixtures/layout/windows.c does not print {name}");
        Assert.Equal(size, Text(NativeLayout.SizeOf(type)));
        if (type.GetCustomAttribute<InlineArrayAttribute>() is not null)
        {
            return;
        }

        foreach ((string field, FieldPlace place) in NativeLayout.FieldsOf(type))
        {
            Assert.True(oracle.TryGetValue($"{name}.{field}", out string? expected), $"tests/fixtures/layout/windows.c does not print {name}.{field}");
            Assert.Equal($"{name}.{field} {expected}", $"{name}.{field} {place.Offset} {place.Size}");
        }
    }

    [Fact]
    public void The_C_program_prints_no_struct_that_is_not_declared()
    {
        string[] declared = [.. NativeLayout.StructsIn(s_interop, "Sonde.Interop.Windows").Select(type => type.Name)];

        Assert.Empty(ReadOracle().Keys.Where(key => !key.Contains('.')).Except(declared));
        Assert.True(declared.Length > 20, "the structs were not found");
    }

    private static Dictionary<string, string> ReadOracle()
    {
        string? path = Environment.GetEnvironmentVariable("SONDE_LAYOUT");
        Assert.SkipWhen(string.IsNullOrEmpty(path), "SONDE_LAYOUT is not set: the lane compiles and runs the C program");
        var oracle = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in File.ReadAllLines(path))
        {
            string[] words = line.Split(' ', 3);
            oracle.Add(words[1], words[2]);
        }

        return oracle;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
