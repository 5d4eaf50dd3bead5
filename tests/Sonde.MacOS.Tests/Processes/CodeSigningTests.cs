using System.Text;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests.Processes;

/// <summary>csops, the sandbox and system integrity protection.</summary>
public sealed class CodeSigningTests
{
    private const long Application = Darwin.CS_SIGNED | Darwin.CS_VALID | Darwin.CS_RUNTIME | Darwin.CS_KILL | Darwin.CS_HARD;

    [Fact]
    public void A_signature_is_what_the_kernel_says_also_of_processes_of_others()
    {
        using var system = new LookAlike { ["as.uid"] = 501 };
        system.Put(new HostProcess(300, "app") { User = 502, CodeSigning = Application, Category = (int)Darwin.CS_VALIDATION_CATEGORY_DEVELOPER_ID, IsSandboxed = true });
        system.Put(300, "identity", "org.example.app\0"u8.ToArray());
        system.Put(300, "team", "A1B2C3D4E5\0"u8.ToArray());

        MacOSCodeSigning signing = TestCollector.Read(300, ProcessFields.CodeSigning).Identity.CodeSigning.Value;

        Assert.Equal((uint)Application, signing.Flags);
        Assert.Equal(["valid", "hard", "kill", "runtime", "signed"], signing.FlagNames);
        Assert.Equal(("org.example.app", "A1B2C3D4E5", "developer_id"), (signing.Identifier.Value, signing.TeamId.Value, signing.ValidationCategory.Value));
        Assert.Equal("2c2d2e2f303132333435363738393a3b3c3d3e3f", signing.CodeDirectoryHash.Value);
        Assert.Equal((true, true, false), (signing.IsSandboxed.Value, signing.IsHardened, signing.IsPlatformBinary));
    }

    [Fact]
    public void Code_without_a_signature_has_none_of_its_parts_and_says_so()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));

        MacOSCodeSigning signing = TestCollector.Read(300, ProcessFields.CodeSigning).Identity.CodeSigning.Value;

        Assert.Empty(signing.FlagNames);
        foreach (Reading<string> part in (Reading<string>[])[signing.Identifier, signing.TeamId, signing.CodeDirectoryHash, signing.ValidationCategory])
        {
            Assert.Equal((ReadingStatus.None, "its code is not signed"), (part.Status, part.Reason));
        }
    }

    [Fact]
    public void A_signature_without_a_team_has_none_and_a_refused_part_is_denied()
    {
        using var system = new LookAlike { ["fail.csops11"] = Darwin.EPERM, ["fail.csops17"] = Darwin.EINVAL };
        system.Put(new HostProcess(300, "a") { CodeSigning = Darwin.CS_SIGNED | Darwin.CS_ADHOC });

        MacOSCodeSigning signing = TestCollector.Read(300, ProcessFields.CodeSigning).Identity.CodeSigning.Value;

        Assert.Equal((ReadingStatus.None, "no team signed it"), (signing.TeamId.Status, signing.TeamId.Reason));
        Assert.Equal(ReadingStatus.Denied, signing.Identifier.Status);
        Assert.Equal(ReadingStatus.Unsupported, signing.ValidationCategory.Status); // older than the question
    }

    [Fact]
    public void Bits_and_categories_without_a_name_appear_as_they_are()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { CodeSigning = Darwin.CS_SIGNED | 0x40 | 0x80, Category = 42 });

        MacOSCodeSigning signing = TestCollector.Read(300, ProcessFields.CodeSigning).Identity.CodeSigning.Value;

        Assert.Equal(["signed", "0xc0"], signing.FlagNames);
        Assert.Equal("category 42", signing.ValidationCategory.Value);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(5_000)]
    public void An_identifier_of_any_length_is_read(int length)
    {
        using var system = new LookAlike();
        string identifier = new('i', length);
        system.Put(new HostProcess(300, "a") { CodeSigning = Application });
        system.Put(300, "identity", Encoding.ASCII.GetBytes(identifier));

        Assert.Equal(identifier, TestCollector.Read(300, ProcessFields.CodeSigning).Identity.CodeSigning.Value.Identifier.Value);
    }

    [Fact]
    public void A_length_that_lies_reads_nothing_beyond_the_buffer()
    {
        using var system = new LookAlike { ["blob.lie"] = 2_000_000_000 };
        system.Put(new HostProcess(300, "a") { CodeSigning = Application });
        system.Put(300, "identity", "org.example.app"u8.ToArray());
        system.Put(300, "team", new byte[100_000]);

        MacOSCodeSigning signing = TestCollector.Read(300, ProcessFields.CodeSigning).Identity.CodeSigning.Value;

        Assert.StartsWith("org.example.app", signing.Identifier.Value, StringComparison.Ordinal);
        Assert.InRange(signing.Identifier.Value.Length, 15, 600);
        Assert.Equal(ReadingStatus.Failed, signing.TeamId.Status); // longer than what is believed
    }

    [Theory]
    [InlineData(0, "on")]
    [InlineData((int)(Darwin.CSR_ALLOW_UNRESTRICTED_FS | Darwin.CSR_ALLOW_TASK_FOR_PID), "lets pass: writing to system files, debugging system processes")]
    [InlineData(0x2000, "lets pass: 0x2000")]
    public void System_integrity_protection_is_on_or_says_what_it_lets_pass(int allowed, string expected)
    {
        using var system = new LookAlike { ["csr"] = allowed };
        system.Put(new HostProcess(300, "a"));

        Assert.Equal(expected, TestCollector.Read(300, ProcessFields.CodeSigning).Identity.CodeSigning.Value.SystemIntegrity.Value);
    }

    [Fact]
    public void Refused_protection_is_denied_and_never_taken_for_on()
    {
        using var system = new LookAlike { ["fail.csr"] = Darwin.EPERM };
        system.Put(new HostProcess(300, "a"));

        Assert.Equal(ReadingStatus.Denied, TestCollector.Read(300, ProcessFields.CodeSigning).Identity.CodeSigning.Value.SystemIntegrity.Status);
    }

    [Theory]
    [InlineData(true, ReadingStatus.Ok)]
    [InlineData(false, ReadingStatus.None)]
    public void The_label_says_whether_it_is_in_a_sandbox(bool isSandboxed, ReadingStatus expected)
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { IsSandboxed = isSandboxed });

        Assert.Equal(expected, TestCollector.Read(300, ProcessFields.Label).Identity.Label.Status);
    }

    [Theory]
    [InlineData("<key>com.apple.security.app-sandbox</key><true/>", ReadingStatus.Ok)]
    [InlineData("<key>com.apple.security.app-sandbox</key><false/>", ReadingStatus.Denied)]
    [InlineData("<key>other</key><true/>", ReadingStatus.Denied)]
    public void A_sandbox_that_cannot_be_asked_about_is_known_by_its_entitlement_only(string entitlements, ReadingStatus expected)
    {
        using var system = new LookAlike { ["fail.sandbox"] = Darwin.EPERM };
        system.Put(new HostProcess(300, "a") { CodeSigning = Application });
        system.Put(300, "entitlements", Encoding.UTF8.GetBytes($"<plist version=\"1.0\"><dict>{entitlements}</dict></plist>"));

        Assert.Equal(expected, TestCollector.Read(300, ProcessFields.CodeSigning).Identity.CodeSigning.Value.IsSandboxed.Status);
    }

    // A function that was found once stays bound, so a system that lacks it is another process.
    [Fact]
    public void A_system_without_the_private_calls_says_which_are_missing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The look-alike of libSystem is built for Linux.");
        if (Environment.GetEnvironmentVariable(LookAlike.WithoutDns) is null)
        {
            Assert.Equal(0, ResolverTests.RunAlone($"{typeof(CodeSigningTests).FullName}.{nameof(A_system_without_the_private_calls_says_which_are_missing)}"));
            return;
        }

        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a"));
        ProcessIdentity identity = TestCollector.Read(300, ProcessFields.CodeSigning | ProcessFields.Containment).Identity;

        Assert.Contains("sandbox_check", identity.CodeSigning.Value.IsSandboxed.Reason, StringComparison.Ordinal);
        Assert.Contains("responsibility_get_pid_responsible_for_pid", identity.Coalition.Value.ResponsiblePid.Reason, StringComparison.Ordinal);
        Assert.Equal((ReadingStatus.Unsupported, ReadingStatus.Unsupported), (identity.CodeSigning.Value.IsSandboxed.Status, identity.Coalition.Value.ResponsiblePid.Status));
    }

    [Fact]
    public void Entitlements_are_read_and_those_without_have_none()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { CodeSigning = Application });
        system.Put(new HostProcess(301, "b") { CodeSigning = Application });
        system.Put(new HostProcess(302, "c"));
        system.Put(300, "entitlements", "<plist><dict><key>com.apple.security.network.client</key><true/></dict></plist>"u8.ToArray());
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Entitlements);

        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal("true", snapshot[0].Details.Entitlements.Value["com.apple.security.network.client"]);
        Assert.Equal((ReadingStatus.None, "it has no entitlements"), (snapshot[1].Details.Entitlements.Status, snapshot[1].Details.Entitlements.Reason));
        Assert.Equal((ReadingStatus.None, "its code is not signed"), (snapshot[2].Details.Entitlements.Status, snapshot[2].Details.Entitlements.Reason));
    }

    [Fact]
    public void Entitlements_in_DER_are_what_counts_and_where_they_cannot_be_read_the_XML_form_serves()
    {
        using var system = new LookAlike();
        byte[] der = Convert.FromHexString("702A" + "020101" + "B025" + "3023" + "0C1E" + Convert.ToHexString("com.apple.security.app-sandbox"u8) + "0101FF");
        byte[] xml = "<plist><dict><key>x</key><true/></dict></plist>"u8.ToArray();
        system.Put(new HostProcess(300, "both") { CodeSigning = Application });
        system.Put(300, "entitlements", xml);
        system.Put(300, "der", der);
        system.Put(new HostProcess(301, "broken") { CodeSigning = Application });
        system.Put(301, "entitlements", xml);
        system.Put(301, "der", der[..20]);
        system.Put(new HostProcess(302, "alone") { CodeSigning = Application });
        system.Put(302, "der", der);
        system.Put(new HostProcess(303, "broken alone") { CodeSigning = Application });
        system.Put(303, "der", der[..20]);
        using ProcessCollector collector = TestCollector.Open(ProcessFields.Entitlements);

        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal("com.apple.security.app-sandbox", Assert.Single(snapshot[0].Details.Entitlements.Value).Key);
        Assert.Equal("x", Assert.Single(snapshot[1].Details.Entitlements.Value).Key);
        Assert.Equal("true", snapshot[2].Details.Entitlements.Value["com.apple.security.app-sandbox"]);
        Assert.Equal(ReadingStatus.Failed, snapshot[3].Details.Entitlements.Status);
    }

    [Fact]
    public void Entitlements_that_are_too_long_to_be_believed_are_not_read()
    {
        using var system = new LookAlike();
        system.Put(new HostProcess(300, "a") { CodeSigning = Application });
        system.Put(300, "entitlements", new byte[300 * 1024]);

        Reading<IReadOnlyDictionary<string, string>> entitlements = TestCollector.Read(300, ProcessFields.Entitlements).Details.Entitlements;

        Assert.Equal((ReadingStatus.Failed, "the entitlements are longer than 262144 bytes"), (entitlements.Status, entitlements.Reason));
    }
}
