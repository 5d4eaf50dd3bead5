using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Tun.Windows;

/// <summary>Makes or opens an adapter on a thread of its own: the driver may be installed first, and waits for others without an end.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsTunCreation
{
    private readonly Lock _lock = new();
    private readonly Wintun _library;
    private readonly TunOptions _options;
    private readonly string _name;
    private WintunAdapter? _adapter;
    private Exception? _failure;
    private bool _isNew;
    private bool _isAbandoned;

    private WindowsTunCreation(Wintun library, string name, TunOptions options)
    {
        _library = library;
        _name = name;
        _options = options;
    }

    /// <summary>Makes the adapter, or opens it where there is one of that name.</summary>
    /// <param name="library">Wintun.</param>
    /// <param name="name">The adapter's name.</param>
    /// <param name="options">Its type, its GUID, whether it must be new, and how long it may take.</param>
    /// <param name="isNew">Whether it was made; an adapter that was opened ends with whoever made it.</param>
    /// <exception cref="TunException">The system refused, or did not answer in time; then what comes later is closed at once.</exception>
    internal static WintunAdapter Run(Wintun library, string name, TunOptions options, out bool isNew)
    {
        var creation = new WindowsTunCreation(library, name, options);
        var thread = new Thread(creation.Work) { IsBackground = true, Name = $"tun create {name}" };
        thread.Start();
        return creation.Wait(thread, out isNew);
    }

    private WintunAdapter Wait(Thread thread, out bool isNew)
    {
        bool isDone = thread.Join(_options.Windows.CreateTimeout);
        lock (_lock)
        {
            if (!isDone && _adapter is null && _failure is null)
            {
                _isAbandoned = true;
                throw new TunException(
                    TunFailure.TimedOut,
                    "WintunCreateAdapter",
                    _name,
                    0,
                    $"the driver did not make the adapter within {_options.Windows.CreateTimeout.TotalSeconds:0.#} s; if it comes later it is closed at once");
            }

            isNew = _isNew;
            return _adapter ?? throw (_failure as NativeException is { } refused ? WindowsTunErrors.Explain(refused, _name) : _failure!); // one of the two is there
        }
    }

    private void Work()
    {
        WintunAdapter? made = null;
        Exception? failure = null;
        bool isNew = false;
        try
        {
            made = MakeOrOpen(out isNew);
        }
        catch (Exception refused)
        {
            // The top of a thread: whoever waits gets it.
            failure = refused;
        }

        bool isAbandoned;
        lock (_lock)
        {
            isAbandoned = _isAbandoned;
            _adapter = made;
            _failure = failure;
            _isNew = isNew;
        }

        if (isAbandoned)
        {
            made?.Dispose();
        }
    }

    private WintunAdapter MakeOrOpen(out bool isNew)
    {
        isNew = false;
        if (_library.OpenAdapter(_name) is { } found)
        {
            if (!_options.MustBeNew)
            {
                return found;
            }

            found.Dispose();
            throw new TunException(TunFailure.AlreadyExists, "WintunOpenAdapter", _name, 0, "an adapter of that name exists");
        }

        isNew = true;
        Guid id = _options.Windows.AdapterId ?? WindowsTunName.IdOf(_options.Windows.TunnelType, _name);
        string type = _options.Windows.TunnelType;
        try
        {
            return _library.CreateAdapter(_name, type, id);
        }
        catch (NativeException refused) when (refused.Error.Code == Win32.ERROR_ALREADY_EXISTS)
        {
            // A program that crashed has left an adapter with this GUID. The library has just looked for such and removed them; where that needed
            // longer, opening it by its name and closing it is what remains.
            try
            {
                return _library.CreateAdapter(_name, type, id);
            }
            catch (NativeException again) when (again.Error.Code == Win32.ERROR_ALREADY_EXISTS)
            {
                _library.OpenAdapter(_name)?.Dispose();
                return _library.CreateAdapter(_name, type, id);
            }
        }
    }
}
