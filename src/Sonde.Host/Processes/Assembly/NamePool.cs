namespace Sonde.Host.Processes.Assembly;

/// <summary>One string per name, however many processes bear it and however often they are read.</summary>
internal sealed class NamePool
{
    private const int MaxNames = 64 * 1024;
    private readonly BytesCache<string> _bytes = new(MaxNames, 4L * 1024 * 1024);
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    internal string Get(ReadOnlySpan<byte> name)
    {
        if (!_bytes.TryGet(name, out string? text))
        {
            text = SystemText.Of(name);
            _bytes.Add(name, text);
        }

        return text;
    }

    internal string Get(ReadOnlySpan<char> name)
    {
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> texts = _texts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!texts.TryGetValue(name, out string? text))
        {
            if (_texts.Count >= MaxNames)
            {
                _texts.Clear();
            }

            text = name.ToString();
            _texts.Add(text);
        }

        return text;
    }
}
