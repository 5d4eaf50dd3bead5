using System.Buffers.Binary;
using System.Text;
using Sonde.Host.Processes.Windows;
using Sonde.Interop.Windows;
using Sonde.Testing;

namespace Sonde.Host.Tests.Processes.Windows;

/// <summary>Parameters out of memory that belongs to the process that is looked at: it may hold anything.</summary>
public sealed class ProcessParametersTests
{
    private const ulong Peb = 0x1000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Command_line_folder_and_environment_are_found(bool is32Bit)
    {
        ProcessParameters parameters = new(Memory(is32Bit), is32Bit, Peb);

        Assert.Equal(0, parameters.ReadCommandLine(1000, out string line, out bool isTruncated));
        Assert.Equal(("a.exe b", false), (line, isTruncated));
        Assert.Equal(0, parameters.ReadFolder(out string folder));
        Assert.Equal(@"C:\dir", folder);
        Assert.Equal(0, parameters.ReadEnvironment(1000, out byte[] block, out _));
        Assert.Equal(["A=1", "B=2"], ProcessParameters.SplitEnvironment(block, 100));
    }

    [Fact]
    public void A_line_longer_than_wanted_is_cut_and_said_to_be()
    {
        ProcessParameters parameters = new(Memory(is32Bit: false), is32Bit: false, Peb);

        Assert.Equal(0, parameters.ReadCommandLine(5, out string line, out bool isTruncated));

        Assert.Equal(("a.", true), (line, isTruncated));
    }

    [Fact]
    public void A_refusal_is_handed_on_and_not_taken_for_an_empty_text()
    {
        ProcessParameters parameters = new(static (_, _) => NtStatus.STATUS_ACCESS_DENIED, is32Bit: false, Peb);

        Assert.Equal(NtStatus.STATUS_ACCESS_DENIED, parameters.ReadCommandLine(1000, out string line, out _));
        Assert.Empty(line);
    }

    [Fact]
    public void An_environment_of_any_size_is_read_up_to_the_bound()
    {
        var asked = new List<int>();
        ProcessParameters parameters = new(
            (address, target) =>
            {
                asked.Add(target.Length);
                target.Fill(0x41);
                return 0;
            },
            is32Bit: false,
            Peb);

        Assert.Equal(0, parameters.ReadEnvironment(1000, out byte[] block, out bool isTruncated));

        Assert.True(isTruncated);
        Assert.Equal(1000, block.Length);
        Assert.All(asked, length => Assert.InRange(length, 0, 1000));
    }

    [Fact]
    public void Working_folders_of_drives_are_no_variables() =>
        Assert.Equal(["A=1"], ProcessParameters.SplitEnvironment(Encoding.Unicode.GetBytes("=C:=C:\\x\0A=1\0\0B=2\0"), 100));

    [Fact]
    public void Any_memory_is_survived()
    {
        var fuzz = new FuzzRun(2000);
        while (fuzz.Next())
        {
            Random random = fuzz.Random;
            ProcessParameters parameters = new(
                (_, target) =>
                {
                    random.NextBytes(target);
                    return random.Next(8) == 0 ? NtStatus.STATUS_PARTIAL_COPY : 0;
                },
                random.Next(2) == 0,
                Peb);

            parameters.ReadCommandLine(4096, out string line, out _);
            parameters.ReadFolder(out _);
            parameters.ReadEnvironment(4096, out byte[] block, out _);
            Assert.InRange(line.Length, 0, 2048);
            Assert.InRange(ProcessParameters.SplitEnvironment(block, 10).Count, 0, 10);
        }
    }

    private static MemoryRead Memory(bool is32Bit)
    {
        byte[] memory = new byte[0x4000];
        int pointer = is32Bit ? 4 : 8;
        WritePointer(0x1000 + (is32Bit ? 0x10 : 0x20), 0x2000);
        WriteText(0x2000 + (is32Bit ? 0x24 : 0x38), 0x3000, @"C:\dir\");
        WriteText(0x2000 + (is32Bit ? 0x40 : 0x70), 0x3100, "a.exe b");
        WritePointer(0x2000 + (is32Bit ? 0x48 : 0x80), 0x3200);
        byte[] block = Encoding.Unicode.GetBytes("A=1\0B=2\0\0");
        block.CopyTo(memory, 0x3200);
        WritePointer(0x2000 + (is32Bit ? 0x290 : 0x3F0), (ulong)block.Length);
        return (address, target) =>
        {
            if (address + (ulong)target.Length > (ulong)memory.Length)
            {
                return NtStatus.STATUS_PARTIAL_COPY;
            }

            memory.AsSpan((int)address, target.Length).CopyTo(target);
            return 0;
        };

        void WritePointer(int at, ulong value)
        {
            if (is32Bit)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(memory.AsSpan(at), (uint)value);
            }
            else
            {
                BinaryPrimitives.WriteUInt64LittleEndian(memory.AsSpan(at), value);
            }
        }

        void WriteText(int at, int where, string text)
        {
            byte[] bytes = Encoding.Unicode.GetBytes(text);
            bytes.CopyTo(memory, where);
            BinaryPrimitives.WriteUInt16LittleEndian(memory.AsSpan(at), (ushort)bytes.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(memory.AsSpan(at + 2), (ushort)bytes.Length);
            WritePointer(at + pointer, (ulong)where);
        }
    }
}
