namespace Sonde.Host.Systems.Windows;

/// <summary>Asks WMI one question.</summary>
/// <param name="path">The namespace: "root\cimv2".</param>
/// <param name="name">The class.</param>
/// <param name="properties">What to take of each row.</param>
internal delegate WmiAnswer WmiQuestion(string path, string name, params string[] properties);
