-- SPDX-License-Identifier: MIT
-- A table with a column of every type of MySQL and MariaDB that both have, for fetch-mysql.bats: usual values, nulls, limits.
SET NAMES utf8mb4;
CREATE TABLE every_type (id int PRIMARY KEY,
 t1 tinyint(1), i1 tinyint, u1 tinyint unsigned, i2 smallint, u2 smallint unsigned, i3 mediumint, u3 mediumint unsigned, i4 int, u4 int unsigned, z4 int(10) unsigned zerofill, i8 bigint, u8 bigint unsigned,
 b1 bit(1), b8 bit(8), b64 bit(64), d decimal(65,30), d2 decimal(12,2), dz decimal(8,2) unsigned zerofill, f float, f2 float(7,2), g double,
 da date, tm time, tm6 time(6), dt datetime, dt6 datetime(6), ts timestamp NULL, ts6 timestamp(6) NULL, y year,
 c char(5), vc varchar(20), vl varchar(20) CHARACTER SET latin1, vj varchar(20) CHARACTER SET cp932, vu varchar(20) CHARACTER SET ucs2, vb varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
 tt tinytext, tx text, tm2 mediumtext, tl longtext, bi binary(4), bv varbinary(20), tb tinyblob, bl blob, mb mediumblob, lb longblob,
 e enum('red','bl ö','it''s'), s set('a','b','c'), j json, ge geometry, po point, pl polygon) DEFAULT CHARSET utf8mb4;
INSERT INTO every_type VALUES (1,
 1, -128, 255, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295, 7, -9223372036854775808, 18446744073709551615,
 b'1', b'10101010', 18446744073709551615, 12345678901234567890123456789012345.123456789012345678901234567890, -12.50, 12.5, 1.5, 12.25, 0.1,
 '2026-11-27', '-838:59:59', '838:59:58.999999', '2026-11-27 01:02:03', '9999-12-31 23:59:59.999999', '2026-11-27 01:02:03', '2026-11-27 01:02:03.000001', 2026,
 'ab', 'a "q" \\ {x} 日本', 'äöü', 'テスト', 'ключ', 'A ',
 'tiny', 'text	tab
line', 'medium', 'long', x'00ff1000', x'00ff', x'', 'blob', x'ff', x'0102',
 'it''s', 'a,c', '{"a": [1, 2.5, "x"]}', ST_GeomFromText('POINT(1 2.5)', 4326), ST_GeomFromText('POINT(1 2)'), ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))'));
INSERT INTO every_type (id) VALUES (2);
INSERT INTO every_type (id, t1, i8, u8, b64, d2, g, da, tm, dt, y, c, vc, tx, bl, s, j) VALUES (3, -1, 0, 0, 0, 0, -1.7976931348623157e308, '1000-01-01', '00:00:00', '1000-01-01 00:00:00', 1901, '', '', '', '', '', '[]');
