/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/db/mysql/errors.h"

/* All other numbers are CAUSE_REFUSED. The comments give the names in the manuals of the servers. */
static const struct {
	unsigned low, high;
	enum db_cause cause;
} table[] = {
    {1, 199,
	CAUSE_RESOURCES}, /* numbers of the storage engines, e.g. 28 no space, 126 a full tmpdir */
    {1004, 1006, CAUSE_RESOURCES},   /* CANT_CREATE_FILE … CANT_CREATE_DB */
    {1016, 1017, CAUSE_RESOURCES},   /* CANT_OPEN_FILE, FILE_NOT_FOUND */
    {1020, 1020, CAUSE_DEADLOCK},    /* CHECKREAD: another transaction was faster */
    {1021, 1021, CAUSE_RESOURCES},   /* DISK_FULL */
    {1023, 1024, CAUSE_RESOURCES},   /* ERROR_ON_CLOSE, ERROR_ON_READ */
    {1026, 1026, CAUSE_RESOURCES},   /* ERROR_ON_WRITE */
    {1030, 1030, CAUSE_RESOURCES},   /* GET_ERRNO: an error of the storage engine */
    {1034, 1035, CAUSE_RESOURCES},   /* NOT_KEYFILE, OLD_KEYFILE */
    {1036, 1036, CAUSE_READ_ONLY},   /* OPEN_AS_READONLY */
    {1037, 1038, CAUSE_RESOURCES},   /* OUTOFMEMORY, OUT_OF_SORTMEMORY */
    {1040, 1040, CAUSE_SERVER},      /* CON_COUNT_ERROR */
    {1041, 1041, CAUSE_RESOURCES},   /* OUT_OF_RESOURCES */
    {1042, 1043, CAUSE_NETWORK},     /* BAD_HOST_ERROR, HANDSHAKE_ERROR */
    {1044, 1044, CAUSE_PERMISSION},  /* DBACCESS_DENIED */
    {1045, 1045, CAUSE_CREDENTIALS}, /* ACCESS_DENIED */
    {1047, 1047, CAUSE_SERVER},      /* UNKNOWN_COM_ERROR: a node of Galera that is not ready */
    {1048, 1048, CAUSE_DATA},        /* BAD_NULL */
    {1049, 1049, CAUSE_MISSING},     /* BAD_DB */
    {1050, 1050, CAUSE_CHANGED},     /* TABLE_EXISTS */
    {1053, 1053, CAUSE_SERVER},      /* SERVER_SHUTDOWN */
    {1054, 1054, CAUSE_MISSING},     /* BAD_FIELD */
    {1062, 1062, CAUSE_DATA},        /* DUP_ENTRY */
    {1064, 1064, CAUSE_STATEMENT},   /* PARSE_ERROR */
    {1077, 1080, CAUSE_SERVER},      /* NORMAL_SHUTDOWN … FORCING_CLOSE */
    {1114, 1114, CAUSE_RESOURCES},   /* RECORD_FILE_FULL */
    {1115, 1115, CAUSE_CONFIG},      /* UNKNOWN_CHARACTER_SET */
    {1118, 1118, CAUSE_DATA},        /* TOO_BIG_ROWSIZE */
    {1129, 1130, CAUSE_CREDENTIALS}, /* HOST_IS_BLOCKED, HOST_NOT_PRIVILEGED */
    {1135, 1135, CAUSE_RESOURCES},   /* CANT_CREATE_THREAD */
    {1142, 1143, CAUSE_PERMISSION},  /* TABLEACCESS_DENIED, COLUMNACCESS_DENIED */
    {1146, 1146, CAUSE_MISSING},     /* NO_SUCH_TABLE */
    {1148, 1148, CAUSE_CONFIG},      /* NOT_ALLOWED_COMMAND */
    {1152, 1152, CAUSE_NETWORK},     /* ABORTING_CONNECTION */
    {1153, 1153, CAUSE_CONFIG},      /* NET_PACKET_TOO_LARGE */
    {1154, 1161, CAUSE_NETWORK},     /* NET_READ_ERROR_FROM_PIPE … NET_WRITE_INTERRUPTED */
    {1169, 1169, CAUSE_DATA},        /* DUP_UNIQUE */
    {1172, 1172, CAUSE_DATA},        /* TOO_MANY_ROWS, in a trigger */
    {1180, 1181, CAUSE_RESOURCES},   /* ERROR_DURING_COMMIT, ERROR_DURING_ROLLBACK */
    {1184, 1184, CAUSE_NETWORK},     /* NEW_ABORTING_CONNECTION */
    {1194, 1195, CAUSE_RESOURCES},   /* CRASHED_ON_USAGE, CRASHED_ON_REPAIR */
    {1197, 1197, CAUSE_CONFIG},      /* TRANS_CACHE_FULL */
    {1203, 1203, CAUSE_SERVER},      /* TOO_MANY_USER_CONNECTIONS */
    {1205, 1205, CAUSE_LOCK},        /* LOCK_WAIT_TIMEOUT */
    {1206, 1206, CAUSE_RESOURCES},   /* LOCK_TABLE_FULL */
    {1207, 1207, CAUSE_READ_ONLY},   /* READ_ONLY_TRANSACTION */
    {1213, 1213, CAUSE_DEADLOCK},    /* LOCK_DEADLOCK */
    {1216, 1217, CAUSE_DATA},        /* NO_REFERENCED_ROW, ROW_IS_REFERENCED */
    {1223, 1223, CAUSE_LOCK},        /* CANT_UPDATE_WITH_READLOCK */
    {1226, 1226, CAUSE_SERVER},      /* USER_LIMIT_REACHED */
    {1227, 1227, CAUSE_PERMISSION},  /* SPECIFIC_ACCESS_DENIED */
    {1242, 1242, CAUSE_DATA},        /* SUBQUERY_NO_1_ROW, in a trigger */
    {1251, 1251, CAUSE_CONFIG},      /* NOT_SUPPORTED_AUTH_MODE */
    {1263, 1265, CAUSE_DATA},        /* WARN_NULL_TO_NOTNULL … WARN_DATA_TRUNCATED */
    {1290, 1290, CAUSE_READ_ONLY},   /* OPTION_PREVENTS_STATEMENT */
    {1292, 1292, CAUSE_DATA},        /* TRUNCATED_WRONG_VALUE */
    {1297, 1297, CAUSE_RESOURCES},   /* GET_TEMPORARY_ERRMSG */
    {1317, 1317, CAUSE_INTERRUPTED}, /* QUERY_INTERRUPTED */
    {1364, 1365, CAUSE_DATA},        /* NO_DEFAULT_FOR_FIELD, DIVISION_BY_ZERO */
    {1366, 1367, CAUSE_DATA},        /* TRUNCATED_WRONG_VALUE_FOR_FIELD, ILLEGAL_VALUE_FOR_TYPE */
    {1369, 1369, CAUSE_DATA},        /* VIEW_CHECK_FAILED */
    {1370, 1370, CAUSE_PERMISSION},  /* PROCACCESS_DENIED */
    {1406, 1406, CAUSE_DATA},        /* DATA_TOO_LONG */
    {1411, 1411, CAUSE_DATA},        /* WRONG_VALUE_FOR_TYPE */
    {1412, 1412, CAUSE_CHANGED},     /* TABLE_DEF_CHANGED */
    {1451, 1452, CAUSE_DATA},        /* ROW_IS_REFERENCED_2, NO_REFERENCED_ROW_2 */
    {1526, 1526, CAUSE_DATA},        /* NO_PARTITION_FOR_GIVEN_VALUE */
    {1557, 1557, CAUSE_DATA},        /* FOREIGN_DUPLICATE_KEY */
    {1586, 1586, CAUSE_DATA},        /* DUP_ENTRY_WITH_KEY_NAME */
    {1615, 1615, CAUSE_CHANGED},     /* NEED_REPREPARE */
    {1637, 1637, CAUSE_RESOURCES},   /* TOO_MANY_CONCURRENT_TRXS */
    {1644, 1644, CAUSE_DATA},        /* SIGNAL_EXCEPTION: a trigger of the table's owner */
    {1690, 1690, CAUSE_DATA},        /* DATA_OUT_OF_RANGE */
    {1698, 1698, CAUSE_CREDENTIALS}, /* ACCESS_DENIED_NO_PASSWORD */
    {1761, 1762, CAUSE_DATA}, /* FOREIGN_DUPLICATE_KEY_WITH_CHILD_INFO, …_WITHOUT_CHILD_INFO */
    {1792, 1792, CAUSE_READ_ONLY},   /* CANT_EXECUTE_IN_READ_ONLY_TRANSACTION */
    {1820, 1820, CAUSE_CREDENTIALS}, /* MUST_CHANGE_PASSWORD */
    {1836, 1836, CAUSE_READ_ONLY},   /* READ_ONLY_MODE */
    {1862, 1862, CAUSE_CREDENTIALS}, /* MUST_CHANGE_PASSWORD_LOGIN */
    {1874, 1874, CAUSE_READ_ONLY},   /* INNODB_READ_ONLY */
    {1927, 1927, CAUSE_INTERRUPTED}, /* CONNECTION_KILLED (MariaDB) */
    {1969, 1969, CAUSE_TIME_LIMIT},  /* STATEMENT_TIMEOUT (MariaDB) */
    {2001, 2006, CAUSE_NETWORK},     /* CR_SOCKET_CREATE_ERROR … CR_SERVER_GONE_ERROR */
    {2008, 2008, CAUSE_RESOURCES},   /* CR_OUT_OF_MEMORY */
    {2012, 2013, CAUSE_NETWORK},     /* CR_SERVER_HANDSHAKE_ERR, CR_SERVER_LOST */
    {2014, 2014, CAUSE_STATEMENT},   /* CR_COMMANDS_OUT_OF_SYNC */
    {2019, 2019, CAUSE_CONFIG},      /* CR_CANT_READ_CHARSET */
    {2020, 2020, CAUSE_CONFIG},      /* CR_NET_PACKET_TOO_LARGE */
    {2026, 2026, CAUSE_CONFIG},      /* CR_SSL_CONNECTION_ERROR */
    {2027, 2027, CAUSE_NETWORK},     /* CR_MALFORMED_PACKET */
    {2055, 2055, CAUSE_NETWORK},     /* CR_SERVER_LOST_EXTENDED */
    {2059, 2061, CAUSE_CONFIG},      /* CR_AUTH_PLUGIN_CANNOT_LOAD … CR_AUTH_PLUGIN_ERR */
    {2068, 2068, CAUSE_CONFIG},      /* CR_LOAD_DATA_LOCAL_INFILE_REJECTED */
    {3024, 3024, CAUSE_TIME_LIMIT},  /* QUERY_TIMEOUT */
    {3058, 3058, CAUSE_DEADLOCK},    /* USER_LOCK_DEADLOCK */
    {3101, 3101, CAUSE_DEADLOCK},    /* TRANSACTION_ROLLBACK_DURING_COMMIT */
    {3118, 3118, CAUSE_CREDENTIALS}, /* ACCOUNT_HAS_BEEN_LOCKED */
    {3140, 3141, CAUSE_DATA},        /* INVALID_JSON_TEXT */
    {3572, 3572, CAUSE_LOCK},        /* LOCK_NOWAIT */
    {3819, 3819, CAUSE_DATA},        /* CHECK_CONSTRAINT_VIOLATED (MySQL) */
    {3948, 3948, CAUSE_CONFIG},      /* CLIENT_LOCAL_FILES_DISABLED */
    {4025, 4025, CAUSE_DATA},        /* CONSTRAINT_FAILED (MariaDB) */
    {4031, 4031, CAUSE_NETWORK},     /* CLIENT_INTERACTION_TIMEOUT */
    {4151, 4151, CAUSE_CREDENTIALS}, /* ACCOUNT_HAS_BEEN_LOCKED (MariaDB) */
    {4166, 4166, CAUSE_CONFIG},      /* LOAD_INFILE_CAPABILITY_DISABLED (MariaDB) */
};

enum db_cause
error_cause(unsigned number)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (number >= table[i].low && number <= table[i].high)
			return table[i].cause;
	return CAUSE_REFUSED;
}

enum status
error_status(unsigned number)
{
	return db_cause_status(error_cause(number));
}

/* A connection that breaks during the handshake of TLS has the number of a wrong certificate. */
enum status
error_connect_status(unsigned number, const char *text)
{
	static const char *const broken[] = {
	    "eof", "EOF", "reset by peer", "Broken pipe", "imed out", "SYSCALL", "Lost connection"};

	for (size_t i = 0; number == MYSQL_TLS && i < sizeof broken / sizeof broken[0]; i++)
		if (strstr(text, broken[i]))
			return db_cause_status(CAUSE_NETWORK);
	return error_status(number);
}

bool
error_no_local_infile(unsigned number)
{
	return number == 1148 || number == 2068 || number == 3948 || number == 4166;
}

bool
error_is_harmless(unsigned number)
{
	switch (number) {
	case 1287: /* WARN_DEPRECATED_SYNTAX */
	case 1592: /* BINLOG_UNSAFE_STATEMENT */
	case 1681: /* WARN_DEPRECATED_SYNTAX_NO_REPLACEMENT */
	case 3719: /* DEPRECATED_UTF8_ALIAS */
	case 3778: /* WARN_DEPRECATED_COLLATION */
		return true;
	default:
		return false;
	}
}
