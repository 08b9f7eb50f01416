# liar.pl PORT SOCKET STATEMENT [BEGIN]: between a client and the server at SOCKET.
# In place of each SELECT of rows, or of each query that begins with BEGIN, the
# server is sent STATEMENT, so that what it answers is something else than was
# asked for.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;

my ($port, $server, $statement, $begin) = @ARGV;
my $asked = defined $begin ? "\x03$begin" : "\x16SELECT SQL_NO_CACHE";
my $listener = IO::Socket::INET->new(
	LocalAddr => "127.0.0.1:$port", Listen => 9, ReuseAddr => 1) or die $!;
$SIG{CHLD} = 'IGNORE';

# give_on: a packet's length (3 bytes), its number, its command, its text.
sub give_on {
	my ($buffer, $to) = @_;
	while (length $$buffer >= 4) {
		my $length = unpack('V', substr($$buffer, 0, 3) . "\0");
		last if length $$buffer < 4 + $length;
		my $packet = substr $$buffer, 0, 4 + $length, '';
		$packet = substr(pack('V', 1 + length $statement), 0, 3) .
			substr($packet, 3, 2) . $statement
			if substr($packet, 4, length $asked) eq $asked;
		syswrite $to, $packet;
	}
}

while (my $client = $listener->accept) {
	next if fork;
	my $up = IO::Socket::UNIX->new(Peer => $server) or die $!;
	my $select = IO::Select->new($client, $up);
	my $buffer = '';
	while (1) {
		for my $from ($select->can_read) {
			sysread $from, my $data, 65536 or exit;
			if ($from == $up) {
				syswrite $client, $data;
				next;
			}
			$buffer .= $data;
			give_on(\$buffer, $up);
		}
	}
}
