using Sonde.Host.Privileges.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Tests.Windows;

public sealed class TokenAnswerTests
{
    private const nint Base = 0x2000;
    private const uint Enabled = 0x4;
    private const uint DenyOnly = 0x10;

    // S-1-5-32-544
    private static readonly byte[] s_administrators = Convert.FromHexString("01020000000000052000000020020000");

    // S-1-16-12288
    private static readonly byte[] s_high = Convert.FromHexString("010100000000001000300000");

    [Theory]
    [InlineData("01020000000000052000000020020000", "S-1-5-32-544")]
    [InlineData("010100000000001000300000", "S-1-16-12288")]
    [InlineData("010500000000000515000000A065CF7E784B9B5FE77C8770091C0100", "S-1-5-21-2127521184-1604012920-1887927527-72713")]
    [InlineData("0100000000000005", "S-1-5")]
    [InlineData("0101FF000000000501000000", "S-1-0xFF0000000005-1")]
    public void Identifiers_are_written_as_usual(string bytes, string expected)
    {
        Assert.True(SecurityId.TryParse(Convert.FromHexString(bytes), out SecurityId sid));
        Assert.Equal(expected, sid.ToString());
    }

    [Fact]
    public void Every_prefix_of_an_identifier_is_refused()
    {
        for (int length = 0; length < s_administrators.Length; length++)
        {
            Assert.False(SecurityId.TryParse(s_administrators.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [InlineData("0200000000000005")] // another revision
    [InlineData("01FF000000000005")] // 255 sub-authorities
    public void What_is_no_identifier_is_refused(string bytes) =>
        Assert.False(SecurityId.TryParse(Convert.FromHexString(bytes.PadRight(4096, '0')), out _));

    [Theory]
    [InlineData(Enabled, true)]
    [InlineData(Enabled | DenyOnly, false)]
    [InlineData(DenyOnly, false)] // a program of an administrator that was not elevated
    [InlineData(0u, false)]
    public void Administrators_counts_only_when_it_grants(uint attributes, bool expected) =>
        Assert.Equal(expected, TokenAnswers.HasAdministrators(new AddressedBytes(Groups(s_administrators, attributes), Base)));

    [Fact]
    public void Another_group_is_not_Administrators() =>
        Assert.False(TokenAnswers.HasAdministrators(new AddressedBytes(Groups(s_high, Enabled), Base)));

    [Fact]
    public void A_group_count_that_lies_reads_what_is_there()
    {
        byte[] groups = Groups(s_administrators, Enabled);
        groups[0] = groups[1] = groups[2] = groups[3] = 0xFF;

        Assert.True(TokenAnswers.HasAdministrators(new AddressedBytes(groups, Base)));
        for (int length = 0; length < groups.Length; length++)
        {
            Assert.False(TokenAnswers.HasAdministrators(new AddressedBytes(groups.AsSpan(0, length), Base)));
        }
    }

    [Fact]
    public void Privileges_are_read_as_many_as_are_there()
    {
        // Two declared: SeDebugPrivilege (20) off, SeChangeNotifyPrivilege (23) on by default.
        byte[] answer = Convert.FromHexString("02000000" + "14000000" + "00000000" + "00000000" + "17000000" + "00000000" + "03000000");

        List<LUID_AND_ATTRIBUTES> privileges = TokenAnswers.Privileges(answer);

        Assert.Equal([20u, 23u], privileges.Select(privilege => privilege.Luid.LowPart));
        Assert.Equal([0u, 3u], privileges.Select(privilege => privilege.Attributes));
        Assert.Single(TokenAnswers.Privileges(answer.AsSpan(0, 27)));
        Assert.Empty(TokenAnswers.Privileges([]));
    }

    [Theory]
    [InlineData(0x0000u, "Untrusted")]
    [InlineData(0x1000u, "Low")]
    [InlineData(0x2000u, "Medium")]
    [InlineData(0x2100u, "MediumPlus")]
    [InlineData(0x3000u, "High")]
    [InlineData(0x4000u, "System")]
    [InlineData(0x2010u, "0x2010")]
    public void Integrity_levels_have_names(uint level, string name) => Assert.Equal(name, TokenAnswers.IntegrityName(level));

    [Fact]
    public void A_label_is_read_through_its_pointer()
    {
        byte[] answer = [.. NativeStruct.AsBytes(new SID_AND_ATTRIBUTES { Sid = Base + 16 }), .. s_high];

        Assert.True(TokenAnswers.TryReadSid(new AddressedBytes(answer, Base), out SecurityId sid));
        Assert.Equal(0x3000u, sid.RelativeId);
        Assert.False(TokenAnswers.TryReadSid(new AddressedBytes(answer.AsSpan(0, answer.Length - 1), Base), out _));
        Assert.False(TokenAnswers.TryReadSid(new AddressedBytes(answer, Base + 1), out _));
    }

    private static byte[] Groups(byte[] sid, uint attributes)
    {
        int first = NativeStruct.SizeOf<TOKEN_GROUPS>();
        var groups = new TOKEN_GROUPS { GroupCount = 1, Groups = new SID_AND_ATTRIBUTES { Sid = Base + first, Attributes = attributes } };
        return [.. NativeStruct.AsBytes(in groups), .. sid];
    }
}
