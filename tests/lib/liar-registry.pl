#!/usr/bin/perl
# liar-registry.pl PORT-FILE ANSWERS: answers each request with the next line of
# the file, in which \r and \n stand for themselves, and then closes the
# connection; the last line is for all that follow.
use strict;
use warnings;
use IO::Socket::INET;

my ($port_file, $answers) = @ARGV;
my $listen = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1')
	or die "$!";
open(my $in, '<', $answers) or die "$!";
chomp(my @answers = <$in>);
open(my $out, '>', "$port_file.new") or die "$!";
print $out $listen->sockport, "\n";
close($out);
rename("$port_file.new", $port_file) or die "$!";
$SIG{PIPE} = 'IGNORE';
while (my $client = $listen->accept) {
	while (defined(my $line = <$client>)) {
		last if $line =~ /^\r?$/;
	}
	my $answer = @answers > 1 ? shift @answers : $answers[0];
	$answer =~ s/\\r/\r/g;
	$answer =~ s/\\n/\n/g;
	print $client $answer;
	close($client);
}
