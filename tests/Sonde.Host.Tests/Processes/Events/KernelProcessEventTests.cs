using System.Text;
using Sonde.Host.Processes.Events.Windows;
using Sonde.Interop.Windows.Etw;
using Sonde.Testing;

namespace Sonde.Host.Tests.Processes.Events;

/// <summary>Events of Microsoft-Windows-Kernel-Process, built as its manifests lay them out.</summary>
public sealed class KernelProcessEventTests
{
    private const long Created = 133_000_000_000_000_000; // June 2022
    private const string Image = @"\Device\HarddiskVolume3\Windows\System32\cmd.exe";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_start_of_the_older_forms_has_no_sequence_number(byte version)
    {
        Assert.True(TryParse(1, version, EtwBytes.ProcessStart(version, 1234, 99, Created, 600, 9, Image), out KernelProcessEvent start));

        Assert.Equal(new KernelProcessEvent(IsStart: true, 1234, 0, Created, 600, 0, 0, Image), start);
        Assert.Equal("cmd.exe", start.Name);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(3, 0)]
    [InlineData(3, 15)]
    [InlineData(4, 1)]
    [InlineData(9, 1)] // newer than any that is known
    public void A_start_of_the_newer_forms_has_one_before_its_label_of_any_length(byte version, byte subAuthorities)
    {
        Assert.True(TryParse(1, version, EtwBytes.ProcessStart(version, 1234, 0x1_0000_0063, Created, 600, 9, Image, subAuthorities), out KernelProcessEvent start));

        Assert.Equal(new KernelProcessEvent(IsStart: true, 1234, 0x1_0000_0063, Created, 600, 9, 0, Image), start);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 99)]
    public void An_end_has_its_code(byte version, ulong sequence)
    {
        Assert.True(TryParse(2, version, EtwBytes.ProcessStop(version, 1234, 99, Created, 0xC0000005, "cmd.exe"), out KernelProcessEvent stop));

        Assert.Equal(new KernelProcessEvent(IsStart: false, 1234, sequence, Created, 0, 0, unchecked((int)0xC0000005), "cmd.exe"), stop);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 3)]
    [InlineData(1, 4)]
    [InlineData(2, 0)]
    [InlineData(2, 2)]
    public void Every_prefix_is_refused_or_read_as_far_as_the_image(ushort id, byte version)
    {
        byte[] whole = id == 1 ? EtwBytes.ProcessStart(version, 1234, 99, Created, 600, 9, Image) : EtwBytes.ProcessStop(version, 1234, 99, Created, 5, "cmd.exe");
        int accepted = 0;
        for (int length = 0; length < whole.Length; length++)
        {
            if (TryParse(id, version, whole.AsSpan(0, length), out KernelProcessEvent read))
            {
                accepted++;
                Assert.Equal((1234, Created), (read.Pid, read.Created));
                Assert.StartsWith(read.Image, id == 1 ? Image : "cmd.exe", StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(0, accepted); // once it is long enough it stays so
            }
        }

        Assert.InRange(accepted, 1, whole.Length - 20);
    }

    [Fact]
    public void A_label_that_claims_to_be_longer_than_any_is_refused()
    {
        byte[] payload = EtwBytes.ProcessStart(3, 1234, 99, Created, 600, 9, Image);
        payload[4 + 8 + 8 + 4 + 8 + 4 + 4 + 4 + 4 + 1] = 255;

        Assert.False(TryParse(1, 3, payload, out _));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(1234L)]
    [InlineData(long.MaxValue)]
    public void A_time_that_makes_no_sense_is_refused(long created) =>
        Assert.False(TryParse(1, 3, EtwBytes.ProcessStart(3, 1234, 99, created, 600, 9, Image), out _));

    [Fact]
    public void An_event_of_the_older_form_is_not_taken_for_the_newer_one() =>
        Assert.False(TryParse(1, 3, EtwBytes.ProcessStart(2, 1234, 99, Created, 600, 9, Image), out _));

    [Theory]
    [InlineData(3)] // a thread
    [InlineData(15)] // a process that was there before
    public void Other_events_are_none_of_these(ushort id)
    {
        var record = new EtwRecord(EtwProvider.KernelProcess.Id, id, 1, 0, EtwBytes.ProcessStart(3, 1234, 99, Created, 600, 9, Image));

        Assert.False(KernelProcessEvent.IsOne(record));
        Assert.False(KernelProcessEvent.TryParse(record, out _));
    }

    [Fact]
    public void Other_providers_are_none_of_these() =>
        Assert.False(KernelProcessEvent.IsOne(new EtwRecord(EtwProvider.KernelNetwork.Id, 1, 3, 0, default)));

    [Fact]
    public void An_image_without_an_end_is_what_there_is_of_it()
    {
        byte[] payload = [.. EtwBytes.ProcessStart(0, 1234, 0, Created, 600, 0, string.Empty)[..^2], .. Encoding.Unicode.GetBytes(@"\x\endless"), 7];

        Assert.True(TryParse(1, 0, payload, out KernelProcessEvent start));
        Assert.Equal("endless", start.Name);
    }

    [Fact]
    public void Random_changes_throw_nothing()
    {
        var random = new Random(5);
        for (int turn = 0; turn < 20_000; turn++)
        {
            byte version = (byte)random.Next(6);
            ushort id = (ushort)random.Next(1, 3);
            byte[] payload = id == 1 ? EtwBytes.ProcessStart(version, 1234, 99, Created, 600, 9, Image) : EtwBytes.ProcessStop(version, 1234, 99, Created, 5, "cmd.exe");
            for (int change = random.Next(4); change >= 0; change--)
            {
                payload[random.Next(payload.Length)] = (byte)random.Next(256);
            }

            if (TryParse(id, version, payload.AsSpan(0, random.Next(payload.Length + 1)), out KernelProcessEvent read))
            {
                Assert.True(read.Pid > 0);
                Assert.True(read.Image.Length <= payload.Length);
            }
        }
    }

    private static bool TryParse(ushort id, byte version, ReadOnlySpan<byte> payload, out KernelProcessEvent read) =>
        KernelProcessEvent.TryParse(new EtwRecord(EtwProvider.KernelProcess.Id, id, version, 0, payload), out read);
}
