# activate.pl SOCKET COMMAND…: run a server for which another process has opened
# the socket, as systemd.socket(5) has it; see sd_listen_fds(3).
use strict;
use warnings;
use POSIX;
use Socket;

my $path = shift;
$^F = 3;
socket(my $door, PF_UNIX, SOCK_STREAM, 0) or die $!;
bind($door, sockaddr_un($path)) or die "$path: $!";
# Whoever listens first is the one that is seen at the other end.
unless (my $other = fork) { listen($door, 50); POSIX::_exit(0) }
wait;
fileno($door) == 3 or POSIX::dup2(fileno($door), 3);
@ENV{'LISTEN_FDS', 'LISTEN_PID'} = (1, $$);
exec @ARGV or die "$ARGV[0]: $!";
