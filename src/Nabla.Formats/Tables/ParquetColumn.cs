using System.Globalization;
using System.Numerics;
using Nabla.Data;
using Parquet;
using Parquet.Schema;

namespace Nabla.Formats;

/// <summary>The values of one column within one row group.</summary>
internal abstract class ParquetColumn
{
    private static readonly Type[] Readable =
    [
        typeof(string), typeof(ReadOnlyMemory<char>), typeof(float), typeof(double), typeof(decimal), typeof(byte), typeof(sbyte),
            typeof(short), typeof(ushort),
        typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(bool), typeof(DateTime),
    ];

    public abstract bool IsMissing(int row);

    public abstract string Text(int row);

    /// <summary>The number, or null where the column holds text.</summary>
    public virtual double? Number(int row) => null;

    /// <summary>The whole number, or null where the value is none.</summary>
    public virtual long? Whole(int row) => null;

    /// <summary>Whether values of this type can be read.</summary>
    public static bool CanRead(DataField field) => Array.IndexOf(Readable, field.ClrType) >= 0;

    /// <summary>Reads a column by the type that the file says.</summary>
    public static Task<ParquetColumn> ReadAsync(ParquetRowGroupReader rows, DataField field, string path) => field.ClrType switch
    {
        var type when type == typeof(string) || type == typeof(ReadOnlyMemory<char>) => TextAsync(rows, field),
        var type when type == typeof(float) => NumbersAsync<float>(rows, field),
        var type when type == typeof(double) => NumbersAsync<double>(rows, field),
        var type when type == typeof(decimal) => NumbersAsync<decimal>(rows, field),
        var type when type == typeof(byte) => NumbersAsync<byte>(rows, field),
        var type when type == typeof(sbyte) => NumbersAsync<sbyte>(rows, field),
        var type when type == typeof(short) => NumbersAsync<short>(rows, field),
        var type when type == typeof(ushort) => NumbersAsync<ushort>(rows, field),
        var type when type == typeof(int) => NumbersAsync<int>(rows, field),
        var type when type == typeof(uint) => NumbersAsync<uint>(rows, field),
        var type when type == typeof(long) => NumbersAsync<long>(rows, field),
        var type when type == typeof(ulong) => NumbersAsync<ulong>(rows, field),
        var type when type == typeof(bool) => FlagsAsync(rows, field),
        var type when type == typeof(DateTime) => TimesAsync(rows, field),
        var type => throw new DataFileException(path, null, $"column \"{field.Path}\" holds {type.Name}; text, numbers, yes or no and times can be read. Name the columns to read, without it."),
    };

    private static async Task<ParquetColumn> TextAsync(ParquetRowGroupReader rows, DataField field)
    {
        var values = new string?[rows.RowCount];
        await rows.ReadAsync(field, values.AsMemory()!).ConfigureAwait(false);
        return new Texts(values);
    }

    private static async Task<ParquetColumn> NumbersAsync<T>(ParquetRowGroupReader rows, DataField field) where T : struct, INumber<T> =>
        new Numbers<T>(await ValuesAsync<T>(rows, field).ConfigureAwait(false));

    private static async Task<ParquetColumn> FlagsAsync(ParquetRowGroupReader rows, DataField field) =>
        new Numbers<byte>(Array.ConvertAll(await ValuesAsync<bool>(rows, field).ConfigureAwait(false), flag => flag is { } value ? (byte?)(value ? 1 : 0) : null));

    private static async Task<ParquetColumn> TimesAsync(ParquetRowGroupReader rows, DataField field) =>
        new Texts(Array.ConvertAll(await ValuesAsync<DateTime>(rows, field).ConfigureAwait(false), time => time?.ToString("O", CultureInfo.InvariantCulture)));

    private static async Task<T?[]> ValuesAsync<T>(ParquetRowGroupReader rows, DataField field) where T : struct
    {
        if (field.IsNullable)
        {
            var values = new T?[rows.RowCount];
            await rows.ReadAsync<T>(field, values.AsMemory()).ConfigureAwait(false);
            return values;
        }
        var present = new T[rows.RowCount];
        await rows.ReadAsync<T>(field, present.AsMemory()).ConfigureAwait(false);
        return Array.ConvertAll(present, value => (T?)value);
    }

    private sealed class Texts(string?[] values) : ParquetColumn
    {
        public override bool IsMissing(int row) => string.IsNullOrEmpty(values[row]);

        public override string Text(int row) => values[row] ?? "";
    }

    private sealed class Numbers<T>(T?[] values) : ParquetColumn where T : struct, INumber<T>
    {
        public override bool IsMissing(int row) => values[row] is null;

        public override string Text(int row) => values[row]?.ToString(null, CultureInfo.InvariantCulture) ?? "";

        public override double? Number(int row) => double.CreateChecked(values[row]!.Value);

        public override long? Whole(int row) => T.IsInteger(values[row]!.Value) ? long.CreateChecked(values[row]!.Value) : null;
    }
}
