/* SPDX-License-Identifier: MIT */
#ifndef COMMON_WEB_XML_H
#define COMMON_WEB_XML_H

#include "common/text/bytes.h"

/*
 * The XML that AWS answers: elements and text. Attributes, comments, processing instructions
 * and a document type are skipped; entities other than the five of XML stay as they are. The
 * input may be anything; nothing is read beyond it, and nothing recurses.
 */

/*
 * The next element at this level from *at on: its name without a prefix, and everything
 * between its tags. False at the end, and where the text is cut or not XML.
 */
bool xml_next(struct slice xml, size_t *at, struct slice *name, struct slice *content);

/* The content of the first element of this name at this level. */
bool xml_child(struct slice xml, const char *name, struct slice *content);

/* Appends the text of an element's content: references decoded, CDATA as it is. Stops at a tag. */
void xml_put_text(struct buf *to, struct slice content);

/*
 * Appends the text of the first element of this name at any level, without attributes. False if
 * it is absent or has elements in it. The XML may be cut after it.
 */
bool xml_find_text(struct slice xml, const char *element, struct buf *to);

#endif
