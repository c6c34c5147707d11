/* SPDX-License-Identifier: MIT */
#include "resource/resource_write.h"

static const struct resource_writing *const tables[] = {
    resource_writes_monitoring, resource_writes_access, resource_writes_stores,
    resource_writes_spending,   resource_writes_data,
};

const struct resource_writing *resource_writing_of(const struct resource_kind *kind) {
    for (unsigned i = 0; i < sizeof tables / sizeof *tables; i++) {
        for (const struct resource_writing *w = tables[i]; w->kind != NULL; w++) {
            if (w->kind == kind)
                return w;
        }
    }
    return NULL;
}
