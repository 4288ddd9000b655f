namespace Nabla.Formats;

/// <summary>
/// What columns of published datasets are called, as <see cref="Normal"/> writes it. Earlier groups take precedence; names of one group are
/// equally likely.
/// </summary>
internal static class UsualNames
{
    /// <summary>Two texts that belong together.</summary>
    public static readonly (string First, string Second)[] Pairs =
    [
        ("sentence1", "sentence2"), ("premise", "hypothesis"), ("question1", "question2"), ("question", "sentence"),
            ("sentence_a", "sentence_b"),
        ("#1_string", "#2_string"), ("text_a", "text_b"), ("text1", "text2"), ("text", "text_pair"), ("question", "passage"),
            ("query", "passage"),
    ];

    public static readonly string[][] Texts =
    [
        ["text", "sentence", "texts", "sentences", "v2", "text_a", "sms"],
        ["review", "review_text", "review_body", "reviewtext", "message", "content", "body", "comment", "comment_text", "tweet",
            "tweet_text", "document", "utterance"],
        ["title", "headline", "subject", "question", "query", "description", "abstract", "premise", "sentence1"],
    ];

    /// <summary>Numbers to be predicted.</summary>
    public static readonly string[] Scores = ["score", "relatedness_score", "similarity_score", "similarity", "rating", "stars", "overall"];

    public static readonly string[][] Labels =
    [
        ["label", "labels", "class", "target", "gold_label", "v1", "entailment_judgment", "entailment_label", "is_duplicate",
            "is_acceptable"],
        ["category", "sentiment", "polarity", "intent", "emotion", "topic", "airline_sentiment", "spam", "quality", "y", .. Scores],
    ];

    private static readonly HashSet<string> All =
        [.. Pairs.SelectMany(pair => (string[])[pair.First, pair.Second]), .. Texts.SelectMany(names => names), .. Labels
            .SelectMany(names => names)];

    /// <summary>"#1 String " as "#1_string".</summary>
    public static string Normal(string name) => name.Trim().Replace(' ', '_').Replace('-', '_').ToLowerInvariant();

    public static bool Contains(string name) => All.Contains(Normal(name));
}
