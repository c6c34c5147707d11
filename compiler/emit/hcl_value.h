/* SPDX-License-Identifier: MIT */
#ifndef OPSC_EMIT_HCL_VALUE_H
#define OPSC_EMIT_HCL_VALUE_H

#include "emit/hcl.h"
#include "model/graph.h"

/* hcl_value: values of the graph in Terraform's language. */

/* Whether the value is written over several lines. */
bool hcl_value_is_long(const struct value *v);
/* Writes it; `indent` is that of the line it stands on. */
void hcl_put_value(struct buf *out, const struct value *v, unsigned indent);

#endif
