#!/usr/bin/env bash
# Lets TorchSharp load on systems whose libstdc++ is older than GCC 13's, such as Debian 12.
#
#   eval "$(benchmarks/torchsharp-on-debian12.sh)"
#
# TorchSharp's native library asks for GLIBCXX_3.4.32 because of a single symbol, std::ios_base_library_init. GCC 13 puts a reference
# to it in every object that includes <iostream>, only so that linking against an older library fails: nobody calls it. Marking the symbol
# and the version as weak in the restored package's copy lets the loader do without them. Nothing else in the file changes, a second
# run finds nothing to do, and where libstdc++ is new enough the file is left alone. Prints nothing on stdout when all is well.
set -euo pipefail

fail() { echo "torchsharp-on-debian12: $1" >&2; echo false; exit 1; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dotnet restore "$here/Nabla.Benchmarks" >&2 || fail "the restore failed"

runtime=$(ldconfig -p | sed -n 's/.*libstdc++\.so\.6 .*x86-64.*=> //p' | head -n 1)
[ -n "$runtime" ] || fail "no libstdc++.so.6: apt-get install libstdc++6"
if grep -q GLIBCXX_3.4.32 "$runtime"; then exit 0; fi

library=$(find "${NUGET_PACKAGES:-$HOME/.nuget/packages}/torchsharp" -path '*/linux-x64/*' -name libLibTorchSharp.so | sort -V | tail -n 1)
[ -n "$library" ] || fail "TorchSharp is not among the restored packages"

perl - "$library" <<'PERL' || fail "could not mark the symbol in $library"
use strict; use warnings;
my $path = shift;
open my $in, '<:raw', $path or die "$path: $!";
my $elf = do { local $/; <$in> };
close $in;
substr($elf, 0, 6) eq "\x7fELF\x02\x01" or die "$path is not a 64-bit little-endian ELF file";

my ($headers, $count) = (unpack('Q<', substr $elf, 0x28, 8), unpack('v', substr $elf, 0x3c, 2));
my @sections = map {
    my @f = unpack 'V V Q< Q< Q< Q< V V Q< Q<', substr $elf, $headers + 64 * $_, 64;
    { type => $f[1], offset => $f[4], size => $f[5], link => $f[6] }
} 0 .. $count - 1;
my $changes = 0;
sub name { my ($section, $at) = @_; unpack 'Z*', substr $elf, $sections[$section->{link}]{offset} + $at, 64 }

for my $section (grep { $_->{type} == 11 } @sections) {               # SHT_DYNSYM
    for (my $at = $section->{offset}; $at < $section->{offset} + $section->{size}; $at += 24) {
        my ($name, $info, undef, $home) = unpack 'V C C v', substr $elf, $at, 8;
        next unless $home == 0 && $info >> 4 == 1 && name($section, $name) eq '_ZSt21ios_base_library_initv';
        substr($elf, $at + 4, 1) = chr(2 << 4 | $info & 15);           # STB_GLOBAL → STB_WEAK
        $changes++;
    }
}
for my $section (grep { $_->{type} == 0x6ffffffe } @sections) {       # SHT_GNU_verneed
    my ($need, $step) = ($section->{offset}, 1);
    for (; $step; $need += $step) {
        (undef, my $entries, undef, my $first, $step) = unpack 'v v V V V', substr $elf, $need, 16;
        for (my $entry = $need + $first; $entries--;) {
            my (undef, $flags, undef, $name, $next) = unpack 'V v v V V', substr $elf, $entry, 16;
            if (!($flags & 2) && name($section, $name) eq 'GLIBCXX_3.4.32') {
                substr($elf, $entry + 4, 2) = pack 'v', $flags | 2;    # VER_FLG_WEAK
                $changes++;
            }
            $entry += $next;
        }
    }
}
exit 0 unless $changes;
open my $out, '>:raw', "$path.new" or die "$path.new: $!";
print $out $elf or die $!;
close $out or die $!;
chmod((stat $path)[2] & 07777, "$path.new");
rename "$path.new", $path or die $!;
PERL
