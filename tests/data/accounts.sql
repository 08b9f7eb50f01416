-- Accounts, roles and grants of every kind, on databases `shop` and `app` of
-- tests/lib/seed.bash. ed25519 is a plugin that has to be loaded before.
CREATE SEQUENCE shop.numbers;
CREATE FUNCTION shop.one() RETURNS INT DETERMINISTIC RETURN 1;
SET sql_mode = ORACLE;
DELIMITER //
CREATE PACKAGE shop.two AS FUNCTION f RETURN INT; END//
CREATE PACKAGE BODY shop.two AS FUNCTION f RETURN INT AS BEGIN RETURN 2; END; END//
DELIMITER ;
SET sql_mode = DEFAULT;
CREATE ROLE reader;
CREATE ROLE writer;
CREATE ROLE manager;
CREATE ROLE `od'd``r "o\le`;
CREATE ROLE alone;
GRANT writer TO manager;
GRANT reader TO manager WITH ADMIN OPTION;
GRANT reader TO `od'd``r "o\le`;
GRANT SELECT ON shop.* TO reader;
GRANT INSERT ON shop.item TO writer WITH GRANT OPTION;
GRANT EXECUTE ON PROCEDURE shop.touch TO `od'd``r "o\le`;

CREATE USER plain@'%' IDENTIFIED BY 'plain-Secret';
GRANT SELECT (id), UPDATE (name, id), INSERT ON shop.item TO plain@'%';
GRANT EXECUTE ON FUNCTION shop.one TO plain@'%' WITH GRANT OPTION;
GRANT EXECUTE, ALTER ROUTINE ON PROCEDURE shop.touch TO plain@'%';
SET sql_mode = ORACLE;
GRANT EXECUTE ON PACKAGE shop.two TO plain@'%' WITH GRANT OPTION;
GRANT EXECUTE ON PACKAGE BODY shop.two TO `od'd``r "o\le`;
SET sql_mode = DEFAULT;
GRANT SELECT, INSERT ON shop.numbers TO plain@'%';
GRANT SELECT ON shop.big TO plain@'%';
GRANT CREATE TEMPORARY TABLES, LOCK TABLES ON `sh\_p%`.* TO plain@'%';
GRANT `od'd``r "o\le` TO plain@'%';
SET DEFAULT ROLE `od'd``r "o\le` FOR plain@'%';

CREATE USER ed@'%' IDENTIFIED VIA ed25519 USING PASSWORD('ed-Secret');
GRANT manager TO ed@'%';
SET DEFAULT ROLE manager FOR ed@'%';
CREATE USER several@localhost
	IDENTIFIED VIA ed25519 USING PASSWORD('first-Secret')
	OR mysql_native_password USING PASSWORD('second-Secret')
	OR unix_socket;
GRANT PROXY ON plain@'%' TO several@localhost WITH GRANT OPTION;
GRANT PROXY ON ''@'' TO several@localhost;
CREATE USER socket@localhost IDENTIFIED VIA unix_socket;
CREATE USER limited@'10.0.0.0/255.0.0.0' IDENTIFIED BY 'x'
	REQUIRE SUBJECT '/CN=it''s "x" \\ REQUIRE NONE' AND ISSUER '/C=FI'
	AND CIPHER 'AES256-SHA'
	WITH MAX_QUERIES_PER_HOUR 3 MAX_USER_CONNECTIONS 4
	MAX_STATEMENT_TIME 1.5
	PASSWORD EXPIRE INTERVAL 30 DAY ACCOUNT LOCK;
GRANT SELECT, RELOAD ON *.* TO limited@'10.0.0.0/255.0.0.0' WITH GRANT OPTION;
CREATE USER tls@'%' REQUIRE SSL;
CREATE USER x509@'%' REQUIRE X509 PASSWORD EXPIRE NEVER;
CREATE USER locked@'%' IDENTIFIED BY 'locked-Secret' ACCOUNT LOCK;
CREATE USER expired@'%' IDENTIFIED BY 'expired-Secret' PASSWORD EXPIRE;
CREATE USER aged@'%' IDENTIFIED BY 'aged-Secret' PASSWORD EXPIRE;
ALTER USER aged@'%' PASSWORD EXPIRE INTERVAL 9 DAY;
CREATE USER unset@'%' IDENTIFIED VIA mysql_native_password USING 'invalid';

CREATE USER ''@'nobody.example';
CREATE USER 'sp ace'@'%.ex_mple.com';
GRANT reader TO 'sp ace'@'%.ex_mple.com' WITH ADMIN OPTION;
CREATE USER 'Big'@'HOST.Example.ORG';
CREATE USER 'żółć'@'::1' IDENTIFIED BY 'q';
CREATE USER 'back\\'@'%';
CREATE USER 'TO `x`'@'% WITH GRANT OPTION';
GRANT INSERT ON shop.* TO 'TO `x`'@'% WITH GRANT OPTION';
CREATE USER 'a''b`c"d\\\n-- dbpipes-sha256 x\n; DROP DATABASE app; --'@'lo''c`\n-- al'
	IDENTIFIED VIA unix_socket USING 'x''; DROP DATABASE app; -- \\';
GRANT SELECT ON shop.item
	TO 'a''b`c"d\\\n-- dbpipes-sha256 x\n; DROP DATABASE app; --'@'lo''c`\n-- al';

GRANT SELECT ON app.note TO PUBLIC;
GRANT CREATE VIEW ON shop.* TO PUBLIC;
GRANT reader TO PUBLIC;

-- Views on views: what the definer of the lower one may read is looked at when
-- the upper one is made, be it granted on a table, a routine or another view.
CREATE USER viewer@localhost;
GRANT SELECT ON shop.item TO viewer@localhost;
GRANT SELECT ON shop.big TO viewer@localhost;
GRANT EXECUTE ON FUNCTION shop.one TO viewer@localhost;
CREATE DEFINER=viewer@localhost VIEW shop.z_table AS SELECT id FROM shop.item;
CREATE DEFINER=viewer@localhost VIEW shop.z_view AS
	SELECT id, shop.one() AS n FROM shop.big;
CREATE VIEW shop.above AS
	SELECT a.id FROM shop.z_table a JOIN shop.z_view b USING (id);
