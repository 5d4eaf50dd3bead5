using BenchmarkDotNet.Attributes;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.Linux;

namespace Sonde.Benchmarks;

/// <summary>Reading all interfaces of this host, beside what the base class library offers.</summary>
[MemoryDiagnoser]
public class InterfaceBenchmarks : IDisposable
{
    // RTM_NEWLINK of a TAP device as the kernel sends it (tests/Sonde.Host.Tests/Linux/LinkMessageTests.cs).
    private static readonly byte[] s_link = Convert.FromHexString(
        "00000100" + "09000000" + "03100100" + "00000000" + "09000300" + "7461703000" + "000000" + "08000400" + "78050000" + "05001000" + "06000000"
        + "0A000100" + "02FC00000001" + "0000" + "08000500" + "04000000");

    private readonly NetworkInterfaces _interfaces = NetworkInterfaces.Open();

    [Benchmark(Baseline = true)]
    public int BaseClassLibrary()
    {
        int count = 0;
        foreach (System.Net.NetworkInformation.NetworkInterface one in System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces())
        {
            count += one.GetIPProperties().UnicastAddresses.Count + (one.GetIPStatistics().BytesReceived > 0 ? 1 : 0);
        }

        return count;
    }

    [Benchmark]
    public int Sonde() => _interfaces.Collect().Interfaces.Count;

    [Benchmark]
    public bool ParseOneLink() => LinkMessage.TryParse(s_link, out _);

    public void Dispose()
    {
        _interfaces.Dispose();
        GC.SuppressFinalize(this);
    }
}
