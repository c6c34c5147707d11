/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IMPORT_YAML_TEXT_H
#define OPSC_IMPORT_YAML_TEXT_H

#include "base/buf.h"
#include "model/value.h"
#include "resource/resource.h"

/*
 * yaml_text: values as text of ops.yaml, which reads them back as they were: quotes, control
 * characters and ${ stay data.
 */
void yaml_put_text(struct buf *b, str s);
/* A condition, which needs no quotes as a rule. */
void yaml_put_condition(struct buf *b, str s);
/* An attribute by its row, on one line or, of blocks, below `indent` spaces. Before it stands ":".
 */
void yaml_put_attribute(struct buf *b, const struct resource_attr *row, const struct value *v,
                        unsigned indent);
/* Whether ops.yaml can hold it: it has no NUL. */
bool yaml_can_hold(const struct value *v);

#endif
