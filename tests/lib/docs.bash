# shellcheck shell=bash
# docs.bash: what docs.bats reads out of manuals, README, --help and headers,
# and the sandbox in which it runs the examples.

# shellcheck disable=SC2034 # read by docs.bats
SECTIONS='NAME
SYNOPSIS
DESCRIPTION
OPTIONS
ENVIRONMENT
FILES
EXIT STATUS
EXAMPLES
SECURITY
SEE ALSO'
TOOLS=()
for source in "$TREE"/bin/*.c "$TREE"/bin/dbpipes-*; do
	TOOLS+=("$(basename "$source" .c)")
done

fail() {
	echo "$*" >&2
	return 1
}

# page NAME: a path stands for itself.
page() {
	case $1 in
	/*) echo "$1" ;;
	README.md) echo "$TREE/$1" ;;
	*) echo "$TREE/share/man/$1" ;;
	esac
}

lint_page() {
	mandoc -Tlint "$1" 2>/dev/null |
		grep -v 'STYLE: referenced manual not found' || :
}

sections() { sed -n 's/^\.Sh //p' "$1"; }

# own_references: "PAGE NAME SECTION" of each Xr to a page of ours.
own_references() {
	local page
	for page in "$TREE"/share/man/*.[1-9]; do
		grep -oE 'Xr db[a-z-]+ [1-9]' "$page" |
			sort -u | sed "s|^Xr|${page##*/}|"
	done
}

# help_options TOOL: the long options of --help, sorted.
help_options() {
	"$1" --help | sed -nE 's/^ {2,6}(-[^-], )?--([a-z0-9-]+).*/\2/p' | sort -u
}

# manual_options TOOL: those that the item lines of OPTIONS name.
manual_options() {
	sed -n '/^\.Sh OPTIONS/,/^\.Sh /{/^\.It /p}' "$(page "$1.1")" |
		grep -oE 'Fl -[a-z0-9-]+' | sed 's/^Fl -//' | sort -u
}

# header_statuses: "NUMBER NAME" of each exit status, as records name it.
header_statuses() {
	local code number
	while read -r code number; do
		echo "$number $(sed -n "/case $code:/{n;s/.*\"\(.*\)\".*/\1/p}" \
			"$TREE/lib/base/err.c")"
	done < <(sed -nE 's/^\t(ERR_[A-Z]+) = ([0-9]{1,2}),.*/\1 \2/p' \
		"$TREE/lib/base/err.h")
}

# manual_statuses PAGE: the items of EXIT STATUS; one item may name several.
manual_statuses() {
	sed -n '/^\.Sh EXIT STATUS/,/^\.Sh /{s/^\.It //p}' "$(page "$1")" |
		sed 's/ , /\n/g'
}

readme_statuses() {
	sed -nE 's/^\| ([0-9]+) \|.*/\1/p' "$TREE/README.md"
}

# docs_begin: something for the source to hold.
docs_begin() {
	sql source <<-'SQL'
		CREATE DATABASE shop;
		USE shop;
		CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(40)) ENGINE=InnoDB;
		INSERT INTO items VALUES (1, 'first'), (2, 'it''s'), (3, NULL);
		CREATE TABLE orders (id INT PRIMARY KEY, note VARCHAR(40)) ENGINE=InnoDB;
		INSERT INTO orders SELECT seq, CONCAT('note ', seq) FROM seq_1_to_50;
		CREATE TABLE logins (id INT PRIMARY KEY) ENGINE=InnoDB;
		INSERT INTO logins VALUES (4711);
		CREATE VIEW recent AS SELECT * FROM orders WHERE id > 40;
		CREATE TRIGGER before_order BEFORE INSERT ON orders FOR EACH ROW
			SET NEW.note = COALESCE(NEW.note, 'none');
		CREATE PROCEDURE clean() SQL SECURITY INVOKER DELETE FROM logins;
	SQL
}

# docs_sandbox NAME: a folder with a HOME of its own; go there.
docs_sandbox() {
	export HOME=$BATS_TEST_TMPDIR/$1
	mkdir -p "$HOME"
	cd "$HOME" || return
	cp "$(server_cnf source)" .my.cnf
	cp "$(server_cnf source)" source.cnf
	cp "$(server_cnf target)" target.cnf
	cp "$(replica_cnf target source)" replica.cnf
	cp "$IMAGES/tiny.tar" mariadb.tar
	docs_commands
}

# docs_commands: an ssh for the examples, that goes nowhere but into this folder,
# and a docker that takes an image's archive and does nothing with it.
# shellcheck disable=SC2016 # for their own shell
docs_commands() {
	mkdir -p bin
	printf '#!/bin/sh\nshift\nexec sh -c "$*"\n' >bin/ssh
	printf '#!/bin/sh\nset -e\ntest "$1" = load\ntar -t >/dev/null\n' >bin/docker
	chmod +x bin/ssh bin/docker
	export PATH=$HOME/bin:$PATH
}

# target_empty: make the other server as good as new.
target_empty() {
	local database
	sql target "STOP ALL SLAVES; RESET SLAVE ALL; SET GLOBAL gtid_slave_pos=''"
	for database in $(server_databases target); do
		sql target "DROP DATABASE $database"
	done
}

# examples PAGE DIR [SECTION]: each example, or each literal block of another
# section, into a file of its own: DIR/01, DIR/02, ...
examples() {
	mkdir -p "$2"
	case $1 in
	*.md)
		awk -v dir="$2" '/^```/ && file { close(file); file = ""; next }
			/^```sh$/ { file = sprintf("%s/%02d", dir, ++n); next }
			file { print >file }' "$(page "$1")"
		;;
	*)
		awk -v dir="$2" -v section="${3:-EXAMPLES}" '
			/^\.Sh / { on = $2 == section }
			on && /^\.Bd -literal/ {
				file = sprintf("%s/%02d", dir, ++n); next }
			/^\.Ed/ { if (file) close(file); file = ""; next }
			file { gsub(/\\e/, "\\"); gsub(/\\&/, ""); gsub(/\\-/, "-")
				print >file }' "$(page "$1")"
		;;
	esac
}

# example PAGE WORD: the first example that holds this word.
example() {
	local dir=$BATS_TEST_TMPDIR/example
	examples "$1" "$dir"
	cat "$(grep -l -- "$2" "$dir"/* | head -n 1)"
}

run_examples() {
	local block dir=$BATS_TEST_TMPDIR/examples
	examples "$1" "$dir"
	docs_sandbox sandbox
	for block in "$dir"/*; do
		target_empty
		bash -euo pipefail "$block" >out 2>err </dev/null || {
			echo "status $? of:" && cat "$block" out err
			return 1
		}
	done
}

same_data() { [ "$(dump_of source shop)" = "$(dump_of target shop)" ]; }

# digest_of TABLE: as the manifest of shop.sql has it.
digest_of() {
	sed -n "s/^-- dbpipes-table .*\"$1\".*\"xxh3-128:\(.*\)\"}$/\1/p" shop.sql
}

# digest_sum TABLE: the sum modulo 2^128 of the hashes of its rows in shop.sql.
digest_sum() {
	local row hash i sum=(0 0 0 0) # 32 bits each, the highest first
	while IFS= read -r row; do
		hash=$(printf %s "${row%[,;]}" | xxhsum -q -H2)
		for i in 0 1 2 3; do
			((sum[i] += 16#${hash:8*i:8}, 1))
		done
	done < <(sed -n "/^INSERT INTO \`$1\`/,/;$/{/^(/p}" shop.sql)
	for i in 3 2 1; do
		((sum[i - 1] += sum[i] >> 32, 1))
	done
	for i in 0 1 2 3; do
		printf %08x $((sum[i] & 0xffffffff))
	done
}

# stands_in BLOCK DUMP: words in capitals that stand for something match
# anything on their line, numbers any number.
stands_in() {
	local pattern
	pattern=$(sed -E 's/[][\\(){}.*+?|^$]/\\&/g
		s/(SERVER-VERSION|MACHINE|DATABASE|HOST|HEX|BYTES|TIME|OS)/[^\n]*/g
		s/mysql-bin/[^\n]*/; s/[0-9]+/[0-9]+/g' "$1")
	grep -Pzq "(^|\\n)${pattern//$'\n'/\\n}\\n" "$2"
}
