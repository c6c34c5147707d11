/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_CATALOG_JSON_H
#define OPSC_CATALOG_CATALOG_JSON_H

#include "base/json.h"
#include "catalog/catalog.h"

/*
 * catalog_json: the kinds as rules of JSON Schema: for each kind the keys that a resource takes,
 * and the names of its recommended alarms. Written into the object that describes a resource
 * (schema/schema_json.h). Kinds that the schema does not know (a project's own) are left to opsc.
 */
void catalog_json_rules(struct json *j, struct catalog *c);

#endif
