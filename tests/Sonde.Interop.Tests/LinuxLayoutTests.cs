using System.Globalization;
using System.Reflection;
using System.Runtime.Versioning;
using Sonde.Interop.Linux;
using Sonde.Interop.Linux.Bpf;
using Sonde.Testing;

namespace Sonde.Interop.Tests;

/// <summary>Every native struct and constant of the Linux room against what a C compiler of this machine says.</summary>
[SupportedOSPlatform("linux")]
public sealed class LinuxLayoutTests
{
    private static readonly Lazy<Dictionary<string, string>> s_oracle = new(CompileAndRun);

    public static TheoryData<string> Structs() =>
        [.. NativeLayout.StructsIn(typeof(LibC).Assembly, "Sonde.Interop.Linux")
            .Concat(NativeLayout.StructsIn(typeof(LibC).Assembly, "Sonde.Interop.Linux.Bpf"))
            .Concat(NativeLayout.StructsIn(typeof(LibC).Assembly, "Sonde.Interop.Unix"))
            .Select(type => type.FullName!)];

    public static TheoryData<string> Constants() =>
        [.. new[] { typeof(LibC), typeof(Netlink), typeof(Connector), typeof(RtNetlink), typeof(EthtoolNetlink), typeof(Virtio), typeof(Packet), typeof(Xdp), typeof(BpfAbi), typeof(InetDiag), typeof(Unix.LibC) }
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic))
            .Where(field => field.IsLiteral && field.Name != "Library")
            .Select(field => $"{field.DeclaringType!.FullName}:{field.Name}")];

    [Theory]
    [MemberData(nameof(Structs))]
    public void A_struct_has_the_size_and_offsets_of_the_C_headers(string name)
    {
        Type type = typeof(LibC).Assembly.GetType(name, throwOnError: true)!;

        Assert.True(s_oracle.Value.TryGetValue(type.Name, out string? size), $"tests/fixtures/layout/linux.c does not print {type.Name}");
        Assert.Equal(size, NativeLayout.SizeOf(type).ToString(CultureInfo.InvariantCulture));
        foreach ((string field, FieldPlace place) in NativeLayout.FieldsOf(type).Where(field => !IsInlineArray(type)))
        {
            Assert.True(s_oracle.Value.TryGetValue($"{type.Name}.{field}", out string? expected), $"tests/fixtures/layout/linux.c does not print {type.Name}.{field}");
            Assert.Equal($"{type.Name}.{field} {expected}", string.Create(CultureInfo.InvariantCulture, $"{type.Name}.{field} {place.Offset} {place.Size}"));
        }
    }

    [Theory]
    [MemberData(nameof(Constants))]
    public void A_constant_has_the_value_of_the_C_headers(string name)
    {
        string[] parts = name.Split(':');
        FieldInfo field = typeof(LibC).Assembly.GetType(parts[0], throwOnError: true)!.GetField(parts[1], BindingFlags.Static | BindingFlags.NonPublic)!;
        object value = field.GetRawConstantValue()!; // a literal has one
        Assert.True(s_oracle.Value.TryGetValue("#" + parts[1], out string? expected), $"tests/fixtures/layout/linux.c does not print {parts[1]}");

        // C writes masks as negative ints; what counts is the bits of the width that the kernel's field has.
        Assert.Equal(expected, value is string text ? text : SameWidth(long.Parse(expected, CultureInfo.InvariantCulture), value) ? expected : value.ToString());
    }

    private static bool SameWidth(long c, object ours) => ours switch
    {
        byte value => (byte)c == value,
        short value => (short)c == value,
        ushort value => (ushort)c == value,
        int value => (int)c == value,
        uint value => (uint)c == value,
        long value => c == value,
        ulong value => (ulong)c == value,
        _ => throw new NotSupportedException($"constants of {ours.GetType()} are not compared"),
    };

    private static bool IsInlineArray(Type type) => type.GetCustomAttribute<System.Runtime.CompilerServices.InlineArrayAttribute>() is not null;

    private static Dictionary<string, string> CompileAndRun()
    {
        string folder = Directory.CreateTempSubdirectory("sonde-layout-").FullName;
        try
        {
            string program = Path.Combine(folder, "layout");
            ProgramResult compiled = ChildProcess.Run("gcc", ["-Wall", "-Werror", "-o", program, Repository.PathOf("tests", "fixtures", "layout", "linux.c")]);
            Assert.True(compiled.ExitCode == 0, compiled.Error);
            return ChildProcess.Run(program, []).Output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ', 2))
                .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
