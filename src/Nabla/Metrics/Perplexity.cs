namespace Nabla.Metrics;

/// <summary>
/// How well a language model foretells a text: exp(Σ −ln p / tokens), the number of equally likely tokens that it would be as unsure between; and the bits that a character or byte of the text would
/// take, which compare models of different tokens. Streaming; sums from several threads merge.
/// </summary>
/// <param name="undefined">The value where there are no tokens, or no characters.</param>
public sealed class Perplexity(Undefined undefined = Undefined.Zero)
{
    /// <summary>Σ −ln p over all tokens.</summary>
    public double Nats { get; private set; }

    /// <summary>Tokens that were foretold.</summary>
    public long Tokens { get; private set; }

    /// <summary>Characters, or bytes, of the text that they make.</summary>
    public long Characters { get; private set; }

    /// <summary>exp(nats / tokens).</summary>
    public double Value => Tokens == 0 ? undefined.Value() : Math.Exp(Nats / Tokens);

    /// <summary>nats / tokens / ln 2.</summary>
    public double BitsPerToken => Ratio.Of(Nats, Tokens * Math.Log(2), undefined);

    /// <summary>nats / characters / ln 2.</summary>
    public double BitsPerCharacter => Ratio.Of(Nats, Characters * Math.Log(2), undefined);

    /// <summary>Adds a batch.</summary>
    /// <param name="nats">Σ −ln p of its tokens: their mean cross entropy times their number.</param>
    /// <param name="tokens">How many tokens were foretold, padding not counted.</param>
    /// <param name="characters">How many characters, or bytes, they make; where each token is a character, their number; 0 where bits per character are not asked for.</param>
    /// <exception cref="ArgumentException">The sum is negative or NaN. Nothing is added.</exception>
    public void Update(double nats, long tokens, long characters = 0)
    {
        if (!(nats >= 0)) throw new ArgumentOutOfRangeException(nameof(nats), $"Perplexity: a sum of −ln p of {nats}: 0 or more is needed. Look for the step of the model that made it.");
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(characters);
        (Nats, Tokens, Characters) = (Nats + nats, Tokens + tokens, Characters + characters);
    }

    /// <summary>Adds the sums of another.</summary>
    public void Merge(Perplexity other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (Nats, Tokens, Characters) = (Nats + other.Nats, Tokens + other.Tokens, Characters + other.Characters);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => (Nats, Tokens, Characters) = (0, 0, 0);
}
