using System.Reflection;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;
using Sonde.Link.MacOS;
using Sonde.Testing;

namespace Sonde.MacOS.Tests;

public sealed class LayoutTests
{
    // Not in the data, each with the reason. The private arm of struct ifreq is checked at run time instead: it repeats the interface's type.
    private static readonly HashSet<string> s_unknownFields =
    [
        "ifreq.ift_type", // xnu bsd/net/if.h under PRIVATE, read from source; no SDK declares it
        "ifreq.ift_family",
        "ifreq.ift_subfamily",
    ];

    // sys/mman.h was not compiled into the data; POSIX systems have agreed on these since 4.2BSD, macOS included.
    private static readonly HashSet<string> s_unknownConstants = ["PROT_READ", "PROT_WRITE", "PROT_EXEC", "MAP_SHARED", "MAP_PRIVATE"];

    public static TheoryData<string, string> Structs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (Type type in NativeLayout.StructsIn(typeof(LibSystem).Assembly, typeof(LibSystem).Namespace!).Append(typeof(pollfd)))
            {
                data.Add("arm64", type.FullName!);
                data.Add("x86_64", type.FullName!);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Structs))]
    public void A_struct_lies_in_memory_as_the_compiler_of_Apple_lays_it_out(string architecture, string typeName)
    {
        Type type = typeof(LibSystem).Assembly.GetType(typeName)!; // named by the same assembly above
        var abi = new Abi(architecture);
        Assert.Equal(abi.SizeOf(type.Name), NativeLayout.SizeOf(type));

        IReadOnlyDictionary<string, FieldPlace> expected = abi.FieldsOf(type.Name);
        IReadOnlyDictionary<string, FieldPlace> actual = NativeLayout.FieldsOf(type);
        foreach ((string name, FieldPlace place) in actual)
        {
            if ((!name.StartsWith('_') || expected.ContainsKey(name)) && !s_unknownFields.Contains($"{type.Name}.{name}"))
            {
                Assert.True(expected.ContainsKey(name), $"{type.Name} has no {name}");
                Assert.Equal((name, expected[name]), (name, place));
            }
        }

        if (!type.IsExplicitLayout) // a union shows the arms that are used
        {
            Assert.Empty(abi.OwnFieldsOf(type.Name).Except(actual.Keys));
        }
    }

    [Fact]
    public void Every_struct_that_crosses_to_libSystem_is_among_those_checked() =>
        Assert.Equal(
            [
                "audit_token_t", "bpf_hdr", "bpf_insn", "bpf_program", "bpf_stat", "ctl_info", "dns_config_t", "dns_resolver_t", "if_data", "if_data64",
                "ifaddrs", "ifaliasreq", "ifmediareq", "ifmibdata", "ifreq", "in6_addr", "in6_addrlifetime", "in6_aliasreq", "in6_ifreq", "iovec", "kevent",
                "kinfo_proc", "mach_timebase_info", "msghdr_x",
                "passwd", "proc_archinfo", "proc_bsdinfo", "proc_pidcoalitioninfo", "proc_regioninfo", "proc_regionwithpathinfo", "proc_taskallinfo",
                "proc_taskinfo", "proc_uniqidentifierinfo", "proc_vnodepathinfo", "rt_metrics", "rt_msghdr", "rusage_info_v6", "sockaddr",
                "sockaddr_ctl", "sockaddr_dl", "sockaddr_in", "sockaddr_in6", "stat", "timespec", "timeval", "timeval32", "vnode_info_path", "xinpcb_n", "xinpgen",
                "xsockbuf_n", "xsocket_n", "xsockstat_n", "xtcpcb_n",
            ],
            NativeLayout.StructsIn(typeof(LibSystem).Assembly, typeof(LibSystem).Namespace!).Select(type => type.Name));

    [Theory]
    [InlineData("arm64")]
    [InlineData("x86_64")]
    public void Every_constant_has_the_value_of_the_headers(string architecture)
    {
        var abi = new Abi(architecture);
        var unknown = new List<string>();
        int compared = 0;
        foreach (FieldInfo constant in Constants())
        {
            if (!abi.TryGetConstant(constant.Name, out Int128 expected))
            {
                unknown.Add(constant.Name);
                continue;
            }

            Int128 actual = constant.GetRawConstantValue() switch
            {
                int value => value,
                uint value => value,
                short value => value,
                ushort value => value,
                byte value => value,
                ulong value => value,
                object other => throw new InvalidOperationException($"{constant.Name} is a {other.GetType()}."),
                null => throw new InvalidOperationException($"{constant.Name} has no value."),
            };
            Assert.Equal((constant.Name, expected), (constant.Name, actual));
            compared++;
        }

        Assert.Equal(s_unknownConstants.Order(), unknown.Order());
        Assert.True(compared > 180, $"only {compared} constants were compared");
    }

    [Fact]
    public void An_ioctl_request_carries_the_size_of_its_struct_and_fits_into_32_bits()
    {
        Assert.Equal(NativeStruct.SizeOf<ifmediareq>(), SizeIn(LibSystem.SIOCGIFMEDIA));
        Assert.Equal(NativeStruct.SizeOf<ifreq>(), SizeIn(LibSystem.SIOCGIFTYPE));
        Assert.Equal(NativeStruct.SizeOf<in6_ifreq>(), SizeIn(LibSystem.SIOCGIFAFLAG_IN6));
        Assert.Equal(NativeStruct.SizeOf<in6_ifreq>(), SizeIn(LibSystem.SIOCGIFALIFETIME_IN6));
        Assert.Equal(NativeStruct.SizeOf<ifreq>(), SizeIn(LibSystem.BIOCSETIF));
        foreach (uint request in (ReadOnlySpan<uint>)[LibSystem.SIOCGIFFLAGS, LibSystem.SIOCSIFFLAGS, LibSystem.SIOCSIFMTU, LibSystem.SIOCDIFADDR])
        {
            Assert.Equal(NativeStruct.SizeOf<ifreq>(), SizeIn(request));
        }

        Assert.Equal(NativeStruct.SizeOf<ifaliasreq>(), SizeIn(LibSystem.SIOCAIFADDR));
        Assert.Equal(NativeStruct.SizeOf<in6_aliasreq>(), SizeIn(LibSystem.SIOCAIFADDR_IN6));
        Assert.Equal(NativeStruct.SizeOf<in6_ifreq>(), SizeIn(LibSystem.SIOCDIFADDR_IN6));
        Assert.Equal(NativeStruct.SizeOf<ctl_info>(), SizeIn(LibSystem.CTLIOCGINFO));
        Assert.Equal(NativeStruct.SizeOf<bpf_program>(), SizeIn(LibSystem.BIOCSETF));
        Assert.Equal(NativeStruct.SizeOf<bpf_stat>(), SizeIn(LibSystem.BIOCGSTATS));
        Assert.Equal(NativeStruct.SizeOf<timeval>(), SizeIn(LibSystem.BIOCSRTIMEOUT));
        Assert.Equal(0, SizeIn(LibSystem.BIOCPROMISC));
        foreach (uint number in (ReadOnlySpan<uint>)
            [
                LibSystem.BIOCGBLEN, LibSystem.BIOCSBLEN, LibSystem.BIOCGDLT, LibSystem.BIOCIMMEDIATE, LibSystem.BIOCSHDRCMPLT,
                LibSystem.BIOCSSEESENT, LibSystem.BIOCSDLT, LibSystem.BIOCSEXTHDR, LibSystem.BIOCSDIRECTION,
            ])
        {
            Assert.Equal(sizeof(uint), SizeIn(number));
        }

        static int SizeIn(nuint request)
        {
            Assert.True(request <= uint.MaxValue);
            return (int)((request >> 16) & 0x1FFF);
        }
    }

    [Theory]
    [InlineData("arm64")]
    [InlineData("x86_64")]
    public void The_headers_of_captured_frames_are_walked_by_the_layout_of_the_kernel(string architecture)
    {
        var abi = new Abi(architecture);
        IReadOnlyDictionary<string, FieldPlace> plain = abi.FieldsOf("bpf_hdr");
        IReadOnlyDictionary<string, FieldPlace> extended = abi.FieldsOf("bpf_hdr_ext");

        // SIZEOF_BPF_HDR: the kernel does not count the padding of the compiler.
        Assert.Equal(BpfRecords.HeaderBytes, plain["bh_hdrlen"].Offset + plain["bh_hdrlen"].Size);
        foreach (string name in (ReadOnlySpan<string>)["bh_tstamp", "bh_caplen", "bh_datalen", "bh_hdrlen"])
        {
            Assert.Equal(plain[name], extended[name]);
        }

        // Until macOS 12 the flags stood where the length of a compressed prefix is now.
        Assert.Equal((BpfRecords.FlagsOffset, 1), (extended["bh_flags"].Offset, extended["bh_flags"].Size));
        Assert.Equal((BpfRecords.EarlyFlagsOffset, 1), (extended["bh_complen"].Offset, extended["bh_complen"].Size));
        Assert.InRange(BpfRecords.ExtendedHeaderBytes, extended["bh_flags"].Offset + 1, abi.SizeOf("bpf_hdr_ext") ?? 0);
    }

    private static IEnumerable<FieldInfo> Constants() =>
        typeof(LibSystem).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(LibSystem).Namespace || type == typeof(LibC))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(field => field.IsLiteral && !field.Name.Any(char.IsLower) && field.FieldType != typeof(string));
}
