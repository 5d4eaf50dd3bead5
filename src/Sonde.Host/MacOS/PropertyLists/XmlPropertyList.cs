using System.Globalization;
using System.Xml;

namespace Sonde.Host.MacOS.PropertyLists;

/// <summary>The XML form of property lists (PropertyList-1.0.dtd). Nothing outside of the file is fetched, and entities of its own are refused.</summary>
internal static class XmlPropertyList
{
    private const int MaxCharacters = 16 * 1024 * 1024;

    /// <summary>Reads the value at the top; never throws.</summary>
    internal static object? Parse(ReadOnlySpan<byte> source, out string? defect)
    {
        try
        {
            using var reader = XmlReader.Create(
                new MemoryStream(source.ToArray()),
                new XmlReaderSettings
                {
                    DtdProcessing = DtdProcessing.Ignore, // every property list names Apple's; one inside of the file counts for nothing
                    XmlResolver = null,
                    IgnoreComments = true,
                    IgnoreProcessingInstructions = true,
                    IgnoreWhitespace = true,
                    MaxCharactersInDocument = MaxCharacters,
                });
            reader.MoveToContent();
            if (reader.NodeType != XmlNodeType.Element || reader.Name != "plist" || reader.IsEmptyElement)
            {
                defect = "it is no property list";
                return null;
            }

            reader.Read();
            int values = 0;
            object? value = Read(reader, depth: 0, ref values);
            defect = null;
            return value;
        }
        catch (Exception bad) when (bad is XmlException or FormatException or OverflowException or ArgumentException)
        {
            defect = bad.Message;
            return null;
        }
    }

    private static object? Read(XmlReader reader, int depth, ref int values)
    {
        if (depth > PropertyList.MaxDepth || ++values > PropertyList.MaxValues)
        {
            throw new FormatException("it is nested too deeply, or has too many values");
        }

        if (reader.NodeType != XmlNodeType.Element)
        {
            throw new FormatException($"a value is missing before '{reader.Name}'");
        }

        switch (reader.Name)
        {
            case "dict":
                return ReadDictionary(reader, depth, ref values);
            case "array":
                return ReadArray(reader, depth, ref values);
            case "true" or "false":
                bool isTrue = reader.Name == "true";
                reader.ReadElementContentAsString();
                return isTrue;
            case "string":
                return reader.ReadElementContentAsString();
            case "integer":
                return Integer(reader.ReadElementContentAsString().Trim());
            case "real":
                return double.Parse(reader.ReadElementContentAsString().Trim(), CultureInfo.InvariantCulture);
            case "date":
                return DateTimeOffset.Parse(reader.ReadElementContentAsString().Trim(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            case "data":
                return Convert.FromBase64String(reader.ReadElementContentAsString());
            default:
                throw new FormatException($"'{reader.Name}' is no value of a property list");
        }
    }

    private static Dictionary<string, object?> ReadDictionary(XmlReader reader, int depth, ref int values)
    {
        var found = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (Enter(reader))
        {
            while (reader.NodeType == XmlNodeType.Element)
            {
                if (reader.Name != "key")
                {
                    throw new FormatException($"'{reader.Name}' stands where a key belongs");
                }

                string key = reader.ReadElementContentAsString();
                found[key] = Read(reader, depth + 1, ref values);
            }

            reader.ReadEndElement();
        }

        return found;
    }

    private static List<object?> ReadArray(XmlReader reader, int depth, ref int values)
    {
        var found = new List<object?>();
        if (Enter(reader))
        {
            while (reader.NodeType == XmlNodeType.Element)
            {
                found.Add(Read(reader, depth + 1, ref values));
            }

            reader.ReadEndElement();
        }

        return found;
    }

    // An empty element has no end to read.
    private static bool Enter(XmlReader reader)
    {
        bool isEmpty = reader.IsEmptyElement;
        reader.Read();
        return !isEmpty;
    }

    private static long Integer(string text) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? long.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : long.Parse(text, CultureInfo.InvariantCulture);
}
