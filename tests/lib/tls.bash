# shellcheck shell=bash
# tls.bash: certificates for servers of tests. After servers.bash.
#
#   certificates DIR          an authority, and a certificate of it for
#                             localhost: ca.pem, cert.pem, key.pem
#   tls_server NAME DIR [OPTION…]  a server that uses them

certificates() {
	mkdir "$1"
	(
		cd "$1" || return
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca \
			-keyout ca.key -out ca.pem
		openssl req -newkey rsa:2048 -nodes -subj /CN=localhost \
			-keyout key.pem -out request.pem
		openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -days 2 \
			-CAcreateserial -out cert.pem
	) >"$1.log" 2>&1
}

tls_server() {
	server_start "$1" --ssl-ca="$2/ca.pem" --ssl-cert="$2/cert.pem" \
		--ssl-key="$2/key.pem" "${@:3}"
}
