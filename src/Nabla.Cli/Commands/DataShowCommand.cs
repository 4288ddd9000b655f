using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Datasets;
using Nabla.Data;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla data show NAME</c>: counts, class balance, statistics and pictures.</summary>
sealed class DataShowCommand : NablaCommand
{
    /// <summary>Pixels of a picture's side in the terminal.</summary>
    const int Side = 16;

    readonly Terminal terminal;
    readonly Argument<string> name = new("NAME") { Description = "The dataset, as `nabla data list` calls it." };
    readonly Option<string?> sheet = new("--sheet") { Description = "Write a contact sheet: a PNG with a row of images for each class.", HelpName = "FILE.png" };

    public DataShowCommand(Terminal terminal) : base(terminal, "show", "Show a dataset: counts, class balance, normalisation statistics, pictures.")
    {
        this.terminal = terminal;
        Add(name);
        Add(sheet);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
        [("nabla data show fashion-mnist", "a page to read"), ("nabla data show digits --sheet digits.png", "and sixteen images of each class")];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var one = Collection.Find(parse.GetValue(name)!);
        var contents = one.Load();
        terminal.Line($"[bold]{Markup.Escape(one.Title)}[/]");
        Fact("What", one.About);
        Fact("Licence", one.Licence);
        Fact("Read more", one.Homepage);
        Fact("Where", one.Place!);
        foreach (var (part, images) in contents.Images)
        {
            cancellation.ThrowIfCancellationRequested();
            ShowImages(part, images);
        }
        if (contents.Table is { } table) ShowTable(table);
        if (contents.Texts.Count > 0) ShowTexts(contents);
        if (contents.Images.Count > 0 && terminal.IsRich) ShowPictures(contents.Images[0].Images);
        if (parse.GetValue(sheet) is { } path) WriteSheet(path, contents);
        return ExitCodes.Success;
    }

    void ShowImages(string part, ImageDataset images)
    {
        terminal.Line();
        terminal.Line($"[bold]{part}[/]: {images.Count.ToString("N0", CultureInfo.InvariantCulture)} images of {images.Size.Channels} × {images.Size.Height} × {images.Size.Width}");
        var statistics = ChannelStatistics.Of(images);
        Fact("Mean", Numbers(statistics.Mean));
        Fact("Deviation", Numbers(statistics.Deviation));
        ShowBalance(ClassBalance.Of(images.Labels, images.Classes.Count), images.Classes);
    }

    void ShowTable(NumberRows table)
    {
        terminal.Line();
        terminal.Line($"[bold]{table.Values.Shape[0].ToString("N0", CultureInfo.InvariantCulture)} rows[/] of {table.Columns.Length} number{(table.Columns.Length == 1 ? "" : "s")}");
        var means = table.Values.Mean(0);
        var deviations = (table.Values - means).Square().Mean(0).Sqrt();
        for (var column = 0; column < table.Columns.Length; column++)
            Fact(table.Columns[column], $"{Number(means[column].Item()),10} ± {Number(deviations[column].Item())}");
        if (table.Labels is { } labels) ShowBalance(ClassBalance.Of(Array.ConvertAll(labels.ToArray<long>(), label => (int)label), table.Classes.Count), table.Classes);
    }

    void ShowTexts(Contents contents)
    {
        terminal.Line();
        terminal.Line($"[bold]{contents.Texts.Count.ToString("N0", CultureInfo.InvariantCulture)} texts[/] of {Number(contents.Texts.Average(text => text.Text.Length))} characters on average");
        if (contents.TextClasses.Count > 0) ShowBalance(ClassBalance.Of([.. contents.Texts.Select(text => text.Label)], contents.TextClasses.Count), contents.TextClasses);
        terminal.Line();
        foreach (var text in contents.Texts.GroupBy(text => text.Label).SelectMany(group => group.Take(3)))
            Fact(contents.TextClasses.Count > 0 ? contents.TextClasses[text.Label] : "Such as", string.Join(' ', text.Text.Split((char[]?)null, 20, StringSplitOptions.RemoveEmptyEntries).Take(16)));
    }

    void ShowBalance(ClassBalance balance, IReadOnlyList<string> classes)
    {
        var widest = classes.Max(text => text.Length);
        for (var label = 0; label < classes.Count; label++)
        {
            var bar = new string('█', (int)Math.Round(30.0 * balance.Counts[label] / balance.Counts.Max()));
            terminal.Line($"  {label,3} {Markup.Escape(classes[label].PadRight(widest))} {balance.Counts[label].ToString("N0", CultureInfo.InvariantCulture),8} {100 * balance.Shares[label],5:0.0}% [blue]{bar}[/]");
        }
    }

    void ShowPictures(ImageDataset images)
    {
        var shown = Enumerable.Range(0, images.Classes.Count).SelectMany(label => Pictures.OfClass(images, label, 1)).Select(i => images[i]).ToArray();
        terminal.Line();
        foreach (var line in Pictures.Blocks(shown, Side, Math.Max(1, (terminal.Out.Profile.Width - 2) / (Side + 2)))) terminal.Line(line);
    }

    void WriteSheet(string path, Contents contents)
    {
        if (contents.Images.Count == 0) throw new UserException("--sheet: this dataset holds no images.");
        Pictures.WriteSheet(path, contents.Images[0].Images);
        terminal.Line();
        terminal.PlainLine($"Contact sheet: {Path.GetFullPath(path)}");
    }

    void Fact(string label, string value) => terminal.Line($"  [grey]{Markup.Escape(label),-16}[/] {Markup.Escape(value)}");

    static string Numbers(IEnumerable<double> values) => string.Join("  ", values.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture)));

    static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
