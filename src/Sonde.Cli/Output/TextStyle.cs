namespace Sonde.Cli.Output;

/// <summary>Emphasis by terminal sequences, or none where colour is not wanted.</summary>
internal sealed class TextStyle
{
    private readonly bool _isOn;

    private TextStyle(bool isOn) => _isOn = isOn;

    /// <summary>No sequences at all.</summary>
    internal static TextStyle Plain { get; } = new(isOn: false);

    /// <summary>Bold and faint.</summary>
    internal static TextStyle Terminal { get; } = new(isOn: true);

    internal string Heading(string text) => Wrap("1", text);

    internal string Faint(string text) => Wrap("2", text);

    private string Wrap(string code, string text) => _isOn && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
