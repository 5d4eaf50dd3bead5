using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>An address of an interface as JSON.</summary>
internal sealed class AddressJson
{
    internal AddressJson(InterfaceAddress source)
    {
        Address = Text(source.Address);
        Family = source.Address.AddressFamily == AddressFamily.InterNetwork ? "ipv4" : "ipv6";
        PrefixLength = source.PrefixLength;
        Scope = Words.Of(source.Scope);
        ScopeId = source.ScopeId;
        (Peer, PeerReason) = (source.Peer.HasValue ? Text(source.Peer.Value) : null, JsonReading.ReasonOf(source.Peer));
        (Broadcast, BroadcastReason) = (JsonReading.TextOf(source.Broadcast), JsonReading.ReasonOf(source.Broadcast));
        (Label, LabelReason) = (JsonReading.TextOf(source.Label), JsonReading.ReasonOf(source.Label));
        State = Words.Of(source.State);
        (ValidSeconds, ValidSecondsReason) = Lifetime(source.ValidLifetime);
        (PreferredSeconds, PreferredSecondsReason) = Lifetime(source.PreferredLifetime);
    }

    public string Address { get; }

    public string Family { get; }

    public int PrefixLength { get; }

    public string Scope { get; }

    public int ScopeId { get; }

    public string? Peer { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PeerReason { get; }

    public string? Broadcast { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BroadcastReason { get; }

    public string? Label { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LabelReason { get; }

    public IReadOnlyList<string> State { get; }

    public long? ValidSeconds { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ValidSecondsReason { get; }

    public long? PreferredSeconds { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PreferredSecondsReason { get; }

    // The interface stands one level up; its index at the end of the address would only be in the way of comparing.
    private static string Text(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()).ToString() : address.ToString();

    private static (long? Seconds, string? Reason) Lifetime(Reading<TimeSpan> lifetime) =>
        lifetime is { HasValue: true, Value: var value } && value == Timeout.InfiniteTimeSpan
            ? (null, "none: it does not expire")
            : (JsonReading.ValueOf(lifetime.Select(span => (long)span.TotalSeconds)), JsonReading.ReasonOf(lifetime));
}
