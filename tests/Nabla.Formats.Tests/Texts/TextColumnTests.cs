using Nabla.Data;

namespace Nabla.Formats.Tests.Texts;

public sealed class TextColumnTests : IDisposable
{
    readonly Fixture files = new();

    public void Dispose() => files.Dispose();

    TextTable Open(string name, string content, TextTableOptions? options = null) => TextTable.Open(files.Write(name, content), options);

    string Fault(string content, TextTableOptions? options = null)
    {
        var path = files.Write("rows.csv", content);
        return Assert.Throws<DataFileException>(() => TextTable.Open(path, options)).Message[path.Length..];
    }

    [Theory]
    [InlineData("id,review,sentiment", "review", null, "sentiment")]
    [InlineData("v1,v2,id", "v2", null, "v1")]
    [InlineData("Message,Category,id", "Message", null, "Category")]
    [InlineData("id,Text,Label", "Text", null, "Label")]
    [InlineData("body,title,class", "body", null, "class")]
    [InlineData("text,label,score", "text", null, "label")]
    [InlineData("premise,hypothesis,label", "premise", "hypothesis", "label")]
    [InlineData("sentence1,sentence2,label", "sentence1", "sentence2", "label")]
    [InlineData("question,sentence,label", "question", "sentence", "label")]
    [InlineData("label,text_a,text_b", "text_a", "text_b", "label")]
    [InlineData("label,text_a,id", "text_a", null, "label")]
    public void Columns_are_found_by_their_usual_names(string header, string text, string? second, string label)
    {
        var table = Open("rows.csv", $"{header}\naa,bb,cc\ndd,ee,ff\n");
        Assert.Equal((text, second, label), (table.TextColumn, table.SecondTextColumn, table.LabelColumn));
    }

    [Fact]
    public void Columns_are_found_by_content_where_names_say_nothing()
    {
        const string rows = "1,the first of all texts,good\n2,another text of some length,bad\n3,and a third text here,good\n"
            + "4,a fourth one for the end,bad\n";
        var table = Open("rows.csv", $"a,b,c\n{rows}");
        Assert.Equal(("b", "c"), (table.TextColumn, table.LabelColumn));
        Assert.Contains("The text is in column \"b\" (the longest values).", table.Assumptions);
        Assert.Contains("The label is in column \"c\" (2 different values).", table.Assumptions);
        var bare = Open("rows.csv", rows);
        Assert.Equal(("2", "3", 1), (bare.TextColumn, bare.LabelColumn, bare.Examples[0].Line));
        var scores = Open("rows.csv", "a,b\nthe first of all texts,0.25\nanother text of some length,1.5\nand a third text here,3\n");
        Assert.Equal(("a", "b", LabelKind.Numbers), (scores.TextColumn, scores.LabelColumn, scores.Labels));
    }

    [Fact]
    public void What_is_not_clear_is_one_error_that_lists_the_columns_with_a_value_each()
    {
        Assert.Equal(": it is not clear which columns to read: the text may be in \"review\" or \"comment\"; "
            + "the label may be in \"category\" or \"sentiment\". "
            + "Set Text and Label to a name or a number (and SecondText for pairs; Labels = None where there is no label). "
            + "The columns: 1 review (\"Good film\"), 2 comment (\"Agreed\"), 3 category (\"film\"), 4 sentiment (\"pos\"), 5 note "
            + "(empty).",
            Fault("review,comment,category,sentiment,note\nGood film,Agreed,film,pos,\nBad,No,book,neg,\n"));
        Assert.StartsWith(": it is not clear which columns to read: no column looks like a label", Fault("id,text\n1,a b\n2,c d\n"));
        Assert.StartsWith(": it is not clear which columns to read: the text may be in 1 or 2; the label has no usual name.",
            Fault("one text of words,another text here,x\nmore text of words,again a text,y\nmore text,text again,y\n"));
        Assert.Equal(": there is no column \"body\" (Text). The columns: 1 text (\"a\"), 2 label (\"b\").",
            Fault("text,label\na,b\nc,d\n", new() { Text = "body" }));
        Assert.StartsWith(": there is no column \"3\" (Label).", Fault("text,label\na,b\nc,d\n", new() { Label = "3" }));
        Assert.StartsWith(": column \"text\" is given twice;", Fault("text,label\na,b\nc,d\n", new() { Text = "text", Label = "1" }));
    }

    [Fact]
    public void Columns_are_given_by_name_or_number()
    {
        const string content = "review,comment,category,sentiment\nGood film,Agreed,film,pos\nBad,No,book,neg\n";
        foreach (var (text, second, label) in new[] { ("comment", "review", "sentiment"), ("2", "1", "4"), ("COMMENT", " review", "4") })
        {
            var table = Open("rows.csv", content, new() { Text = text, SecondText = second, Label = label });
            Assert.Equal(("comment", "review", "sentiment"), (table.TextColumn, table.SecondTextColumn, table.LabelColumn));
            Assert.Equal(("Agreed", "Good film", 1), (table.Examples[0].Text, table.Examples[0].SecondText, table.Examples[0].Class));
        }
        Assert.Null(Open("pairs.csv", "sentence1,sentence2,label\na,b,c\nd,e,f\n", new() { Text = "sentence2" }).SecondTextColumn);
    }

    [Theory]
    [InlineData("text,label\na,x\n", true)]
    [InlineData("feedback,mood\nvery long and good text,x\nanother long and bad text,y\n", true)]
    [InlineData("comment_id,value\nsome text here,1\nsome other text,0\n", true)]
    [InlineData("good film,pos\nbad film,neg\nanother film,pos\n", false)]
    [InlineData("1,good film of the year\n0,bad film of the year\n1,another film to see\n", false)]
    public void A_header_is_recognised_and_said(string content, bool isHeader)
    {
        var table = Open("rows.csv", content, new() { Labels = LabelKind.None, Text = isHeader ? "1" : content[0] == '1' ? "2" : "1" });
        Assert.Equal(isHeader ? 2 : 1, table.Examples[0].Line);
        Assert.Contains(table.Assumptions, said => said.StartsWith(isHeader ? "The first line names the columns: "
            : "There is no header: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Whether_there_is_a_header_can_be_given()
    {
        Assert.Equal(3, Open("rows.csv", "text,label\na,b\nc,d\n", new() { HasHeader = false, Text = "1", Label = "2" }).Examples.Count);
        var table = Open("rows.csv", "good film,pos\nbad film,neg\nanother film,pos\n",
            new() { HasHeader = true, Text = "1", Label = "pos" });
        Assert.Equal(("good film", 2), (table.TextColumn, table.Examples.Count));
        Assert.DoesNotContain(table.Assumptions, said => said.Contains("header", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_of_prose_are_texts_without_labels()
    {
        var table = Open("prose.txt", "First, a line\nSecond, a line\n\nThird, a line\n", new() { Labels = LabelKind.None });
        Assert.Equal(["First, a line", "Second, a line", "Third, a line"], table.Examples.Select(row => row.Text));
        Assert.Equal((LabelKind.None, null, -1), (table.Labels, table.LabelColumn, table.Examples[0].Class));
        Assert.Null(table.Preview()[0].Label);
    }

    [Fact]
    public void Numbers_are_classes_in_order_of_value()
    {
        Assert.Equal(["1", "2", "10"], Open("rows.csv", "text,label\na,10\nb,2\nc,1\nd,2\n").Classes);
        Assert.Equal(["-1", "1"], Open("rows.csv", "text,label\na,1\nb,-1\n").Classes);
        Assert.Equal(["3", "neg", "pos"], Open("rows.csv", "text,label\na,pos\nb,neg\nc,3\n").Classes);
    }

    [Fact]
    public void Numbers_with_fractions_or_many_values_are_regression_labels()
    {
        var table = Open("rows.csv", "text,score\na,1.5\nb,2\n");
        Assert.Equal((LabelKind.Numbers, -1, 1.5), (table.Labels, table.Examples[0].Class, table.Examples[0].Number));
        Assert.Empty(table.Classes);
        Assert.Contains("Labels are numbers from 1.5 to 2.", table.Assumptions);
        Assert.Equal(LabelKind.Numbers, Open("rows.csv", $"text,label\n{string.Concat(Enumerable.Range(0, 60).Select(i => $"a,{i}\n"))}").Labels);
        Assert.Equal(LabelKind.Numbers, Open("rows.csv", "text,label\na,1\nb,2\n", new() { Labels = LabelKind.Numbers }).Labels);
        Assert.Equal(["1.5", "2"], Open("rows.csv", "text,score\na,1.5\nb,2\n", new() { Labels = LabelKind.Classes }).Classes);
        Assert.Equal(":3: column \"score\": \"high\" is not a number. Correct it, name it as a missing label (MissingLabels), or set "
            + "Labels = Classes.",
            Fault("text,score\na,1.5\nb,high\n", new() { Labels = LabelKind.Numbers }));
        Assert.StartsWith(":3: column \"score\": \"nan\" is not a number.",
            Fault("text,score\na,1.5\nb,nan\n", new() { Labels = LabelKind.Numbers }));
    }

    [Fact]
    public void Decimals_after_a_comma_are_numbers()
    {
        var table = Open("rows.csv", "text;score\na;1,5\nb;2\n");
        Assert.Equal([1.5, 2], table.Examples.Select(row => row.Number));
        Assert.Contains("Decimals of labels are written after a comma.", table.Assumptions);
    }

    [Fact]
    public void Of_a_score_and_a_class_the_kind_of_label_decides()
    {
        const string content = "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment\n1\ta\tb\t4.5\tNEUTRAL\n"
            + "2\tc\td\t3\tENTAILMENT\n";
        Assert.Equal("entailment_judgment", Open("SICK.txt", content).LabelColumn);
        Assert.Equal("relatedness_score", Open("SICK.txt", content, new() { Labels = LabelKind.Numbers }).LabelColumn);
    }

    [Fact]
    public void Missing_labels_are_left_out_and_counted()
    {
        var table = Open("rows.csv", "text,gold_label\na,neutral\nb,-\nc,entailment\nd,\n");
        Assert.Equal((2, 2), (table.Examples.Count, table.Unlabelled));
        Assert.Contains("2 rows without a label left out (\"-\" means none).", table.Assumptions);
        Assert.Equal(["+", "-"], Open("rows.csv", "text,label\na,+\nb,-\n").Classes);
        Assert.Equal(["x", "y"], Open("rows.csv", "text,label\na,x\nb,NA\nc,y\n", new() { MissingLabels = ["NA"] }).Classes);
        Assert.StartsWith(": no row has a label in column \"label\" (\"-1\" means none). To read texts without labels, set Labels = None.",
            Fault("text,label\na,-1\nb,-1\n"));
    }

    [Fact]
    public void Given_classes_keep_their_order_and_others_are_refused()
    {
        var table = Open("rows.csv", "text,label\na,1\nb,0\n", new() { Classes = ["1", "0", "2"] });
        Assert.Equal([0, 1], table.Examples.Select(row => row.Class));
        Assert.Equal(["1", "0", "2"], table.Classes);
        Assert.Equal(":3: column \"label\": \"0\" is none of the classes 1, 2. "
            + "Correct it, add the class, or name it as a missing label (MissingLabels).",
            Fault("text,label\na,1\nb,0\n", new() { Classes = ["1", "2"] }));
    }

    [Fact]
    public void A_column_of_almost_as_many_values_as_rows_is_no_class()
    {
        var content = $"text,target\n{string.Concat(Enumerable.Range(0, 60).Select(i => $"a,word{i}\n"))}";
        Assert.StartsWith(": the label was taken from column \"target\", but it has 60 different values in 60 rows: "
            + "it does not name classes.", Fault(content));
        Assert.Equal(60, Open("rows.csv", content, new() { Label = "target" }).Classes.Count);
    }
}
