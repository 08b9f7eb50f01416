#!/usr/bin/perl
# token-server.pl PORT-FILE KEY CERT: what a registry sends its clients to for a
# token: GET /token?service=...&scope=repository:NAME:ACTIONS by Basic
# authentication as tester:secret, or POST with refresh_token=identity. Whoever
# is nobody may pull. stranger:secret may do all but in closed/, there nothing. Tokens are JWTs, RS256, with the certificate in x5c.
# Source: Docker registry, "Token Authentication Specification".
use strict;
use warnings;
use IO::Socket::INET;

my ($port_file, $key, $cert) = @ARGV;
my $listen = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1')
	or die "$!";
open(my $out, '>', "$port_file.new") or die "$!";
print $out $listen->sockport, "\n";
close($out);
rename("$port_file.new", $port_file) or die "$!";
my $der = `openssl x509 -in $cert -outform DER | openssl base64 -A`;

sub url64 { my $t = shift; $t =~ tr{+/}{-_}; $t =~ s/=+\s*$//; $t =~ s/\n//g; $t }

sub base64 {
	my $bytes = shift;
	my $over = (3 - length($bytes) % 3) % 3;
	my $t = pack('u', $bytes);
	$t =~ s/^.//mg;
	$t =~ s/\n//g;
	$t =~ tr{` -_}{AA-Za-z0-9+/};
	substr($t, length($t) - $over) = '';
	$t;
}

sub unescape { my $t = shift; $t =~ tr/+/ /; $t =~ s/%(..)/chr hex $1/ge; $t }

sub token {
	my ($service, $may_push, $stranger, @scopes) = @_;
	my @access;
	for (@scopes) {
		my ($type, $name, $actions) = split /:/;
		my @granted = grep { $may_push || $_ eq 'pull' } split /,/, $actions;
		@granted = () if $stranger && $name =~ m{^closed/};
		push @access, sprintf('{"type":"%s","name":"%s","actions":[%s]}',
			$type, $name, join(',', map { "\"$_\"" } @granted));
	}
	my $now = time;
	my $text = url64(base64("{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\"$der\"]}"))
		. '.' . url64(base64(sprintf(
		'{"iss":"tester","sub":"tester","aud":"%s","exp":%d,"nbf":%d,"iat":%d,"jti":"%d","access":[%s]}',
		$service, $now + 300, $now - 10, $now, rand(1e9), join(',', @access))));
	my $signature = `printf %s '$text' | openssl dgst -sha256 -sign $key | openssl base64 -A`;
	return $text . '.' . url64($signature);
}

while (my $client = $listen->accept) {
	my ($request, %header) = (scalar <$client> // '');
	while (defined(my $line = <$client>)) {
		last if $line =~ /^\r?$/;
		$header{lc $1} = $2 if $line =~ /^([^:]+):\s*(.*?)\r?\n/;
	}
	my ($query) = $request =~ /\?(\S*)/;
	read($client, $query, $header{'content-length'}) if $request =~ /^POST/;
	my (%field, @scopes);
	for (split /&/, $query // '') {
		my ($name, $value) = map { unescape($_) } split /=/, $_, 2;
		# In a form one list, in a URL each by itself.
		push @scopes, $request =~ /^POST/ ? split(/ /, $value) : $value
			if $name eq 'scope' && !($request =~ /^POST/ && @scopes);
		$field{$name} = $value;
	}
	my $auth = $header{authorization} // '';
	my $stranger = $auth eq 'Basic c3RyYW5nZXI6c2VjcmV0'; # stranger:secret
	my $known = $stranger || $auth eq 'Basic dGVzdGVyOnNlY3JldA==' # tester:secret
		|| ($field{refresh_token} // '') eq 'identity';
	if (!$known && ($auth || $field{refresh_token})) {
		my $body = '{"errors":[{"code":"UNAUTHORIZED","message":"no such tester"}]}';
		print $client "HTTP/1.1 401 Unauthorized\r\nContent-Length: ",
			length $body, "\r\nConnection: close\r\n\r\n$body";
	} else {
		my $name = $request =~ /^POST/ ? 'access_token' : 'token';
		my $body = "{\"$name\":\"" . token($field{service}, $known, $stranger, @scopes) . '"}';
		print $client "HTTP/1.1 200 OK\r\nContent-Length: ", length $body,
			"\r\nConnection: close\r\n\r\n$body";
	}
	close($client);
}
