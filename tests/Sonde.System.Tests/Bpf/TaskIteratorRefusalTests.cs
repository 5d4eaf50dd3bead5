using System.Runtime.InteropServices;
using Sonde.Interop.Linux.Bpf;
using Sonde.Testing;

namespace Sonde.System.Tests.Bpf;

/// <summary>Each way in which the iterator is not to be had, and the reason that comes out.</summary>
public sealed class TaskIteratorRefusalTests : IDisposable
{
    private const int CapPerfmon = 38;
    private const int CapBpf = 39;
    private readonly string _folder = Directory.CreateTempSubdirectory("sonde-btf-").FullName;

    public TaskIteratorRefusalTests() => NeedsBpf.Check();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData()]
    [InlineData(CapBpf)]
    [InlineData(CapPerfmon)]
    public void Without_both_capabilities_the_kernel_refuses_the_program_and_says_so(params int[] capabilities)
    {
        Assert.SkipWhen(LesserThread.WhyNot() is not null, LesserThread.WhyNot() ?? string.Empty);
        LesserThread.Run(capabilities, () =>
        {
            TaskIterator? tasks = TaskIterator.TryOpen(TaskFields.EveryCycle, out string reason);

            Assert.Null(tasks);
            Assert.Equal("bpf(BPF_PROG_LOAD sonde_tasks): Operation not permitted (errno 1)", reason);
        });
    }

    [Fact]
    public void The_two_capabilities_are_enough()
    {
        Assert.SkipWhen(LesserThread.WhyNot() is not null, LesserThread.WhyNot() ?? string.Empty);
        LesserThread.Run([CapBpf, CapPerfmon], () =>
        {
            using TaskIterator? tasks = TaskIterator.TryOpen(TaskFields.All, out string reason);

            Assert.True(tasks is not null, reason);
            Assert.True(tasks.Read().Length > 10);
        });
    }

    [Fact]
    public void Rights_that_are_given_up_after_opening_are_not_missed()
    {
        Assert.SkipWhen(LesserThread.WhyNot() is not null, LesserThread.WhyNot() ?? string.Empty);
        using TaskIterator? tasks = TaskIterator.TryOpen(TaskFields.EveryCycle, out string reason);
        Assert.True(tasks is not null, reason);

        int count = 0;
        LesserThread.Run([], () => count = tasks.Read().Length);

        Assert.InRange(count, 10, int.MaxValue);
    }

    [Fact]
    public void A_kernel_without_BTF_is_named_with_the_file_that_is_missing() =>
        Assert.Equal($"open({_folder}/vmlinux): No such file or directory (errno 2)", Reason(btf: null));

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(4096)]
    [InlineData(1_000_000)]
    public void BTF_that_is_cut_short_is_not_used(int length) =>
        Assert.Equal($"{_folder}/vmlinux: Truncated", Reason(File.ReadAllBytes(KernelBtf.VmlinuxPath).AsSpan(0, length).ToArray()));

    [Fact]
    public void A_field_of_the_core_that_the_kernel_lacks_is_named()
    {
        byte[] btf = File.ReadAllBytes(KernelBtf.VmlinuxPath);
        MemberOf(btf, "start_boottime")[0] = 0;

        Assert.StartsWith("the kernel's task_struct has no start_boottime", Reason(btf), StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_that_the_kernel_lacks_leaves_the_others()
    {
        byte[] btf = File.ReadAllBytes(KernelBtf.VmlinuxPath);
        MemberOf(btf, "loginuid")[0] = 0;
        File.WriteAllBytes(_folder + "/vmlinux", btf);

        using TaskIterator? tasks = TaskIterator.TryOpen(TaskFields.All, "/proc", _folder + "/vmlinux", out string reason, out _);

        Assert.True(tasks is not null, reason);
        Assert.Equal(["loginuid.val"], tasks.Missing);
        Assert.Equal(TaskFields.All & ~TaskFields.Audit, tasks.Available);
        Assert.True(tasks.Read().Length > 10);
    }

    [Fact]
    public void A_program_that_reads_where_it_may_not_is_told_in_the_verifiers_words()
    {
        // The signal struct's pointer is said to stand where the kernel has a number: following that is refused.
        byte[] btf = File.ReadAllBytes(KernelBtf.VmlinuxPath);
        Assert.True(Btf.TryParse(btf, out Btf parsed, out _));
        Assert.True(parsed.TryResolve(parsed.Find(BtfKind.Struct, "task_struct"u8), "utime", out KernelField number));
        MemberOf(btf, "signal")[2] = (uint)number.Offset * 8;

        string reason = Reason(btf);

        Assert.StartsWith("bpf(BPF_PROG_LOAD sonde_tasks): Permission denied (errno 13): ", reason, StringComparison.Ordinal);
        Assert.Contains("invalid mem access 'scalar'", reason, StringComparison.Ordinal);
        Assert.Contains(" lines before)", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_pid_namespace_of_its_own_it_does_not_pretend()
    {
        Directory.CreateDirectory(_folder + "/self/ns");
        File.CreateSymbolicLink(_folder + "/self/ns/pid", "pid:[4026532999]");

        Assert.Null(TaskIterator.TryOpen(TaskFields.Core, _folder, KernelBtf.VmlinuxPath, out string reason, out _));

        Assert.Contains("pid:[4026532999]", reason, StringComparison.Ordinal);
    }

    private string Reason(byte[]? btf)
    {
        string path = _folder + "/vmlinux";
        if (btf is not null)
        {
            File.WriteAllBytes(path, btf);
        }

        Assert.Null(TaskIterator.TryOpen(TaskFields.All, "/proc", path, out string reason, out _));
        return reason;
    }

    // The three words (name, type, place in bits) of a member of task_struct, to be changed.
    private static Span<uint> MemberOf(byte[] btf, string name)
    {
        Assert.True(Btf.TryParse(btf, out Btf parsed, out _));
        Assert.True(parsed.TryResolve(parsed.Find(BtfKind.Struct, "task_struct"u8), name, out KernelField field));
        Span<uint> words = MemoryMarshal.Cast<byte, uint>(btf.AsSpan(0, btf.Length & ~3));
        int strings = (int)(words[1] + words[4]);
        int text = btf.AsSpan(strings).IndexOf(global::System.Text.Encoding.ASCII.GetBytes($"\0{name}\0")) + 1;
        for (int i = 6; i < strings / sizeof(uint); i++)
        {
            if (words[i] == text && words[i + 2] == field.Offset * 8)
            {
                return words.Slice(i, 3);
            }
        }

        throw new InvalidOperationException($"task_struct has no {name}");
    }
}
