using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Packets;

namespace Sonde.Cli.Json;

/// <summary>An address of an interface as JSON.</summary>
internal static class AddressJson
{
    private const int MaxIndexLength = 10;

    internal static void Write(JsonText json, InterfaceAddress address)
    {
        json.BeginObject();
        WriteAddress(json, "address"u8, address.Address);
        json.Property("family"u8, address.Address.AddressFamily == AddressFamily.InterNetwork ? "ipv4"u8 : "ipv6"u8);
        json.Property("prefix_length"u8, address.PrefixLength);
        json.Property("scope"u8, Words.Of(address.Scope));
        json.Property("scope_id"u8, address.ScopeId);
        if (json.Holds("peer"u8, address.Peer))
        {
            WriteAddress(json, address.Peer.Value);
        }

        if (json.Holds("broadcast"u8, address.Broadcast))
        {
            WriteAddress(json, address.Broadcast.Value);
        }

        json.Property("label"u8, address.Label);
        json.Property("state"u8, Words.Of(address.State));
        WriteLifetime(json, "valid_seconds"u8, address.ValidLifetime);
        WriteLifetime(json, "preferred_seconds"u8, address.PreferredLifetime);
        json.EndObject();
    }

    /// <summary>An address as text, with the index of its interface where it has one, by a formatter that is compiled ahead.</summary>
    internal static void WriteScoped(JsonText json, IPAddress address)
    {
        Span<char> text = stackalloc char[InternetAddress.MaxTextLength + 1 + MaxIndexLength];
        _ = InternetAddress.From(address).TryFormat(text, out int written);
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0)
        {
            text[written++] = '%';
            _ = address.ScopeId.TryFormat(text[written..], out int digits, default, CultureInfo.InvariantCulture);
            written += digits;
        }

        json.Value(text[..written]);
    }

    private static void WriteAddress(JsonText json, ReadOnlySpan<byte> name, IPAddress address)
    {
        json.Name(name);
        WriteAddress(json, address);
    }

    // The interface stands one level up; its index at the end of the address would only be in the way of comparing.
    private static void WriteAddress(JsonText json, IPAddress address)
    {
        Span<char> text = stackalloc char[InternetAddress.MaxTextLength];
        _ = InternetAddress.From(address).TryFormat(text, out int written);
        json.Value(text[..written]);
    }

    private static void WriteLifetime(JsonText json, ReadOnlySpan<byte> name, Reading<TimeSpan> lifetime)
    {
        if (lifetime is { HasValue: true, Value: var value } && value == Timeout.InfiniteTimeSpan)
        {
            json.Name(name);
            json.Null();
            json.Reason(name, "none: it does not expire");
        }
        else if (json.Holds(name, lifetime))
        {
            json.Value((long)lifetime.Value.TotalSeconds);
        }
    }
}
