using System.Globalization;
using Sonde.Packets;

namespace Sonde.Cli.Frames;

/// <summary>What a frame is made of, from the outside in.</summary>
/// <param name="LinkType">What it begins with.</param>
/// <param name="EtherType">What that carries; none when nobody says.</param>
/// <param name="Protocol">What IP carries; null without IP.</param>
/// <param name="Application">What the payload is; none when that is not known.</param>
internal readonly record struct ProtocolKey(LinkType LinkType, EtherType EtherType, IPProtocol? Protocol, ApplicationKind Application)
{
    /// <summary>"ethernet ipv4 tcp tls".</summary>
    public override string ToString()
    {
        var words = new List<string> { FrameWords.Of(LinkType) ?? "link_type_" + ((int)LinkType).ToString(CultureInfo.InvariantCulture) };
        if (EtherType != EtherType.None)
        {
            words.Add(FrameWords.Of(EtherType) ?? "0x" + ((int)EtherType).ToString("x4", CultureInfo.InvariantCulture));
        }

        if (Protocol is { } protocol)
        {
            words.Add(FrameWords.Of(protocol));
        }

        if (Application != ApplicationKind.None)
        {
            words.Add(FrameWords.Of(Application));
        }

        return string.Join(' ', words);
    }
}
