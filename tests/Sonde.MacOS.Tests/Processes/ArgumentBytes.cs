using System.Text;

namespace Sonde.MacOS.Tests.Processes;

/// <summary>What KERN_PROCARGS2 gives, made of its parts.</summary>
internal static class ArgumentBytes
{
    internal static byte[] Of(string path, string[] arguments, params string[] environment) => Of(path, arguments.Length, arguments, environment);

    internal static byte[] Of(string path, int count, string[] arguments, string[] environment)
    {
        // An empty string ends the environment, and what the kernel tells the dynamic linker follows.
        string strings = $"{path}\0\0\0\0{string.Concat(arguments.Concat(environment).Select(text => text + "\0"))}\0ptr_munge=\0main_stack=\0executable_file=0x1,0x2\0";
        return [.. BitConverter.GetBytes(count), .. Encoding.UTF8.GetBytes(strings)];
    }
}
