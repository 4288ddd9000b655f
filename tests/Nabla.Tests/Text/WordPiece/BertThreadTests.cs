using Nabla.Backends.Cpu;
using Nabla.Tests.Autograd;
using Nabla.Text;

namespace Nabla.Tests.Text;

/// <summary>They set the number of threads of the whole process, so they run alone.</summary>
[Collection(nameof(DeterminismTests))]
public class BertThreadTests
{
    [Fact]
    public void Batches_are_the_same_for_any_number_of_threads()
    {
        var tokenizer = new BertTokenizer(BertTokenizerTests.Vocabulary);
        string[] texts = [.. Enumerable.Range(0, 500).Select(i => string.Join(' ', Enumerable.Range(0, i % 23).Select(j => BertTokenizerTests.Vocabulary[5 + (i * j * 7 % 190)])))];
        var expected = texts.Select(text => string.Join(' ', tokenizer.Encode(text, "the fox").Ids)).ToArray();
        var before = ThreadTeam.Threads;
        try
        {
            foreach (var threads in new[] { 1, 2, 5 })
            {
                ThreadTeam.Threads = threads;
                Assert.Equal(expected, tokenizer.EncodeBatch([.. texts.Select(text => (text, (string?)"the fox"))]).Select(encoded => string.Join(' ', encoded.Ids)));
            }
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }
}
