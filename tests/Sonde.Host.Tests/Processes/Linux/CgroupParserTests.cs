using System.Text;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Linux;

namespace Sonde.Host.Tests.Processes.Linux;

public class CgroupParserTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Inner = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
    private const string Uid = "12345678-9abc-def0-1234-56789abcdef0";
    private const string UidInSlice = "12345678_9abc_def0_1234_56789abcdef0";

    [Theory]
    [InlineData("/system.slice/docker-" + Id + ".scope", "docker")]
    [InlineData("/docker/" + Id, "docker")]
    [InlineData("/system.slice/containerd.service/cri-containerd-" + Id + ".scope", "containerd")]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + UidInSlice + ".slice/cri-containerd-" + Id + ".scope", "containerd")]
    [InlineData("/system.slice/containerd.service/kubepods-besteffort-pod" + UidInSlice + ".slice:cri-containerd:" + Id, "containerd")]
    [InlineData("/kubepods/besteffort/pod" + Uid + "/" + Id, "kubernetes")]
    [InlineData("/kubepods.slice/kubepods-pod" + UidInSlice + ".slice/crio-" + Id + ".scope", "cri-o")]
    [InlineData("/machine.slice/libpod-" + Id + ".scope/container", "podman")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Id + ".scope", "podman")]
    [InlineData("/libpod_parent/libpod-" + Id, "podman")]
    [InlineData("/nerdctl-" + Id + ".scope", "nerdctl")]
    [InlineData("/somewhere/" + Id, "unknown")]
    public void A_container_of_each_runtime_is_found_by_its_group(string path, string runtime)
    {
        ProcessContainer container = Parse(path).Container.Value;

        Assert.Equal((runtime, Id, Id[..12]), (container.Runtime, container.Id, container.ShortId));
    }

    [Theory]
    [InlineData("/ecs/0123456789abcdef0123456789abcdef/" + Id, "ecs", Id)]
    [InlineData("/ecs/0123456789abcdef0123456789abcdef/0123456789abcdef0123456789abcdef-1234567890", "ecs", "0123456789abcdef0123456789abcdef-1234567890")]
    [InlineData("/garden/3b5f", "garden", "3b5f")]
    [InlineData("/lxc.payload.web/system.slice/nginx.service", "lxc", "web")]
    [InlineData("/lxc/web", "lxc", "web")]
    [InlineData("/machine.slice/machine-deb\\x2dian.scope/payload", "nspawn", "deb-ian")]
    [InlineData("/machine.slice/machine-lxc\\x2d123\\x2dweb.scope", "libvirt-lxc", "lxc-123-web")]
    public void Containers_with_names_are_found(string path, string runtime, string id)
    {
        ProcessContainer container = Parse(path).Container.Value;

        Assert.Equal((runtime, id), (container.Runtime, container.Id));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/user.slice/user-0.slice/session-3.scope")]
    [InlineData("/system.slice/libpod-conmon-" + Id + ".scope")]
    [InlineData("/system.slice/crio-conmon-" + Id + ".scope")]
    [InlineData("/lxc.monitor.web")]
    [InlineData("/a/0123456789abcdef0123456789abcdef")]
    [InlineData("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope")]
    [InlineData("/system.slice/docker.service")]
    [InlineData("/system.slice/docker-deadbeef.scope")]
    public void What_only_looks_like_a_container_is_none(string path) => Assert.Equal(ReadingStatus.None, Parse(path).Container.Status);

    [Fact]
    public void A_container_in_a_container_names_the_outer_one()
    {
        ProcessContainer container = Parse($"/docker/{Id}/system.slice/docker-{Inner}.scope").Container.Value;

        Assert.Equal(Inner, container.Id);
        Assert.Equal(Id, Assert.Single(container.Outer).Id);
    }

    [Fact]
    public void On_a_hybrid_host_all_hierarchies_are_searched()
    {
        CgroupFacts facts = CgroupParser.Parse(Encoding.ASCII.GetBytes($"12:memory:/docker/{Id}\n1:name=systemd:/docker/{Id}\n0::/\n"));

        Assert.Equal(Id, facts.Container.Value.Id);
        Assert.Equal($"/docker/{Id}", facts.Cgroup.Value.Path);
    }

    [Theory]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + UidInSlice + ".slice/cri-containerd-" + Id + ".scope", Uid, "burstable")]
    [InlineData("/kubepods/besteffort/pod" + Uid + "/" + Id, Uid, "besteffort")]
    [InlineData("/kubepods.slice/kubepods-pod" + UidInSlice + ".slice/crio-" + Id + ".scope", Uid, "guaranteed")]
    [InlineData("/kubepods/burstable/pod0123456789abcdef0123456789abcdef/" + Id, "0123456789abcdef0123456789abcdef", "burstable")]
    public void A_pod_is_found_with_its_quality(string path, string uid, string quality) => Assert.Equal(new KubernetesPod(uid, quality), Parse(path).Pod.Value);

    [Fact]
    public void A_service_of_the_system_is_a_unit_in_a_slice()
    {
        CgroupFacts facts = Parse("/system.slice/system-getty.slice/getty@tty1.service");

        Assert.Equal("getty@tty1.service", facts.Unit.Value.Name.Value);
        Assert.Equal("system-getty.slice", facts.Unit.Value.Slice.Value);
        Assert.Equal(["getty@tty1.service"], facts.Services.Value);
    }

    [Fact]
    public void A_service_of_a_user_has_the_system_s_unit_around_it()
    {
        ProcessUnit unit = Parse("/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome\\x2dterm.service").Unit.Value;

        Assert.Equal("user@1000.service", unit.Name.Value);
        Assert.Equal("app-gnome-term.service", unit.UserUnit.Value);
        Assert.Equal("user-1000.slice", unit.Slice.Value);
    }

    [Theory]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/snap.firefox.firefox-12345678-9abc-def0-1234-56789abcdef0.scope", "snap", "firefox", "firefox")]
    [InlineData("/system.slice/snap.lxd.daemon.service", "snap", "lxd", "daemon")]
    public void A_snap_is_found(string path, string kind, string name, string application)
    {
        ProcessPackage package = Parse(path).Package.Value;

        Assert.Equal((kind, name, application), (package.Kind, package.Name, package.Application.Value));
    }

    [Fact]
    public void A_flatpak_is_found() =>
        Assert.Equal("org.gimp.GIMP", Parse("/user.slice/user-1000.slice/user@1000.service/app.slice/app-flatpak-org.gimp.GIMP-4321.scope").Package.Value.Name);

    [Fact]
    public void A_path_that_begins_outside_says_so()
    {
        Assert.True(Parse("/../../system.slice/x.service").Cgroup.Value.IsRelative);
        Assert.False(Parse("/system.slice/x.service").Cgroup.Value.IsRelative);
    }

    [Theory]
    [InlineData(@"a\x2db", "a-b")]
    [InlineData(@"a\x2", @"a\x2")]
    [InlineData(@"a\xzzb", @"a\xzzb")]
    [InlineData(@"\xc3\xa4", "ä")]
    public void Escapes_of_systemd_are_undone(string name, string expected) => Assert.Equal(expected, CgroupParser.Unescape(name));

    [Fact]
    public void Nothing_is_no_group() => Assert.Equal(ReadingStatus.None, CgroupParser.Parse([]).Cgroup.Status);

    [Fact]
    public void Random_bytes_never_throw()
    {
        string[] parts = ["/", "docker-", Id, ".scope", ".service", "kubepods", "-pod", Uid, ":", "0:", "\n", "\\x", "user@1000.service", "snap.", "app-flatpak-", "-", "ecs/", "lxc.payload."];
        var random = new Random(31337);
        for (int round = 0; round < 10_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => parts[random.Next(parts.Length)]));
            Assert.NotNull(CgroupParser.Parse(Encoding.ASCII.GetBytes(text)));
        }
    }

    private static CgroupFacts Parse(string path) => CgroupParser.Parse(Encoding.ASCII.GetBytes($"0::{path}\n"));
}
