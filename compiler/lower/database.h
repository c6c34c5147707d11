/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_DATABASE_H
#define OPSC_LOWER_DATABASE_H

#include "lower/context.h"
#include "lower/lower.h"

/*
 * database: which resources are databases that one can log in to, and whose client it takes.
 *
 * False when it is none. `ret`: "postgres" or "mysql"; empty when the resource does not say which
 * engine it has, which was reported.
 */
bool database_engine(const struct watched *w, str *ret);

/* Fills `engines`. */
void lower_engines(struct lower *l, struct lower_result *ret);

#endif
