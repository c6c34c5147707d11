/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_IMPLIED_H
#define OPSC_LOWER_IMPLIED_H

#include "lower/context.h"

/*
 * implied: resources that another section of ops.yaml implies: a secret of `secrets:`, a job of
 * `backup:`. Each is bound to a kind of the catalog and watched like one of `resources:`.
 */

/*
 * A resource of the kind `kind` with room for `keys` keys. `alarms` are what its place in ops.yaml
 * says of them; when that is nothing, it has those that its kind recommends.
 */
struct cfg_resource *implied_new(struct lower *l, const char *kind, struct cfg_text name,
                                 const struct cfg_recommended *alarms, uint32_t keys);
void implied_key(struct lower *l, struct cfg_resource *r, const char *key, str value, span at);
/* The value as "N s". */
void implied_seconds(struct lower *l, struct cfg_resource *r, const char *key, int64_t s, span at);
/*
 * Binds it and adds it to what is watched. `path` is where ops.yaml has it: "secrets.items.x";
 * `what` names it in a message: "the secret". NULL after a diagnostic: the name is taken, or a key
 * is wrong.
 */
struct watched *implied_watch(struct lower *l, struct cfg_resource *r, str path, const char *what);

#endif
