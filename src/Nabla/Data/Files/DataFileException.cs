namespace Nabla.Data;

/// <summary>A file of data cannot be read: which one, where in it, what is wrong and what to do.</summary>
public sealed class DataFileException : IOException
{
    /// <summary>What is wrong with a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line or row, counted from 1, where it can be told.</param>
    /// <param name="fault">What is wrong there, and the remedy.</param>
    /// <param name="inner">What was thrown by the reader.</param>
    public DataFileException(string file, long? line, string fault, Exception? inner = null) : base($"{file}{(line is null ? "" : $":{line}")}: {fault}", inner) =>
        (File, Line) = (file, line);

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line or row, counted from 1, where it can be told.</summary>
    public long? Line { get; }
}
