using System.Runtime.InteropServices;

namespace Sonde.Traffic.Dns;

/// <summary>The questions of the last seconds, found by key, in the order of when they were last asked; of fixed size.</summary>
internal sealed class QuestionTable(int capacity)
{
    // Everybody on a link may ask the same at once; whoever makes up more than that is not worth walking through.
    private const int LongestChain = 16;

    private readonly Dictionary<ExchangeKey, OpenQuestion> _byKey = [];
    private OpenQuestion? _unused;

    internal int Count { get; private set; }

    internal int Capacity => capacity;

    /// <summary>The one that was asked longest ago.</summary>
    internal OpenQuestion? Oldest { get; private set; }

    internal OpenQuestion? Newest { get; private set; }

    /// <summary>The first question with a key; the others follow as <see cref="OpenQuestion.Next"/>.</summary>
    internal OpenQuestion? Find(in ExchangeKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>A question that makes room: the oldest of all when the table is full, the last of its chain when that is too long; null when there is room.</summary>
    internal OpenQuestion? InTheWay(in ExchangeKey key)
    {
        if (Count >= capacity)
        {
            return Oldest;
        }

        int length = 0;
        for (OpenQuestion? one = Find(key); one is not null; one = one.Next)
        {
            if (++length == LongestChain)
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>A question to fill, in its place.</summary>
    internal OpenQuestion Add(in ExchangeKey key)
    {
        OpenQuestion one = _unused ?? new OpenQuestion();
        _unused = one.Next;
        one.Key = key;
        ref OpenQuestion? first = ref CollectionsMarshal.GetValueRefOrAddDefault(_byKey, key, out _);
        one.Next = first;
        first = one;
        Append(one);
        Count++;
        return one;
    }

    /// <summary>It was asked again.</summary>
    internal void Touch(OpenQuestion one)
    {
        Unlink(one);
        Append(one);
    }

    /// <summary>Takes it out, to be filled again.</summary>
    internal void Remove(OpenQuestion one)
    {
        OpenQuestion? first = _byKey[one.Key];
        if (first == one)
        {
            if (one.Next is null)
            {
                _byKey.Remove(one.Key);
            }
            else
            {
                _byKey[one.Key] = one.Next;
            }
        }
        else
        {
            OpenQuestion? before = first;
            while (before?.Next != one)
            {
                before = before?.Next;
            }

            before?.Next = one.Next;
        }

        Unlink(one);
        one.Next = _unused;
        _unused = one;
        Count--;
    }

    private void Append(OpenQuestion one)
    {
        one.Older = Newest;
        one.Newer = null;
        Newest?.Newer = one;
        Newest = one;
        Oldest ??= one;
    }

    private void Unlink(OpenQuestion one)
    {
        one.Newer?.Older = one.Older;
        one.Older?.Newer = one.Newer;
        Newest = Newest == one ? one.Older : Newest;
        Oldest = Oldest == one ? one.Newer : Oldest;
    }
}
