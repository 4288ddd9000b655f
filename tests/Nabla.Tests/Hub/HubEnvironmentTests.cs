using Nabla.Hub;

namespace Nabla.Tests.Hub;

public sealed class HubEnvironmentTests
{
    static readonly string Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    static HubEnvironment With(params (string Name, string Value)[] variables) =>
        new(name => variables.FirstOrDefault(variable => variable.Name == name).Value);

    [Fact]
    public void Without_variables_it_is_the_public_hub_and_the_usual_cache()
    {
        var usual = With();
        Assert.Equal("https://huggingface.co/", usual.Endpoint.AbsoluteUri);
        Assert.Equal(Path.Combine(Home, ".cache", "huggingface", "hub"), usual.CacheFolder);
        Assert.False(usual.IsOffline);
    }

    [Fact]
    public void The_cache_is_in_the_first_folder_that_is_named()
    {
        (string, string)[] all = [("HF_HUB_CACHE", "/a"), ("HUGGINGFACE_HUB_CACHE", "/b"), ("HF_HOME", "/c"), ("XDG_CACHE_HOME", "/d")];
        string[] expected = ["/a", "/b", "/c/hub", "/d/huggingface/hub"];
        for (var first = 0; first < all.Length; first++) Assert.Equal(Path.GetFullPath(expected[first]), With(all[first..]).CacheFolder);
    }

    [Theory]
    [InlineData("~/models", "/models")]
    [InlineData("$PLACE/models", "/models")]
    [InlineData("${PLACE}/models", "/models")]
    public void Home_and_variables_in_a_path_are_replaced(string path, string below) =>
        Assert.Equal(Path.GetFullPath(Home + below), With(("HF_HUB_CACHE", path), ("PLACE", Home)).CacheFolder);

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("YES", true)]
    [InlineData("on", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void Offline_is_what_Python_takes_for_true(string value, bool offline)
    {
        Assert.Equal(offline, With(("HF_HUB_OFFLINE", value)).IsOffline);
        Assert.Equal(offline, With(("TRANSFORMERS_OFFLINE", value)).IsOffline);
    }

    [Fact]
    public void A_token_is_taken_from_the_variable_or_else_from_its_file()
    {
        var folder = Directory.CreateTempSubdirectory("nabla-token-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "token"), "hf_stored\n");
            File.WriteAllText(Path.Combine(folder, "other"), "hf_other");
            Assert.Null(With(("HF_HOME", Path.Combine(folder, "none"))).Token);
            Assert.Equal("hf_stored", With(("HF_HOME", folder)).Token);
            Assert.Equal("hf_other", With(("HF_HOME", folder), ("HF_TOKEN_PATH", Path.Combine(folder, "other"))).Token);
            Assert.Equal("hf_old", With(("HF_HOME", folder), ("HUGGING_FACE_HUB_TOKEN", "hf_old")).Token);
            Assert.Equal("hf_said", With(("HF_HOME", folder), ("HF_TOKEN", " hf_said\r\n"), ("HUGGING_FACE_HUB_TOKEN", "hf_old")).Token);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("hf-mirror.example")]
    [InlineData("ftp://hf-mirror.example")]
    public void An_endpoint_that_is_no_address_is_named(string endpoint)
    {
        var error = Assert.Throws<ModelHubException>(() => With(("HF_ENDPOINT", endpoint)).Endpoint);
        Assert.Contains($"HF_ENDPOINT is \"{endpoint}\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_do_not_show_the_token() =>
        Assert.DoesNotContain("secret", new ModelHubOptions { Token = "hf_secret" }.ToString(), StringComparison.Ordinal);
}
