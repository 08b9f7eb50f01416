# relay.pl FROM TO: what is said at the socket FROM goes to the socket TO and back,
# as with `ssh -L`, until it is killed.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;

my ($from, $to) = @ARGV;
my $door = IO::Socket::UNIX->new(Local => $from, Listen => 5) or die "$from: $!";
$SIG{CHLD} = 'IGNORE';
while (my $here = $door->accept) {
	next if fork;
	my $there = IO::Socket::UNIX->new(Peer => $to) or die "$to: $!";
	my $both = IO::Select->new($here, $there);
	while (my @ready = $both->can_read) {
		for my $side (@ready) {
			sysread($side, my $text, 65536) or exit;
			syswrite($side == $here ? $there : $here, $text);
		}
	}
}
