namespace Sonde.Cli.Frames;

/// <summary>Applications that are told by what a packet holds.</summary>
internal enum ApplicationKind
{
    None = 0,
    Dns,
    MulticastDns,
    Llmnr,
    Tls,
    Quic,
    Http,
    Ssh,
    Dhcp,
    Dhcp6,
    Ntp,
}
