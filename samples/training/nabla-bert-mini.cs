#:project ../../src/Nabla/Nabla.csproj

// Packs the model of a run of nabla pretrain, its weights in 16 bits, as the program carries it.
//   dotnet run -c Release samples/training/nabla-bert-mini.cs RUN [FILE]
using System.IO.Compression;
using Nabla.Checkpoints;
using Nabla.Models;
using Nabla.Text;

var (run, file) = (args[0], args.ElementAtOrDefault(1) ?? "nabla-bert-mini.zip");
var from = Path.Combine(run, "model");
var model = new BertForPreTraining(BertConfiguration.Load(from));
BertCheckpoint.Load(model, from);

var folder = Directory.CreateTempSubdirectory("nabla-bert-mini-").FullName;
BertCheckpoint.Save(model, folder, StoredType.Float16);
BertTokenizer.Load(from).Save(folder);
File.Delete(file);
using (var zip = ZipFile.Open(file, ZipArchiveMode.Create))
{
    // In a fixed order and with a fixed date, so that the same model is the same bytes.
    foreach (var path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
    {
        var entry = zip.CreateEntry(Path.GetFileName(path), CompressionLevel.SmallestSize);
        entry.LastWriteTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var source = File.OpenRead(path);
        using var target = entry.Open();
        source.CopyTo(target);
    }
}
Directory.Delete(folder, recursive: true);
Console.WriteLine($"{file}: {new FileInfo(file).Length:n0} bytes");
