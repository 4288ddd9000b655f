namespace Nabla.Formats;

/// <summary>What the labels of texts are.</summary>
public enum LabelKind
{
    /// <summary>Classes: names or whole numbers.</summary>
    Classes,
    /// <summary>Numbers to be predicted (regression): similarity scores.</summary>
    Numbers,
    /// <summary>There are none: texts for inference.</summary>
    None,
}
