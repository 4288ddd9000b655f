using Nabla.Data;

namespace Nabla.Formats.Tests.Texts;

/// <summary>Small files of the forms in which GLUE, SNLI, SICK and the STS benchmark are published.</summary>
public sealed class TextFolderTests : IDisposable
{
    readonly Fixture files = new();

    public void Dispose() => files.Dispose();

    TextParts Open(params (string Name, string Content)[] parts)
    {
        foreach (var (name, content) in parts) files.Write(name, content);
        return TextFolder.Open(files.Folder);
    }

    static string[] Rows(TextTable? table) =>
        [.. table!.Preview(int.MaxValue).Select(row => $"{row.Text}{(row.SecondText is null ? "" : $"|{row.SecondText}")}|{row.Label}")];

    [Fact]
    public void Cola_has_four_columns_and_no_header_but_in_the_test_file()
    {
        var parts = Open(("train.tsv", "gj04\t1\t\tOur friends won't buy this.\ngj04\t0\t*\tThey \"drank the pub.\n"),
            ("dev.tsv", "gj04\t1\t\tThe sailors rode.\n"),
            ("test.tsv", "index\tsentence\n0\tBill whistled past.\n1\tThe car honked.\n"));
        Assert.Equal(["Our friends won't buy this.|1", "They \"drank the pub.|0"], Rows(parts.Train));
        Assert.Equal(["The sailors rode.|1"], Rows(parts.Validation));
        Assert.Equal(["Bill whistled past.|", "The car honked.|"], Rows(parts.Test));
        Assert.Equal((LabelKind.Classes, LabelKind.None), (parts.Validation!.Labels, parts.Test!.Labels));
        Assert.Equal(["0", "1"], parts.Validation.Classes);
    }

    [Fact]
    public void Sst2_is_a_sentence_and_its_label()
    {
        var parts = Open(("train.tsv", "sentence\tlabel\nhide new secretions \t0\ncontains \"wit \t1\n"),
            ("dev.tsv", "sentence\tlabel\na charming journey . \t1\n"),
            ("test.tsv", "index\tsentence\n0\tuneasy mishmash\n"));
        Assert.Equal(["hide new secretions |0", "contains \"wit |1"], Rows(parts.Train));
        Assert.Equal(["a charming journey . |1"], Rows(parts.Validation));
        Assert.Equal(["uneasy mishmash|"], Rows(parts.Test));
    }

    [Fact]
    public void Mrpc_is_read_by_its_header_behind_a_byte_order_mark()
    {
        const string header = "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n";
        var parts = Open(("msr_paraphrase_train.txt", $"{header}1\t70\t71\tHe accused \"the witness\".\tReferring to "
            + "\"him.\r\n0\t72\t73\tYucaipa owned it.\tHe bought it.\r\n"),
            ("msr_paraphrase_test.txt", $"{header}1\t80\t81\tPCCW's chief.\tCurrent chief.\r\n"));
        Assert.Equal(["He accused \"the witness\".|Referring to \"him.|1", "Yucaipa owned it.|He bought it.|0"], Rows(parts.Train));
        Assert.Null(parts.Validation);
        Assert.Equal(["PCCW's chief.|Current chief.|1"], Rows(parts.Test));
    }

    [Fact]
    public void Qqp_leaves_out_rows_that_break_off()
    {
        const string header = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n";
        var parts = Open(("train.tsv", $"{header}1\t2\t3\tWhat is it?\tWhat's it?\t1\n4\t5\t6\tHow can "
            + "I\n7\t8\t9\tWhy?\tWho?\t0\n10\t11\t12\tWho?\t\t0\n"),
            ("test.tsv", "id\tquestion1\tquestion2\n0\tWould you?\tDo you?\n"));
        Assert.Equal(["What is it?|What's it?|1", "Why?|Who?|0"], Rows(parts.Train));
        Assert.Equal(1, parts.Train.WithoutText);
        Assert.Contains(parts.Train.Assumptions, said => said.StartsWith("1 row with too few fields left out", StringComparison.Ordinal));
        Assert.Equal(["Would you?|Do you?|"], Rows(parts.Test));
    }

    [Fact]
    public void Stsb_of_glue_has_a_score()
    {
        const string header = "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2";
        var parts = Open(("train.tsv", $"{header}\tscore\n0\tmain-captions\tMSRvid\t2012test\t0001\tnone\tnone\tA plane is \"taking "
            + "off.\tAn air plane.\t5.000\n1\tx\ty\t2012\t4\tnone\tnone\tA man.\tA flute.\t3.800\n"),
            ("test.tsv", $"{header}\n0\tmain-captions\tMSRvid\t2012test\t0024\tnone\tnone\tA girl.\tA woman.\n"));
        Assert.Equal((LabelKind.Numbers, "score"), (parts.Train.Labels, parts.Train.LabelColumn));
        Assert.Equal(["A plane is \"taking off.|An air plane.|5", "A man.|A flute.|3.8"], Rows(parts.Train));
        Assert.Equal(["A girl.|A woman.|"], Rows(parts.Test));
    }

    [Fact]
    public void The_sts_benchmark_has_seven_to_nine_columns_and_no_header()
    {
        const string seven = "main-captions\tMSRvid\t2012test\t0001\t5.000\tA plane is taking off.\t\"An air plane.\r\n";
        const string nine = "main-news\theadlines\t2013\t0002\t3.5\tOne, two.\tThree; four.\thttp://a\thttp://b\r\n";
        var parts = Open(("sts-train.csv", seven + nine), ("sts-dev.csv", seven), ("sts-test.csv", nine),
            ("readme.txt", "About the data, at length."), ("LICENSE.txt", "Free."));
        Assert.Equal(["A plane is taking off.|\"An air plane.|5", "One, two.|Three; four.|3.5"], Rows(parts.Train));
        Assert.Equal(LabelKind.Numbers, parts.Train.Labels);
        Assert.Equal(["A plane is taking off.|\"An air plane.|5"], Rows(parts.Validation));
        Assert.Equal(["One, two.|Three; four.|3.5"], Rows(parts.Test));
        Assert.Contains(parts.Train.Assumptions, said => said.StartsWith("There is no header: the columns are those of the STS benchmark",
            StringComparison.Ordinal));
    }

    [Fact]
    public void Mnli_has_its_gold_label_last_and_two_validation_files()
    {
        const string header = "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\t"
            + "sentence2_parse\tsentence1\tsentence2";
        const string row = "0\t1\t1n\tfiction\t( a )\t( b )\t(ROOT a)\t(ROOT b)\tThe \"new rights\tEveryone likes";
        var dev = $"{header}\tlabel1\tlabel2\tlabel3\tlabel4\tlabel5\tgold_label\n"
            + $"{row}\tneutral\tneutral\tneutral\tneutral\tentailment\tneutral\n{row}\tneutral\tentailment\tcontradiction\tx\ty\t-\n";
        var parts = Open(("train.tsv", $"{header}\tlabel1\tgold_label\n{row}\tneutral\tneutral\n{row}\tentailment\tentailment\n"
            + $"{row}\tcontradiction\tcontradiction\n"),
            ("dev_matched.tsv", dev), ("dev_mismatched.tsv", dev), ("test_matched.tsv", $"{header}\n{row}\n"),
                ("test_mismatched.tsv", $"{header}\n{row}\n"));
        Assert.Equal(["contradiction", "entailment", "neutral"], parts.Train.Classes);
        Assert.Equal("gold_label", parts.Train.LabelColumn);
        Assert.EndsWith("dev_matched.tsv", parts.Validation!.Path);
        Assert.Equal(["The \"new rights|Everyone likes|neutral"], Rows(parts.Validation));
        Assert.Equal(1, parts.Validation.Unlabelled);
        Assert.Equal(["The \"new rights|Everyone likes|"], Rows(parts.Test));
    }

    [Theory]
    [InlineData("index\tquestion\tsentence\tlabel\n0\tWhen did it?\tWithin a day.\tentailment\n1\tWho?\tNobody.\tnot_entailment\n",
        "When did it?|Within a day.|entailment")]
    [InlineData("index\tsentence1\tsentence2\tlabel\n0\tNo weapons.\tWeapons found.\tnot_entailment\n"
        + "1\tA place.\tA \"place.\tentailment\n", "No weapons.|Weapons found.|not_entailment")]
    [InlineData("index\tsentence1\tsentence2\tlabel\n0\tI stuck a pin.\tThe carrot had a hole.\t1\n1\tJohn.\tJohn couldn't.\t0\n",
        "I stuck a pin.|The carrot had a hole.|1")]
    public void Qnli_rte_and_wnli_are_read_by_their_headers(string content, string first) =>
        Assert.Equal(first, Rows(Open(("train.tsv", content)).Train)[0]);

    [Fact]
    public void Snli_is_read_from_json_lines()
    {
        const string row = "{\"annotator_labels\": [\"neutral\", \"-\"], \"captionID\": \"1#0\", \"gold_label\": \"?\", "
            + "\"pairID\": \"1n\", \"sentence1\": \"A person.\", \"sentence1_parse\": \"(ROOT)\", \"sentence2\": \"At a diner.\"}\n";
        string With(string label) => row.Replace("?", label, StringComparison.Ordinal);
        var parts = Open(("snli_1.0_train.jsonl", With("neutral") + With("-") + With("entailment")),
            ("snli_1.0_train.txt", "gold_label\tsentence1\n"), ("snli_1.0_dev.jsonl", With("neutral")), ("README.txt", "Read this."));
        Assert.Equal(["A person.|At a diner.|neutral", "A person.|At a diner.|entailment"], Rows(parts.Train));
        Assert.Equal(1, parts.Train.Unlabelled);
        Assert.EndsWith("dev.jsonl", parts.Validation!.Path);
    }

    [Fact]
    public void Sick_has_train_trial_and_annotated_test_files()
    {
        const string header = "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment\n";
        var parts = Open(("SICK_train.txt", $"{header}1\tA kid.\tA boy.\t4.5\tNEUTRAL\n2\tB.\tC.\t3\tENTAILMENT\n"),
            ("SICK_trial.txt", $"{header}4\tYoung boys.\tNo boy.\t3.6\tNEUTRAL\n"),
            ("SICK_test.txt", "pair_ID\tsentence_A\tsentence_B\n6\tX.\tY.\n"),
                ("SICK_test_annotated.txt", $"{header}6\tX.\tY.\t3.3\tNEUTRAL\n".Replace("\n", "\r\n", StringComparison.Ordinal)));
        Assert.Equal(["A kid.|A boy.|NEUTRAL", "B.|C.|ENTAILMENT"], Rows(parts.Train));
        Assert.Equal(["Young boys.|No boy.|NEUTRAL"], Rows(parts.Validation));
        Assert.Equal(["X.|Y.|NEUTRAL"], Rows(parts.Test));
    }

    [Fact]
    public void Sick_with_more_columns_is_read_by_the_same_names()
    {
        var table = TextTable.Open(files.Write("SICK_annotated.txt",
            "pair_ID\tsentence_A\tsentence_B\tentailment_label\trelatedness_score\tentailment_AB\tentailment_BA\tsentence_A_original\t"
                + "sentence_B_original\tSemEval_set\n"
            + "1\tA.\tB.\tNEUTRAL\t4.5\tA_neutral_B\tB_neutral_A\tAo.\tBo.\tTRAIN\n"
            + "2\tC.\tD.\tENTAILMENT\t3.1\tA_entails_B\tB_neutral_A\tCo.\tDo.\tTRAIN\n"));
        Assert.Equal(["A.|B.|NEUTRAL", "C.|D.|ENTAILMENT"], Rows(table));
    }

    [Fact]
    public void A_file_for_each_class_holds_a_text_on_every_line()
    {
        var parts = Open(("pos.txt", "a charming , funny film .\n\nlovely .\n"), ("neg.txt", "simplistic , silly and \"tedious .\n"),
            ("README.txt", "About."));
        Assert.Equal(["simplistic , silly and \"tedious .|neg", "a charming , funny film .|pos", "lovely .|pos"], Rows(parts.Train));
        Assert.Contains("The files are called like their classes and hold a text on every line: neg.txt, pos.txt.",
            parts.Train.Assumptions);
    }

    /// <summary>The folders of the IMDB reviews (Maas et al. 2011), and those of the movie reviews of Pang and Lee.</summary>
    [Fact]
    public void A_folder_for_each_class_holds_a_text_in_every_file()
    {
        foreach (var name in new[] { "train/pos/0_9.txt", "train/neg/0_3.txt", "train/pos/1_8.txt", "train/unsup/0_0.txt",
            "test/pos/0_10.txt", "test/neg/0_2.txt" })
        {
            Directory.CreateDirectory(Path.Combine(files.Folder, Path.GetDirectoryName(name)!));
            files.Write(name, $"Review, \"{name}\"\nof two lines.");
        }
        var parts = Open(("imdb.vocab", "the\nand\n"), ("README", "About."));
        Assert.Equal(["Review, \"train/neg/0_3.txt\"\nof two lines.|neg", "Review, \"train/pos/0_9.txt\"\nof two lines.|pos",
            "Review, \"train/pos/1_8.txt\"\nof two lines.|pos"], Rows(parts.Train));
        Assert.Equal(["neg", "pos"], parts.Test!.Classes);
        Assert.Equal(2, parts.Test.Examples.Count);
        Assert.Null(parts.Validation);
        Assert.Contains("The folders are called like their classes and hold a text in each file: "
            + "neg, pos (not unsup, whose texts have no label).", parts.Train.Assumptions);
        Assert.Equal(3, TextFolder.Open(Path.Combine(files.Folder, "train")).Train.Examples.Count);
    }

    [Fact]
    public void What_a_folder_lacks_or_has_twice_is_named()
    {
        Assert.EndsWith("holds no training file: none is called train.tsv, train.csv, train.jsonl or the like. There are: no tables. "
            + "Name a file.", Assert.Throws<DataFileException>(() => Open()).Message);
        Assert.EndsWith("several files could be the training part: train.csv, train2.tsv. Keep one, or name a file.",
            Assert.Throws<DataFileException>(() => Open(("train.csv", "text,label\na,b\n"),
                ("train2.tsv", "text\tlabel\na\tb\n"))).Message);
        Assert.Contains("there is no such folder", Assert.Throws<DataFileException>(() =>
            TextFolder.Open(Path.Combine(files.Folder, "none"))).Message);
    }

    [Fact]
    public void A_validation_label_that_training_lacks_is_named()
    {
        var error = Assert.Throws<DataFileException>(() => Open(("train.csv", "text,label\na,x\nb,y\n"),
            ("valid.csv", "text,label\na,x\nb,z\n")));
        Assert.EndsWith("valid.csv:3: column \"label\": \"z\" is none of the classes x, y. "
            + "Correct it, add the class, or name it as a missing label (MissingLabels).", error.Message);
    }
}
