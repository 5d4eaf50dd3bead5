using System.Net;
using Sonde.Packets;

namespace Sonde.Link.Windows;

/// <summary>An address of an adapter.</summary>
/// <param name="Value">The address.</param>
/// <param name="PrefixLength">How many of its bits name the network.</param>
/// <param name="Scope">The index that a link-local IPv6 address needs beside it.</param>
internal sealed record WindowsAdapterAddress(InternetAddress Value, int PrefixLength, uint Scope)
{
    /// <summary>The address to bind a socket to.</summary>
    internal IPAddress ToBindable()
    {
        IPAddress address = Value.ToIPAddress();
        if (address.IsIPv6LinkLocal)
        {
            address.ScopeId = Scope;
        }

        return address;
    }
}
