/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_MEASURE_CALL_H
#define OPSC_LOWER_MEASURE_CALL_H

#include "lower/measure.h"

/* A call of a row of expr_functions: part of measure_expr(). */
struct operand measure_call(struct measure *m, const struct expr *e);

#endif
