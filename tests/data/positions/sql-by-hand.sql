change master 'it''s' to
  master_host = "h\"1", master_port = 3310,
  ignore_server_ids = (1,2), master_log_file='x.1', /* here */ master_log_pos = 120,
  master_use_gtid = no
;
CREATE TABLE t (a INT);
