/* SPDX-License-Identifier: MIT */
#include "lower/database.h"

struct database {
    const char *kind, *engine; /* NULL: the kind has one only */
    const char *is;
};

static const struct database databases[] = {
    {"rds", "postgres", "postgres"},  {"rds", "aurora-postgresql", "postgres"},
    {"rds", "mysql", "mysql"},        {"rds", "mariadb", "mysql"},
    {"rds", "aurora-mysql", "mysql"}, {"postgres", NULL, "postgres"},
    {"mysql", NULL, "mysql"},
};

bool database_engine(const struct watched *w, str *ret) {
    const struct attribute_value *engine = watched_attribute(w, STR("engine"));
    bool known = false;
    *ret = STR("");
    for (size_t i = 0; i < sizeof databases / sizeof *databases; i++) {
        const struct database *d = &databases[i];
        if (!str_is(w->kind->kind.text, d->kind))
            continue;
        known = true;
        if (d->engine == NULL || (engine != NULL && str_is(engine->text.text, d->engine)))
            *ret = str_c(d->is);
    }
    return known;
}

void lower_engines(struct lower *l, struct lower_result *ret) {
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        const struct attribute_value *engine = watched_attribute(w, STR("engine")),
                                     *version = watched_attribute(w, STR("engine_version"));
        if (version == NULL)
            continue;
        str name = engine != NULL ? engine->text.text : w->kind->kind.text;
        VEC_PUSH(l->a, &ret->engines, (struct engine){name, version->text.text, version->text.at});
    }
}
