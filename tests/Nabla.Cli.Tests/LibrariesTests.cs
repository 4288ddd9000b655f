using System.Text.Json.Nodes;

namespace Nabla.Cli.Tests;

/// <summary>The notices of the packages that are packed with the command line.</summary>
public sealed class LibrariesTests
{
    static string Beside(string name) => Path.Combine(AppContext.BaseDirectory, name);

    /// <summary>Package, version, copyright and licence of each row of the table.</summary>
    static string[][] Rows => [.. File.ReadLines(Beside("LIBRARIES.md")).Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];

    /// <summary>Of which an assembly lies beside the program.</summary>
    static IEnumerable<string> Packed()
    {
        var dependencies = JsonNode.Parse(File.ReadAllText(Beside("Nabla.Cli.deps.json")))!;
        return dependencies["targets"]![(string)dependencies["runtimeTarget"]!["name"]!]!.AsObject()
            .Where(library => (string)dependencies["libraries"]![library.Key]!["type"]! == "package" && (library.Value!["runtime"] ?? library.Value["runtimeTargets"] ?? library.Value["native"]) is not null).Select(library => library.Key);
    }

    [Fact]
    public void Every_package_of_the_command_line_is_listed_in_its_version_and_no_other()
    {
        Assert.NotEmpty(Packed());
        Assert.Equal(Packed().Order(StringComparer.Ordinal), Rows.Select(row => $"{row[0]}/{row[1]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_licence_of_the_list_has_its_text_below_it()
    {
        var text = File.ReadAllText(Beside("LIBRARIES.md"));
        foreach (var row in Rows)
        {
            Assert.NotEqual("", row[2]);
            if (!row[3].StartsWith("public domain", StringComparison.Ordinal)) Assert.Contains($"\n## {row[3].Split(" (")[0]}\n", text, StringComparison.Ordinal);
        }
        foreach (var licence in new[] { "Permission is hereby granted, free of charge", "Redistribution and use in source and binary forms", "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" }) Assert.Contains(licence, text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_packages_say_themselves_travels_with_the_tool()
    {
        foreach (var file in new[] { "BouncyCastle.Cryptography/LICENSE.md", "CommunityToolkit.HighPerformance/ThirdPartyNotices.txt", "System.Numerics.Tensors/THIRD-PARTY-NOTICES.TXT" })
            Assert.True(new FileInfo(Beside($"licences/{file}")).Length > 1000);
    }
}
