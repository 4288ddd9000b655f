using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class QuestionFileTests : IDisposable
{
    const string Context = "The 𝔫orman\\u0301 people 🙂 gave their name to Normandy.";

    readonly Fixture files = new();

    public void Dispose() => files.Dispose();

    QuestionFile Open(string name, string content) => QuestionFile.Open(files.Write(name, content));

    string Fault(string content)
    {
        var path = files.Write("squad.json", content);
        return Assert.Throws<DataFileException>(() => QuestionFile.Open(path)).Message[path.Length..];
    }

    static string Squad(string questions, string version = "1.1") =>
        $$$"""{"version": "{{{version}}}", "data": [{"title": "Normans", "paragraphs": [{"context": "{{{Context}}}", "qas": [{{{questions}}}]}]}]}""";

    /// <summary>What Python's <c>context.find</c> gives: positions count Unicode scalars.</summary>
    [Fact]
    public void Starts_are_converted_from_unicode_scalars_to_utf_16()
    {
        var file = Open("squad.json", Squad("""
            {"id": "a1", "question": "What was named?", "answers": [{"text": "Normandy", "answer_start": 40}, {"text": "The", "answer_start": 0}]},
            {"id": "a2", "question": "Who?", "answers": [{"text": "people 🙂", "answer_start": 12}]}
            """));
        Assert.Equal(["a1", "a2"], file.Questions.Select(question => question.Id));
        Assert.All(file.Questions.SelectMany(question => question.Answers.Select(answer => (question, answer))), one =>
            Assert.Equal(one.answer.Text, one.question.Context.Substring(one.answer.Start, one.answer.Text.Length)));
        Assert.Equal([new AnswerSpan("Normandy", 42), new AnswerSpan("The", 0)], file.Questions[0].Answers);
        Assert.Equal(("Normans", "What was named?", false), (file.Questions[0].Title, file.Questions[0].Question, file.HasImpossible));
        Assert.Empty(file.Misplaced);
    }

    [Fact]
    public void Squad_2_has_questions_that_cannot_be_answered()
    {
        var file = Open("squad.json.gz", Squad("""
            {"id": "b1", "question": "Who?", "is_impossible": true, "answers": [], "plausible_answers": [{"text": "The", "answer_start": 0}]},
            {"id": "b2", "question": "What?", "is_impossible": false, "answers": [{"text": "Normandy", "answer_start": 40}]}
            """, "v2.0"));
        Assert.Equal([true, false], file.Questions.Select(question => question.IsImpossible));
        Assert.Equal([0, 1], file.Questions.Select(question => question.Answers.Count));
        Assert.True(file.HasImpossible);
    }

    [Fact]
    public void Answers_that_are_not_where_they_should_be_are_named()
    {
        var file = Open("squad.json", Squad("""
            {"id": "c1", "question": "What?", "answers": [{"text": "Normandy", "answer_start": 42}, {"text": "Normandy", "answer_start": 40}, {"text": "x", "answer_start": 900}]}
            """));
        Assert.Equal([-1, 42, -1], file.Questions[0].Answers.Select(answer => answer.Start));
        Assert.Equal([new MisplacedAnswer("c1", "Normandy", "rmandy."), new MisplacedAnswer("c1", "x", "")], file.Misplaced);
    }

    [Fact]
    public void Flat_json_lines_are_read()
    {
        var file = Open("squad.jsonl", $$$"""
            {"id": "d1", "title": "Normans", "context": "{{{Context}}}", "question": "What?", "answers": {"text": ["Normandy", "The"], "answer_start": [40, 0]}}

            {"id": 2, "context": "{{{Context}}}", "question": "Who?", "answers": {"text": [], "answer_start": []}}
            {"context": "{{{Context}}}", "question": "Which?", "answers": [{"text": "The", "answer_start": 0}]}
            {"context": "{{{Context}}}", "question": "Where?"}
            """);
        Assert.Equal(["d1", "2", "4", "5"], file.Questions.Select(question => question.Id));
        Assert.Equal([42, 0], file.Questions[0].Answers.Select(answer => answer.Start));
        Assert.Equal([false, true, false, false], file.Questions.Select(question => question.IsImpossible));
        Assert.Equal(["Normans", null, null, null], file.Questions.Select(question => question.Title));
    }

    [Fact]
    public void One_question_on_one_line_is_json_lines() =>
        Assert.Single(Open("one.json", """{"context": "a b", "question": "?", "answers": {"text": ["b"], "answer_start": [2]}}""").Questions);

    [Theory]
    [InlineData("""{"data": [{"paragraphs": [{"context": "c", "qas": [{"id": "1", "answers": []}]}]}]}""", ": data[0].paragraphs[0].qas[0]: \"question\" is missing or not a text.")]
    [InlineData("""{"data": [{"paragraphs": [{"qas": []}]}]}""", ": data[0].paragraphs[0]: \"context\" is missing or not a text.")]
    [InlineData("""{"data": [{"title": "t"}]}""", ": data[0]: \"paragraphs\" is missing or not a list.")]
    [InlineData("{\"data\":\n {}}", ": \"data\" is missing or not a list.")]
    [InlineData("""{"data": [{"paragraphs": [{"context": "c", "qas": [{"question": "q", "answers": [{"text": "c"}]}]}]}]}""", ": data[0].paragraphs[0].qas[0]: \"answers\" holds {\"text\": \"c\"}, not {text, answer_start}.")]
    [InlineData("""{"question": "q", "context": "c", "answers": {"text": ["c", "d"], "answer_start": [0]}}""", ":1: \"answers\" is neither a list of {text, answer_start} nor {text: [], answer_start: []}.")]
    [InlineData("""{"question": "q", "answers": []}""", ":1: \"context\" is missing or not a text.")]
    [InlineData("""{"data": []}""", ": holds no question.")]
    [InlineData("{\"data\": [\n{]}", ":2: is not JSON: ")]
    [InlineData("", ":1: is not JSON: ")]
    public void A_fault_is_named_by_its_path_in_the_file(string content, string fault) => Assert.StartsWith(fault, Fault(content));
}
