/* SPDX-License-Identifier: MIT */
#include "common/program/message.h"
#include "common/stream/stream_impl.h"

static struct stream_in *doubted;

enum answer { AGREES, DIFFERS, UNKNOWN };

/* in->at is at the ext item t. */
static enum answer
compare(struct stream_in *in, const struct mp_token *t)
{
	struct seal seal;
	if (t->ext == EXT_ABORT || t->ext == EXT_HEADER)
		return t->ext == EXT_ABORT ? UNKNOWN : DIFFERS;
	if (control_read_end((struct slice){t->p, t->n}, &seal))
		return DIFFERS;
	stream_hash_consumed(in);
	return hash_value(in->hash) == seal.xxh3 ? AGREES : DIFFERS;
}

/*
 * Reads on to the end mark of this stream. Bytes that are not a stream any more
 * count as changed.
 */
static enum answer
read_on(struct stream_in *in)
{
	in->scan = (struct mp_scan){0};
	/* It must not look into records that nothing has checked. */
	in->digest = in->digest_all = NULL;
	for (;;) {
		size_t n;
		enum mp_status status = mp_scan(&in->scan, in->p + in->at, in->p + in->n, &n);
		if (status == MP_BAD)
			return DIFFERS;
		if (status == MP_MORE) {
			if (in->n - in->at >= STREAM_RECORD_MAX)
				return UNKNOWN;
			if (!stream_in_fill(in))
				return DIFFERS;
			continue;
		}
		struct mp_token t;
		mp_read(in->p + in->at, in->p + in->n, &t);
		if (t.type == MP_EXT &&
		    (t.ext == EXT_END || t.ext == EXT_ABORT || t.ext == EXT_HEADER))
			return compare(in, &t);
		in->at += n;
	}
}

static enum status
doubt(enum status status, struct buf *text)
{
	struct stream_in *in = doubted;
	if (status != STATUS_DATA || in->place != IN_STREAM || !in->file)
		return status;
	if (read_on(in) != DIFFERS)
		return status;
	buf_put_text(
	    text, "; but the stream was changed or cut on its way: its end mark does not agree");
	return STATUS_INCOMPLETE;
}

void
stream_doubt_data(struct stream_in *in)
{
	doubted = in;
	message_reconsider(doubt);
}
