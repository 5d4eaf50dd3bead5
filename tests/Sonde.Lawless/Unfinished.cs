using Sonde.Host;

namespace Sonde.Lawless;

/// <summary>Planted: an unfinished method, a note to finish it, and errors that vanish.</summary>
internal static class Unfinished
{
    internal const string Note = "TODO: finish";

    internal static Reading<int> Read() => throw new NotImplementedException();

    internal static void Swallow()
    {
        try
        {
            Read();
        }
        catch (InvalidOperationException)
        {
        }

        try
        {
            Read();
        }
        catch { }
    }

    /// <summary>Not planted: a comment in the block says why nothing is to be done.</summary>
    internal static void Explained()
    {
        try
        {
            Read();
        }
        catch (InvalidOperationException)
        {
            // Nothing to do: this is the example of a reason.
        }
    }
}
