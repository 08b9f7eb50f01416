# shellcheck shell=bash
# catalog.bash: catalogues for tests of dbpipes-list and dbpipes-report.

# shellcheck disable=SC2034 # for tests
NOW=1795500000 # 2026-11-24 06:00 UTC

# records JQ [DAYS]: records that a jq program makes; ago(SECONDS) is a time, backup
# and verified(FILE) are records to change.
records() {
	jq -nc --argjson now "$NOW" --argjson days "${2:-0}" '
		def ago($s): $now - $s | todate;
		def backup: {tool: "dbpipes-backup", event: "backup", time: ago(3600),
			source: "db1", kind: "dump", ok: true, file: "a.sql.zst",
			server: "10.11.19-MariaDB", position: {log_file: "mysql-bin.000007",
				log_pos: 4711, gtid: "0-1-23"}, tables: 12, rows: 3456,
			bytes: 9000000, written: 1234567, sha256: "00", lock_ms: 12,
			seconds: 61.5, code: 0, msg: null};
		def failed: backup + {ok: false, file: null, position: null,
			tables: null, rows: null, bytes: null, written: null,
			sha256: null, lock_ms: null, seconds: 5, code: 75,
			msg: "the lock was not granted in 10 s"};
		def verified($file): {tool: "dbverify", event: "verified",
			time: ago(3000), input: $file, ok: true, mode: "restore",
			format: "dbdump", proof: "digest", tables: 12, rows: 3456,
			bytes: 9000000, position: null, server: "10.11.19-MariaDB",
			faults: 0, reason: null};
		def pruned($file): {tool: "dbpipes-prune", event: "pruned",
			time: ago(60), file: $file, reason: "newer ones exist"};
		'"$1"
}

# history DAYS: a catalogue as they are after so many nights: six sources, of
# which one is fine, one grows and fails now and then, one is overdue, one is not
# verified, one was refused and one comes once a week.
# shellcheck disable=SC2016 # jq's
history() {
	records '
		def noise($i; $k): ($i * 12.9898 + $k * 78.233 | sin) * 43758.5453 | . - floor;
		def night($d; $name; $hour; $size): backup | .source = $name
			| .time = ago(86400 * $d + 21600 - 3600 * $hour)
			| .file = "\($name)-\(.time | .[:10]).sql.zst"
			| .written = ($size * (1 - $d / 900 + noise($d; $hour) / 40) | floor)
			| .bytes = .written * 6 | .rows = (.written / 60 | floor)
			| .seconds = (.written / 48000000 * (1 + noise($d; 5) / 4) * 1000 | floor / 1000)
			| .lock_ms = (noise($d; 9) * 40 | floor)
			| .position = {log_file: "mysql-bin.\(100000 + $days - $d | tostring[1:])",
				log_pos: (noise($d; 3) * 1e9 | floor), gtid: "0-1-\(90000000 - $d * 4711)"};
		def proof($mode): . as $b | verified(.file) | .mode = $mode | .rows = $b.rows
			| .bytes = $b.bytes
			| .time = ($b.time | fromdate + $b.seconds + 600 | floor | todate);
		range($days - 1; -1; -1) as $d
		| (night($d; "db1.example.org"; 3; 12e9) | ., proof("restore")),
		(night($d; "orders"; 4; 3e9 * (1 + (90 - $d) / 100)) | if $d % 17 == 5 or $d == 0
			then failed + {time, source, msg: "cannot connect to orders.example.org: Connection refused", code: 69}
			else ., proof("quick") end),
		(night($d; "shop-replica"; 2; 40e9) | if $d < 3 then empty else
			.kind = "snapshot" | .rows = null | .lock_ms += 180
			| .file |= sub("sql.zst$"; "tar.zst") | ., proof("restore") end),
		night($d; "wiki"; 5; 9e7),
		(night($d; "データ倉庫"; 1; 7e10) | ., (proof("restore")
			| if $d == 0 then .ok = false | .faults = 1
			| .reason = "`sales`.`order_item`: the dump has 18204110 rows, its manifest states 18204111"
			else . end)),
		(select($d % 7 == 2) | night($d; "archive"; 3; 2.5e11) | ., proof("restore")),
		(select($d >= 14) | night($d; "db1.example.org"; 3; 1) | pruned(.file)),
		(select($d == 1) | {tool: "dbverify", event: "notice-failed", time: ago(90000),
			url: "https://hooks.example.org/…"})' "$1"
}
