#!/usr/bin/env perl
# damage.pl: copies of a file, each damaged in one place.
#
#   damage.pl FILE byte SEED         one byte changed, anywhere
#   damage.pl FILE cut SEED          the end cut off, at least one byte
#   damage.pl FILE frame-drop N      without its Nth zstd or skippable frame
#   damage.pl FILE frame-swap N      the Nth and the next one changed about
#   damage.pl FILE frames            how many frames it has
#
# Frames are found by their sizes, as RFC 8878 has them.
use strict;
use warnings;

my ($file, $how, $which) = @ARGV;
open(my $in, '<:raw', $file) or die "$file: $!\n";
my $data = do { local $/; <$in> };
binmode(STDOUT);

# size of the frame that begins at an offset
sub frame_size {
	my $at = shift;
	my $magic = unpack('V', substr($data, $at, 4));
	return 8 + unpack('V', substr($data, $at + 4, 4))
		if ($magic & 0xFFFFFFF0) == 0x184D2A50;
	my $flags = ord(substr($data, $at + 4, 1));
	my $single = $flags >> 5 & 1;
	my $fcs = (0, 2, 4, 8)[$flags >> 6] || $single;
	my $pos = $at + 5 + !$single + (0, 1, 2, 4)[$flags & 3] + $fcs;
	my $last = 0;
	while (!$last) {
		my $block = unpack('V', substr($data, $pos, 3) . "\0");
		$last = $block & 1;
		$pos += 3 + (($block >> 1 & 3) == 1 ? 1 : $block >> 3);
	}
	return $pos + ($flags & 4 ? 4 : 0) - $at;
}

my @frames;
if ($how =~ /^frame/) {
	for (my $at = 0; $at < length $data; $at += length $frames[-1]) {
		push @frames, substr($data, $at, frame_size($at));
	}
}
if ($how eq 'frames') {
	print scalar(@frames), "\n";
} elsif ($how eq 'frame-drop') {
	splice(@frames, $which, 1);
	print @frames;
} elsif ($how eq 'frame-swap') {
	@frames[$which, $which + 1] = @frames[$which + 1, $which];
	print @frames;
} elsif ($how eq 'byte') {
	srand($which);
	my $at = int(rand(length $data));
	substr($data, $at, 1) ^= chr(1 + int(rand(255)));
	print $data;
} else {
	srand($which);
	print substr($data, 0, int(rand(length $data)));
}
