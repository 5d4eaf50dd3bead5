using System.Globalization;
using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Capturing;

/// <summary>The names of interfaces by their indexes, for frames that come from all of them.</summary>
internal sealed class InterfaceNames : IDisposable
{
    private readonly Dictionary<int, string> _names = [];
    private readonly NetworkInterfaces? _source;

    internal InterfaceNames()
    {
        try
        {
            _source = NetworkInterfaces.Open();
        }
        catch (HostException refused)
        {
            Reason = refused.Message; // then the indexes must do
        }
    }

    /// <summary>Why names could not be read; null while they can.</summary>
    internal string? Reason { get; private set; }

    /// <summary>The name, or the index in its place; an index never seen before is looked up once.</summary>
    internal string Of(int index)
    {
        if (_names.TryGetValue(index, out string? name))
        {
            return name;
        }

        try
        {
            foreach (NetworkInterface one in _source?.Collect().Interfaces ?? [])
            {
                _names[one.Index] = one.Name;
            }
        }
        catch (HostException refused)
        {
            Reason = refused.Message;
        }

        // An interface that is gone already keeps its number, and is not looked up for every frame.
        _names.TryAdd(index, index.ToString(CultureInfo.InvariantCulture));
        return _names[index];
    }

    public void Dispose() => _source?.Dispose();
}
