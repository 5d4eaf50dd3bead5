using System.Collections.Frozen;
using Sonde.Packets;

namespace Sonde.Traffic.Names;

/// <summary>What usually listens on a port. A program may listen where it likes: it is a hint, and no more.</summary>
public static class ServiceNames
{
    private const int Both = 3;
    private const int Tcp = 1;
    private const int Udp = 2;

    private static readonly (int Port, int Transport, string Name)[] s_table =
    [
        (20, Tcp, "ftp-data"), (21, Tcp, "ftp"), (22, Tcp, "ssh"), (23, Tcp, "telnet"), (25, Tcp, "smtp"), (43, Tcp, "whois"), (49, Both, "tacacs"), (53, Both, "dns"),
        (67, Udp, "dhcp-server"), (68, Udp, "dhcp-client"), (69, Udp, "tftp"), (70, Tcp, "gopher"), (79, Tcp, "finger"), (80, Tcp, "http"), (80, Udp, "http3"), (88, Both, "kerberos"),
        (110, Tcp, "pop3"), (111, Both, "rpcbind"), (113, Tcp, "ident"), (119, Tcp, "nntp"), (123, Udp, "ntp"), (135, Tcp, "msrpc"), (137, Udp, "netbios-ns"), (138, Udp, "netbios-dgm"),
        (139, Tcp, "netbios-ssn"), (143, Tcp, "imap"), (161, Udp, "snmp"), (162, Udp, "snmp-trap"), (179, Tcp, "bgp"), (194, Tcp, "irc"), (319, Udp, "ptp-event"), (320, Udp, "ptp"),
        (389, Both, "ldap"), (443, Tcp, "https"), (443, Udp, "http3"), (445, Tcp, "smb"), (464, Both, "kpasswd"), (465, Tcp, "smtps"), (500, Udp, "isakmp"), (502, Tcp, "modbus"), (514, Udp, "syslog"),
        (515, Tcp, "lpd"), (520, Udp, "rip"), (546, Udp, "dhcpv6-client"), (547, Udp, "dhcpv6-server"), (554, Both, "rtsp"), (587, Tcp, "submission"), (623, Udp, "ipmi"), (631, Both, "ipp"),
        (636, Tcp, "ldaps"), (853, Tcp, "dns-over-tls"), (853, Udp, "dns-over-quic"), (873, Tcp, "rsync"), (989, Tcp, "ftps-data"), (990, Tcp, "ftps"), (993, Tcp, "imaps"), (995, Tcp, "pop3s"),
        (1080, Tcp, "socks"), (1194, Both, "openvpn"), (1433, Tcp, "mssql"), (1434, Udp, "mssql-browser"), (1521, Tcp, "oracle"), (1701, Udp, "l2tp"), (1723, Tcp, "pptp"), (1812, Udp, "radius"), (1813, Udp, "radius-acct"),
        (1883, Tcp, "mqtt"), (1900, Udp, "ssdp"), (2049, Both, "nfs"), (2181, Tcp, "zookeeper"), (2375, Tcp, "docker"), (2376, Tcp, "docker-tls"), (2379, Tcp, "etcd"), (2380, Tcp, "etcd-peer"), (3128, Tcp, "http-proxy"),
        (3260, Tcp, "iscsi"), (3268, Tcp, "ldap-gc"), (3306, Tcp, "mysql"), (3389, Both, "rdp"), (3478, Both, "stun"), (3702, Udp, "ws-discovery"), (4222, Tcp, "nats"), (4317, Tcp, "otlp"), (4318, Tcp, "otlp-http"),
        (4500, Udp, "ipsec-nat"), (4789, Udp, "vxlan"), (4840, Tcp, "opc-ua"), (5060, Both, "sip"), (5061, Tcp, "sips"), (5201, Both, "iperf3"), (5222, Tcp, "xmpp"), (5223, Tcp, "apns"), (5269, Tcp, "xmpp-server"), (5349, Both, "stuns"),
        (5353, Udp, "mdns"), (5355, Both, "llmnr"), (5432, Tcp, "postgresql"), (5671, Tcp, "amqps"), (5672, Tcp, "amqp"), (5900, Tcp, "vnc"), (5984, Tcp, "couchdb"), (5985, Tcp, "winrm"), (5986, Tcp, "winrm-tls"),
        (6081, Udp, "geneve"), (6379, Tcp, "redis"), (6443, Tcp, "kubernetes"), (6667, Tcp, "irc"), (6697, Tcp, "ircs"), (6881, Both, "bittorrent"), (8080, Tcp, "http-alt"), (8443, Tcp, "https-alt"), (8883, Tcp, "mqtts"),
        (9000, Tcp, "s3"), (9042, Tcp, "cassandra"), (9090, Tcp, "prometheus"), (9092, Tcp, "kafka"), (9100, Tcp, "jetdirect"), (9200, Tcp, "elasticsearch"), (9418, Tcp, "git"), (10050, Tcp, "zabbix-agent"), (10051, Tcp, "zabbix"),
        (10250, Tcp, "kubelet"), (11211, Both, "memcached"), (22000, Both, "syncthing"), (27017, Tcp, "mongodb"), (34980, Udp, "ethercat"), (41641, Udp, "tailscale"), (51820, Udp, "wireguard"),
    ];

    private static readonly FrozenDictionary<int, string> s_tcp = s_table.Where(static one => (one.Transport & Tcp) != 0).ToFrozenDictionary(static one => one.Port, static one => one.Name);
    private static readonly FrozenDictionary<int, string> s_udp = s_table.Where(static one => (one.Transport & Udp) != 0).ToFrozenDictionary(static one => one.Port, static one => one.Name);

    /// <summary>The service that usually has a port; null when none is known, and for protocols without ports.</summary>
    public static string? Of(IPProtocol protocol, int port) => protocol switch
    {
        IPProtocol.Tcp => s_tcp.GetValueOrDefault(port),
        IPProtocol.Udp => s_udp.GetValueOrDefault(port),
        _ => null,
    };

    /// <summary>The service that a connection is for: by the port of the end that was called.</summary>
    /// <param name="flow">The connection.</param>
    /// <param name="direction">Which end began; where that is not known, the lower of the ports that have a name.</param>
    public static string? Of(in FlowKey flow, FlowDirection direction)
    {
        string? here = Of(flow.Protocol, flow.Local.Port);
        string? there = Of(flow.Protocol, flow.Remote.Port);
        return direction switch
        {
            FlowDirection.Outgoing => there,
            FlowDirection.Incoming => here,
            _ when here is null || there is null => here ?? there,
            _ => flow.Local.Port < flow.Remote.Port ? here : there,
        };
    }
}
