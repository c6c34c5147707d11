/* SPDX-License-Identifier: MIT */
#ifndef OPSC_COST_COST_JSON_H
#define OPSC_COST_COST_JSON_H

#include "base/json.h"
#include "cost/cost.h"

/*
 * cost_json: parts of the JSON of a sheet, of which that of a diff is made, too. Internal to cost/.
 */
void cost_json_head(struct json *j);
void cost_json_exact(struct json *j, const char *key, struct num n);
/* list, pay, later */
void cost_json_amounts(struct json *j, const struct cost_sheet *s, const struct cost_range *usd);
void cost_json_line(struct json *j, const struct cost_sheet *s, const struct cost_line *l);
void cost_json_account(struct json *j, const struct cost_account *a);
void cost_json_gap(struct json *j, const struct cost_gap *g);

#endif
