/* SPDX-License-Identifier: MIT */
#include "common/db/pg/text_rule.h"

enum pg_text_rule
pg_text_rule_of(uint32_t oid, struct slice type)
{
	static const struct {
		uint32_t oid;
		enum pg_text_rule rule;
	} rules[] = {
	    {650, PG_TEXT_INET},       /* cidr */
	    {869, PG_TEXT_INET},       /* inet */
	    {774, PG_TEXT_MACADDR},    /* macaddr8 */
	    {829, PG_TEXT_MACADDR},    /* macaddr */
	    {1186, PG_TEXT_INTERVAL},  /* interval */
	    {3904, PG_TEXT_INTEGERS},  /* int4range */
	    {3926, PG_TEXT_INTEGERS},  /* int8range */
	    {4451, PG_TEXT_INTEGERS},  /* int4multirange */
	    {4536, PG_TEXT_INTEGERS},  /* int8multirange */
	    {3906, PG_TEXT_NUMERICS},  /* numrange */
	    {4532, PG_TEXT_NUMERICS},  /* nummultirange */
	    {3908, PG_TEXT_DATETIMES}, /* tsrange */
	    {4533, PG_TEXT_DATETIMES}, /* tsmultirange */
	    {3912, PG_TEXT_DATES},     /* daterange */
	    {4535, PG_TEXT_DATES},     /* datemultirange */
	    {3615, PG_TEXT_SYNTAX},    /* tsquery */
	    {4072, PG_TEXT_SYNTAX},    /* jsonpath */
	    {600, PG_TEXT_GEOMETRY},   /* point */
	    {601, PG_TEXT_GEOMETRY},   /* lseg */
	    {602, PG_TEXT_GEOMETRY},   /* path */
	    {603, PG_TEXT_GEOMETRY},   /* box */
	    {604, PG_TEXT_GEOMETRY},   /* polygon */
	    {628, PG_TEXT_GEOMETRY},   /* line */
	    {718, PG_TEXT_GEOMETRY},   /* circle */
	    {24, PG_TEXT_NAME},        /* regproc */
	    {2202, PG_TEXT_NAME},      /* regprocedure */
	    {2203, PG_TEXT_NAME},      /* regoper */
	    {2204, PG_TEXT_NAME},      /* regoperator */
	    {2205, PG_TEXT_NAME},      /* regclass */
	    {2206, PG_TEXT_NAME},      /* regtype */
	    {3734, PG_TEXT_NAME},      /* regconfig */
	    {3769, PG_TEXT_NAME},      /* regdictionary */
	    {4089, PG_TEXT_NAME},      /* regnamespace */
	    {4096, PG_TEXT_NAME},      /* regrole */
	    {4191, PG_TEXT_NAME},      /* regcollation */
	};

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (rules[i].oid == oid)
			return rules[i].rule;
	/* An extension's type has another oid in each database; its schema is named unless the search path has it. */
	size_t n = strlen("hstore");
	if (type.n >= n && memcmp(type.p + type.n - n, "hstore", n) == 0 &&
	    (type.n == n || type.p[type.n - n - 1] == '.'))
		return PG_TEXT_HSTORE;
	return PG_TEXT_EXACT;
}
