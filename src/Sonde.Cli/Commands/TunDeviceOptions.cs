using System.CommandLine;
using System.Numerics;
using Sonde.Packets;
using Sonde.Tun;

namespace Sonde.Cli.Commands;

/// <summary>The options that say which TUN device to open and what it is to have, the same for every command that opens one.</summary>
internal sealed class TunDeviceOptions
{
    private readonly Option<string?> _name = new("--name", "-n") { Description = "The device's name; the system chooses one without it.", HelpName = "NAME" };

    private readonly Option<TunAddress[]> _addresses = new("--address", "-a")
    {
        Description = "An address with its prefix length, IPv4 or IPv6; may be given several times.",
        HelpName = "ADDRESS/LENGTH",
        CustomParser = argument => [.. argument.Tokens.Select(token =>
        {
            if (TunAddress.TryParse(token.Value, null, out TunAddress address))
            {
                return address;
            }

            argument.AddError($"'{token.Value}' is no address with a prefix length such as 10.0.0.2/24 or fd00::2/64.");
            return default;
        })],
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int?> _mtu = new("--mtu") { Description = "The largest packet, 68 to 65535; at least 1280 for IPv6.", HelpName = "BYTES" };

    private readonly Option<TunRoute[]> _routes = new("--route", "-r")
    {
        Description = "A network behind the device, or 'default' for everything (by two halves, so that the present default route comes back by itself); may be given several times.",
        HelpName = "NETWORK/LENGTH",
        CustomParser = argument => [.. argument.Tokens.SelectMany(token =>
        {
            if (token.Value == "default")
            {
                return [.. TunRoute.SplitDefault(isIPv4: true), .. TunRoute.SplitDefault(isIPv4: false)];
            }

            if (TunRoute.TryParse(token.Value, out TunRoute? route))
            {
                return new[] { route };
            }

            argument.AddError($"'{token.Value}' is no route such as 10.1.0.0/16, fd01::/48 or \"10.1.0.0/16 via 10.0.0.1\".");
            return [];
        })],
        DefaultValueFactory = _ => [],
    };

    private readonly Option<InternetAddress[]> _dns = new("--dns")
    {
        Description = "A name server that is asked through the device (Linux with systemd-resolved, Windows); may be given several times.",
        HelpName = "ADDRESS",
        CustomParser = argument => [.. argument.Tokens.Select(token =>
        {
            if (InternetAddress.TryParse(token.Value, out InternetAddress address))
            {
                return address;
            }

            argument.AddError($"'{token.Value}' is no address of a name server such as 10.0.0.53 or fd00::53.");
            return default;
        })],
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _search = new("--search")
    {
        Description = "A domain that is appended to short names; '~example.com' only leads names of it to the servers of --dns, and '~.' all names (Linux). May be given several times.",
        HelpName = "DOMAIN",
        CustomParser = argument => [.. argument.Tokens.Select(token =>
        {
            if (!IsDomain(token.Value))
            {
                argument.AddError($"'{token.Value}' is no domain such as corp.example, '~lab.example' or '~.'.");
            }

            return token.Value;
        })],
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _library = LibraryOption();

    private readonly Option<int?> _ring = new("--ring") { Description = "Windows: the bytes of each of the two rings, a power of two from 131072 to 67108864 (128 KiB to 64 MiB); 8 MiB without it.", HelpName = "BYTES" };

    internal TunDeviceOptions(Command command)
    {
        command.Add(_name);
        command.Add(_addresses);
        command.Add(_mtu);
        command.Add(_routes);
        command.Add(_dns);
        command.Add(_search);
        command.Add(_library);
        command.Add(_ring);
    }

    /// <summary>The --wintun option, new for each command.</summary>
    internal static Option<string?> LibraryOption() => new("--wintun") { Description = "Windows: the full path of wintun.dll; beside this program without it.", HelpName = "FILE" };

    /// <summary>What only Windows has.</summary>
    /// <param name="library">What --wintun says.</param>
    /// <param name="ring">What --ring says.</param>
    internal static TunWindowsOptions ReadWindows(string? library, int? ring = null)
    {
        if (library is not null && !Path.IsPathFullyQualified(library))
        {
            throw UsageError.Of("sonde tun", $"'{library}' is no full path", "What is searched for can be planted: give it from the drive on.");
        }

        if (ring is { } bytes && (bytes is < TunWindowsOptions.MinRingCapacity or > TunWindowsOptions.MaxRingCapacity || !BitOperations.IsPow2(bytes)))
        {
            throw UsageError.Of("sonde tun", $"a ring of {bytes} bytes is none", "It has a power of two from 131072 to 67108864 bytes.");
        }

        var options = new TunWindowsOptions { LibraryPath = library };
        return ring is { } capacity ? options with { RingCapacity = capacity } : options;
    }

    /// <summary>What was asked for.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="defaultMtu">The MTU where none was asked for; null leaves the system's.</param>
    internal TunOptions Read(ParseResult result, int? defaultMtu = null)
    {
        int? mtu = result.GetValue(_mtu) ?? defaultMtu;
        TunAddress[] addresses = result.GetValue(_addresses) ?? [];
        if (mtu is < 68 or > TunBatch.MaxPacketSize)
        {
            throw UsageError.Of("sonde tun", $"an MTU of {mtu} is out of range", "A device's MTU is 68 to 65535.");
        }

        if (mtu < 1280 && addresses.Any(address => !address.Address.IsIPv4))
        {
            throw UsageError.Of("sonde tun", $"an MTU of {mtu} is too small for IPv6", "IPv6 needs at least 1280.");
        }

        InternetAddress[] servers = result.GetValue(_dns) ?? [];
        string[] search = result.GetValue(_search) ?? [];
        if (servers.Length == 0 && search.Length > 0)
        {
            throw UsageError.Of("sonde tun", "--search without --dns leads to no server", "Give the name server of these domains with --dns.");
        }

        return new TunOptions
        {
            Name = result.GetValue(_name),
            Configuration = new TunConfiguration { Addresses = addresses, Mtu = mtu, Routes = result.GetValue(_routes) ?? [], Dns = servers.Length == 0 ? null : DnsOf(servers, search) },
            Windows = ReadWindows(result.GetValue(_library), result.GetValue(_ring)),
        };
    }

    private static TunDns DnsOf(InternetAddress[] servers, string[] search) =>
        new(servers, [.. search.Where(static domain => domain[0] != '~')]) { RoutingDomains = [.. search.Where(static domain => domain[0] == '~').Select(static domain => domain[1..])] };

    // What cannot be a domain anywhere; the finer rules are the system's.
    private static bool IsDomain(string text)
    {
        string name = text.StartsWith('~') ? text[1..] : text;
        return (name == "." && name != text)
            || (name.Length is > 0 and <= 253 && name.Split('.') is var labels && Array.TrueForAll(labels[^1].Length == 0 ? labels[..^1] : labels, static label =>
                label.Length is > 0 and <= 63 && label.All(static one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_')));
    }
}
