using Nabla.Hub;

namespace Nabla.Tests.Hub;

public sealed class HubFileNameTests
{
    [Theory]
    [InlineData("config.json")]
    [InlineData("1_Pooling/config.json")]
    [InlineData(".gitattributes")]
    [InlineData("a..b/c")]
    [InlineData("模型.safetensors")]
    [InlineData("console.txt")]
    [InlineData("com10.txt")]
    public void Names_below_the_folder_are_safe(string name) => Assert.True(HubFileName.IsSafe(name));

    public static TheoryData<string> Hostile =>
    [
        "", "../config.json", "a/../../b", "..", ".", "./a", "a/./b", "/etc/passwd", "a//b", "a/", "C:/x", "C:x", "\\\\server\\share",
        "a\\..\\b", "a\0b", "a\nb", "a\u007fb", "what?", "a*b", "a|b", "a<b", "a\"b", "x:stream", "a.", "a ", new string('a', 256),
        "NUL", "nul.txt", "aux", "a/CON.json", "COM1", "lpt9.log", "com¹", "NUL .txt",
    ];

    [Theory, MemberData(nameof(Hostile))]
    public void Names_that_leave_the_folder_or_that_Windows_reserves_are_not(string name) => Assert.False(HubFileName.IsSafe(name));
}
