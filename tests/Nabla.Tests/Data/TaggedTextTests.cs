using CsCheck;
using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class TaggedTextTests : IDisposable
{
    readonly Fixture files = new();

    public void Dispose() => files.Dispose();

    TaggedText Open(string name, string content, TaggedTextOptions? options = null) => TaggedText.Open(files.Write(name, content), options);

    string Fault(string name, string content, TaggedTextOptions? options = null)
    {
        var path = files.Write(name, content);
        return Assert.Throws<DataFileException>(() => TaggedText.Open(path, options)).Message[path.Length..];
    }

    static string[] Rows(TaggedText text) =>
        [.. text.Sentences.Select(sentence => string.Join(' ', sentence.Words.Zip(sentence.Tags, (word, tag) => $"{word}/{tag}")))];

    /// <summary>The beginning of the English training file of CoNLL-2003, whose tags are IOB1.</summary>
    const string Conll = "-DOCSTART- -X- -X- O\n\nEU NNP B-NP I-ORG\nrejects VBZ B-VP O\nGerman JJ B-NP I-MISC\n\n\nPeter NNP B-NP I-PER\n"
        + "Blackburn NNP I-NP I-PER\nFrance NNP I-NP I-LOC\nBritain NNP I-NP B-LOC\n";

    [Fact]
    public void Conll_2003_is_read_and_its_tags_converted_from_iob1()
    {
        var text = Open("eng.train", Conll);
        Assert.Equal(["EU/B-ORG rejects/O German/B-MISC", "Peter/B-PER Blackburn/I-PER France/B-LOC Britain/B-LOC"], Rows(text));
        Assert.Equal(["O", "B-LOC", "I-LOC", "B-MISC", "I-MISC", "B-ORG", "I-ORG", "B-PER", "I-PER"], text.Tags);
        Assert.Equal(TagScheme.Iob1, text.Scheme);
        Assert.Equal(["Columns are separated by spaces: the word in column 1, the tag in column 4 of 4.",
            "Entities begin with I- (IOB1): converted to BIO."], text.Assumptions);
    }

    [Fact]
    public void The_column_of_the_tag_can_be_given()
    {
        Assert.Equal("EU/NNP rejects/VBZ German/JJ", Rows(Open("eng.train", Conll, new() { Tag = "2" }))[0]);
        Assert.Equal(TagScheme.Bio, Open("eng.train", Conll, new() { Tag = "3" }).Scheme);
        Assert.Equal("EU/I-ORG rejects/O German/I-MISC", Rows(Open("eng.train", Conll, new() { Scheme = TagScheme.None }))[0]);
        Assert.Equal(": there is no column \"5\" (Tag); there are 4, counted from 1.", Fault("eng.train", Conll, new() { Tag = "5" }));
    }

    [Theory]
    [InlineData("Peter\tB-PER\r\nBlackburn\tI-PER\r\n\r\nEU\tB-ORG\r\n", "Bio")]
    [InlineData("Peter B-PER\nBlackburn I-PER\n \nEU B-ORG", "Bio")]
    [InlineData("Peter I-PER\nBlackburn I-PER\n\nEU I-ORG", "Iob1")]
    [InlineData("Peter B-PER\nBlackburn E-PER\n\n\nEU S-ORG\n", "Iobes")]
    [InlineData("Peter\tB-PER\nBlackburn\tL-PER\n\t\nEU\tU-ORG\n", "Bilou")]
    [InlineData("{\"tokens\": [\"Peter\", \"Blackburn\"], \"tags\": [\"B-PER\", \"I-PER\"]}\n\n"
        + "{\"tags\": [\"B-ORG\"], \"tokens\": [\"EU\"]}\n", "Bio")]
    public void Schemes_are_recognised_and_become_bio(string content, string scheme)
    {
        var text = Open("tags", content);
        Assert.Equal(["Peter/B-PER Blackburn/I-PER", "EU/B-ORG"], Rows(text));
        Assert.Equal(scheme, text.Scheme.ToString());
    }

    [Fact]
    public void A_hash_and_quotes_are_words_and_tabs_allow_spaces_in_words() =>
        Assert.Equal(["#/O \"/O", "New York/B-LOC  x/O"], Rows(Open("tags.tsv", "#\tO\n\"\tO\n\nNew York\tB-LOC\n x\tO\n")));

    const string Universal = "# sent_id = 1\n# text = Vámonos al mar\n1-2\tVámonos\t_\t_\t_\t_\t_\t_\t_\t_\n"
        + "1\tVamos\tir\tVERB\tV\t_\t0\troot\t_\t_\n2\tnos\tnosotros\tPRON\tP\t_\t1\tobj\t_\t_\n"
        + "2.1\tx\tx\tVERB\t_\t_\t_\t_\t_\t_\n3\tmar\tmar\tNOUN\tN\t_\t1\tobl\t_\tSpaceAfter=No\n\n# text = "
        + "#\n1\t#\t#\tSYM\tS\t_\t0\troot\t_\t_\n\n";

    [Fact]
    public void Conll_u_passes_over_comments_contractions_and_unwritten_words()
    {
        var text = Open("es.conllu", Universal);
        Assert.Equal(["Vamos/VERB nos/PRON mar/NOUN", "#/SYM"], Rows(text));
        Assert.Equal(["NOUN", "PRON", "SYM", "VERB"], text.Tags);
        Assert.Equal((TagScheme.None, "The format is CoNLL-U: words in form, tags in upos."), (text.Scheme, text.Assumptions[0]));
        Assert.Equal("ir/root nosotros/obj mar/obl", Rows(Open("es.conllu", Universal, new() { Word = "lemma", Tag = "DEPREL" }))[0]);
        Assert.Equal("Vamos/V nos/P mar/N", Rows(Open("es.txt", Universal, new() { Tag = "5" }))[0]);
        Assert.StartsWith(": there is no column \"ner\" (Tag); there are 10, counted from 1: id, form, lemma",
            Fault("es.conllu", Universal, new() { Tag = "ner" }));
    }

    [Fact]
    public void Numbers_of_tags_in_json_lines_get_their_names()
    {
        const string content = "{\"id\": 0, \"tokens\": [\"EU\", \"rejects\"], \"pos_tags\": [1, 2], \"ner_tags\": [1, 0]}\n";
        Assert.Equal(["EU/B-ORG rejects/O"], Rows(Open("conll.jsonl", content, new() { Tag = "ner_tags", TagNames = ["O", "B-ORG"] })));
        Assert.StartsWith(":1: it is not clear which field to read: ner_tags or pos_tags. Set Tag", Fault("conll.jsonl", content));
        Assert.StartsWith(":1: \"ner_tags\" holds numbers. Set TagNames", Fault("conll.jsonl", content, new() { Tag = "ner_tags" }));
        Assert.StartsWith(":1: \"ner_tags\" holds 1, but TagNames names 1 tags, 0 to 0.",
            Fault("conll.jsonl", content, new() { Tag = "ner_tags", TagNames = ["O"] }));
    }

    [Theory]
    [InlineData("tags", "EU B-ORG\nrejects\n", ":2: 1 columns where 2 are expected, separated by spaces: \"rejects\".")]
    [InlineData("tags", "EU\tB-ORG\nx\ty\tO\n", ":2: 3 columns where 2 are expected, separated by tabs: \"x | y | O\".")]
    [InlineData("tags", "EU\tB-ORG\nx\t\n", ":2: column 2 is empty. Every word needs a tag;")]
    [InlineData("tags", "EU\nrejects\n", ":1: has one column; every line must hold a word and its tag")]
    [InlineData("tags", "\n\n", ": holds no sentence.")]
    [InlineData("tags", "EU B-ORG\nGerman B-MISC\n\nPeter PER\n",
        ": sentence 2, word 1 (\"Peter\"): the tag \"PER\" is neither O nor begins with B-, I- or the like, as others do.")]
    [InlineData("tags.jsonl", "{\"tokens\": [\"a\", \"b\"], \"tags\": [\"O\"]}\n", ":1: 2 words in \"tokens\" and 1 tags in \"tags\".")]
    [InlineData("tags.jsonl", "{\"tokens\": [\"a\"], \"tags\": [\"O\"]}\n{\"tokens\": \"a\", \"tags\": [\"O\"]}\n",
        ":2: field \"tokens\" is missing or not a list.")]
    [InlineData("tags.jsonl", "{\"tokens\": [1], \"tags\": [\"O\"]}\n", ":1: \"tokens\" holds 1, which is not a text.")]
    [InlineData("tags.jsonl", "{\"tokens\": [\"a\"], \"tags\": [null]}\n", ":1: \"tags\" holds null, which is no tag.")]
    [InlineData("tags.jsonl", "{\"words\": [\"a\"]}\n",
        ":1: has none of the fields tags, ner_tags, labels, pos_tags, chunk_tags, upos, but words. Set Tag")]
    [InlineData("tags.jsonl", "{\"words\": [\n", ":1: is not a JSON object on one line: ")]
    public void A_bad_line_is_named_with_the_remedy(string name, string content, string fault) =>
        Assert.StartsWith(fault, Fault(name, content));

    [Fact]
    public void The_encoding_can_be_given()
    {
        var path = files.Write("esp.train", [.. "Espa"u8, 0xF1, .. "a B-LOC\n"u8]);
        Assert.Contains(":1: is no text in UTF-8: the byte F1", Assert.Throws<DataFileException>(() => TaggedText.Open(path)).Message);
        Assert.Equal(["España/B-LOC"], Rows(TaggedText.Open(path, new() { Encoding = "latin-1" })));
    }

    /// <summary>Entities drawn at random, written in every scheme by its definition, come back as BIO.</summary>
    [Fact]
    public void Every_scheme_becomes_the_same_bio() => Gen.Select(Gen.Int[0, 3], Gen.Int[1, 3]).Array[1, 8].Sample(spans =>
    {
        var (bio, iob1, iobes, bilou) = (new List<string>(), new List<string>(), new List<string>(), new List<string>());
        var before = "";
        foreach (var (type, length) in spans)
        {
            var name = type == 0 ? "" : $"T{type}";
            for (var i = 0; i < length; i++)
            {
                string Tag(string single, string first, string middle, string last) => type == 0 ? "O"
                    : $"{(length == 1 ? single : i == 0 ? first : i == length - 1 ? last : middle)}-{name}";
                bio.Add(Tag("B", "B", "I", "I"));
                iob1.Add(before == name ? Tag("B", "B", "I", "I") : Tag("I", "I", "I", "I"));
                iobes.Add(Tag("S", "B", "I", "E"));
                bilou.Add(Tag("U", "B", "I", "L"));
            }
            before = name;
        }
        foreach (var (tags, scheme) in new[] { (bio, TagScheme.Bio), (iob1, TagScheme.Iob1), (iobes, TagScheme.Iobes),
            (bilou, TagScheme.Bilou) })
        {
            Assert.Equal(bio, TagSchemes.ToBio(tags, scheme));
            if (tags.Exists(tag => tag != "O")) Assert.Equal(bio, TagSchemes.ToBio(tags, TagSchemes.Recognise([tags])));
        }
    });

    [Fact]
    public void There_is_a_tag_for_each_word() => Assert.Throws<ArgumentException>(() => new TaggedSentence(["a", "b"], ["O"]));
}
