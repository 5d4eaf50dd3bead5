using System.Diagnostics.CodeAnalysis;

namespace Sonde.Host;

/// <summary>A value the system gave, or the reason why there is none: "none", "denied", "gone" and "not supported" never look alike.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly struct Reading<T> : IEquatable<Reading<T>>
{
    private readonly T? _value;

    internal Reading(ReadingStatus status, T? value, string? reason)
    {
        Status = status;
        _value = value;
        Reason = reason;
    }

    /// <summary>Whether there is a value, and if not, why.</summary>
    public ReadingStatus Status { get; }

    /// <summary>The system's words for why there is no value; null when it has none to add to <see cref="Status"/>.</summary>
    public string? Reason { get; }

    /// <summary>Whether <see cref="Value"/> may be read.</summary>
    public bool HasValue => Status == ReadingStatus.Ok;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none: see <see cref="Status"/>.</exception>
    public T Value => HasValue
        ? _value! // Ok is only ever made with a value
        : throw new InvalidOperationException($"There is no value: {this}.");

    /// <summary>Makes a reading of <paramref name="value"/>.</summary>
    public static implicit operator Reading<T>(T value) => Reading.Ok(value);

    /// <summary>Compares status, value and reason.</summary>
    public static bool operator ==(Reading<T> left, Reading<T> right) => left.Equals(right);

    /// <summary>Compares status, value and reason.</summary>
    public static bool operator !=(Reading<T> left, Reading<T> right) => !left.Equals(right);

    /// <summary>Gives the value if there is one.</summary>
    public bool TryGetValue([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return HasValue;
    }

    /// <summary>The value, or <paramref name="otherwise"/> when there is none.</summary>
    public T GetValueOrDefault(T otherwise) => HasValue ? _value! : otherwise; // Ok is only ever made with a value

    /// <summary>The same reading of something derived from the value; a reason stays what it is.</summary>
    public Reading<TResult> Select<TResult>(Func<T, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return HasValue ? Reading.Ok(selector(_value!)) : new Reading<TResult>(Status, default, Reason); // Ok is only ever made with a value
    }

    /// <inheritdoc/>
    public bool Equals(Reading<T> other) =>
        Status == other.Status && Reason == other.Reason && EqualityComparer<T?>.Default.Equals(_value, other._value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Reading<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Status, Reason, _value);

    /// <summary>The value, or "denied: Operation not permitted" and the like.</summary>
    public override string ToString() => HasValue ? _value?.ToString() ?? string.Empty : Reading.Describe(Status, Reason);
}
