-- SPDX-License-Identifier: MIT
-- A table with a column of every type of PostgreSQL, for fetch-pg.bats: usual values, nulls, limits.
CREATE EXTENSION IF NOT EXISTS hstore;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy ö');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN posint AS int CHECK (VALUE > 0);
CREATE DOMAIN short AS varchar(5);
CREATE TABLE every (id int PRIMARY KEY,
 b bool, i2 smallint, i4 integer, i8 bigint, o oid, f4 real, f8 double precision, n numeric, n2 numeric(12,2), nneg numeric(5,-2),
 t text, vc varchar(10), c char(5), nm name, qc "char", by bytea, j json, jb jsonb, x xml, u uuid,
 d date, tm time, tmz timetz, ts timestamp, tsz timestamptz, iv interval, iv0 interval(0),
 ine inet, cid cidr, mac macaddr, mac8 macaddr8, bt bit(3), vb varbit, mo money,
 r4 int4range, rn numrange, rd daterange, rts tsrange, rtz tstzrange, mr int4multirange,
 ai int[], at text[], aa int[][], am timestamptz[], an numeric(6,2)[], ap pair[], m mood, p pair, dp posint, ds short, hs hstore,
 pt point, ls lseg, bx box, pa path, pl polygon, ci circle, li line, tv tsvector, tq tsquery, jp jsonpath, rc regclass, xi xid, pls pg_lsn);
INSERT INTO every VALUES (1,
 true, -32768, 2147483647, -9223372036854775808, 4294967295, 1.5, 0.1, 123456789012345678901234567890.123450, 12.50, 1200,
 'a "quoted" \ , {x} 日本 ', 'vc', 'ab', 'nm', 'q', '\x00ff10', '{"a": [1, 2.5, "x"]}', '{"k": {"z": null}, "n": 12345678901234567890123}', '<a>1</a>', '12345678-9abc-def0-1234-56789abcdef0',
 '2026-11-27', '23:59:59.000001', '10:00:00+09', '2026-11-27 01:02:03.5', '2026-11-27 01:02:03.000001+00', '1 year 2 mons 3 days 04:05:06.7', '5 seconds',
 '10.0.0.1', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', B'101', B'10101', '1234.50',
 '[1,10)', '[1.5,2.50]', '[2026-01-01,2026-02-01)', '["2026-01-01 00:00:00","2026-01-02 00:00:00")', '["2026-01-01 00:00:00+00","2026-01-02 00:00:00+00")', '{[1,3),[5,8)}',
 '{1,NULL,3}', '{"a b","c\"d",NULL,"NULL",""}', '{{1,2},{3,4}}', '{"2026-01-01 00:00:00+00"}', '{1.50,2.00}', '{"(1,\"x y\")"}', 'happy ö', '(7,"b,c")', 5, 'short', '"a"=>"1", "b"=>NULL',
 '(1,2.5)', '[(0,0),(1,1)]', '(1,1),(0,0)', '[(0,0),(1,1)]', '((0,0),(1,1),(1,0))', '<(0,0),2>', '{1,2,3}', '''a'' ''b'':1', '''a'' & ''b''', '$."a"[*]', 'pg_class', '123', '16/B374D848');
INSERT INTO every (id) VALUES (2);
INSERT INTO every (id, b, f4, f8, n, t, by, d, tm, ts, tsz, iv, ai, at, mr, j, jb, ine) VALUES (3, false, '-Infinity', 'NaN', 0, '', '', '0001-01-01', '24:00:00', '4713-01-01 00:00:00 BC', '294000-01-01 00:00:00+00', '-178000000 years', '{}', '{}', '{}', '[]', '{}', 'fe80::1/64');
