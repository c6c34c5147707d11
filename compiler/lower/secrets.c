/* SPDX-License-Identifier: MIT */
#include "lower/secrets.h"

#include "lower/account.h"
#include "lower/database.h"
#include "lower/implied.h"

#define CA_MAX (1u << 20) /* bytes; RDS's bundle of all regions has 165,000 */

/* "external team" in a sentence; in other languages than English as it was written. */
static str who_text(struct lower *l, str who) {
    bool plain = l->catalog.language != CFG_ENGLISH || str_starts(who, STR("the "));
    return plain ? who : arena_cat(l->a, STR("the "), who);
}

/* The item as a resource that is watched: its alarms are those of the kind. */
static struct watched *watch(struct lower *l, struct secret *s) {
    static const char *const by[] = {"hand", "others", "rds", "lambda"};
    const struct cfg_secret *c = s->cfg;
    struct cfg_resource *r = implied_new(l, "secret", c->name, &c->alarms, 7);
    bool manager = l->cfg->secrets.store.value == CFG_STORE_SECRETS_MANAGER;
    bool rds = s->by == SECRET_BY_RDS;
    implied_key(l, r, "id", s->name, s->at);
    implied_key(l, r, "store", str_c(schema_stores[manager || rds]), s->at);
    implied_seconds(l, r, "max_age", s->max_age_s, s->at);
    implied_key(l, r, "by", str_c(by[s->by]), s->at);
    if (s->remind_s > 0)
        implied_seconds(l, r, "remind", s->remind_s, s->at);
    if (s->by == SECRET_BY_OTHERS)
        implied_key(l, r, "who", who_text(l, s->who), s->at);
    if (s->by == SECRET_BY_LAMBDA)
        implied_key(l, r, "function", rotation_function(l, s), s->at);
    return implied_watch(l, r, arena_cat(l->a, STR("secrets.items."), c->name.text), "the secret");
}

/* The database that `of` names; false after a diagnostic. */
static bool bind_of(struct lower *l, struct secret *s) {
    const struct cfg_secret *c = s->cfg;
    if (!given(c->of.at))
        return true;
    s->of = lower_find_watched(l, c->of.text, c->of.at);
    if (s->of == NULL)
        return false;
    str engine;
    if (database_engine(s->of, &engine))
        return true;
    struct diag *d =
        diag_add(l->dl, DIAG_WRONG_KIND, c->of.at, "`%.*s` is not a database", STR_ARG(c->of.text));
    diag_hint(l->dl, d, "Name a resource of kind rds, postgres or mysql, or leave `of` out.");
    return false;
}

static bool check_rds(struct lower *l, const struct secret *s) {
    if (s->by != SECRET_BY_RDS)
        return true;
    bool rds = s->of != NULL && str_is(s->of->kind->kind.text, "rds");
    const struct attribute_value *copy = rds ? watched_attribute(s->of, STR("replica")) : NULL;
    bool replica = copy != NULL && copy->boolean;
    if (rds && !replica && watched_attribute(s->of, STR("cluster")) == NULL)
        return true;
    span at = given(s->cfg->by.at) ? s->cfg->by.at : s->cfg->rotate.at;
    struct diag *d = diag_add(l->dl, DIAG_BAD_ROTATION, at,
                              "RDS rotates the master password of an instance of kind rds%s",
                              replica ? "; a replica has none of its own"
                              : rds   ? "; of a cluster opsc does not find it"
                                      : "");
    diag_hint(l->dl, d, "Name the instance under `of`, or say who else rotates it.");
    return false;
}

static void bind_item(struct lower *l, const struct cfg_secret *c) {
    struct secret *s = ARENA_NEW(l->a, struct secret);
    *s = (struct secret){.cfg = c, .at = c->name.at};
    bool ok = secret_rotation(l, s);
    ok &= bind_of(l, s);
    if (!ok || !check_rds(l, s) || (s->by == SECRET_BY_LAMBDA && !rotation_check(l, s)))
        return;
    bool manager = l->cfg->secrets.store.value == CFG_STORE_SECRETS_MANAGER;
    if (s->by == SECRET_BY_RDS)
        s->name = arena_cat(l->a, STR("rds!"), s->of->name);
    else
        s->name = arena_printf(l->a, "%s%.*s/%.*s", manager ? "" : "/", STR_ARG(l->namespace_),
                               STR_ARG(c->name.text));
    s->watched = watch(l, s);
    if (s->watched != NULL)
        VEC_PUSH(l->a, &l->secrets, s);
}

static void read_ca(struct lower *l, const struct io *io) {
    const struct cfg_text *ca = &l->cfg->secrets.ca;
    if (!given(ca->at))
        return;
    str path = io_path_join(l->a, io_path_dir(sources_get(l->dl->sources, ca->at.file)->name),
                            ca->text),
        text;
    struct io_error err = {.status = IO_OK};
    enum io_status st = io->read(io->ctx, l->a, path, CA_MAX, &text, &err);
    if (st != IO_OK) {
        struct diag *d = diag_add(l->dl, DIAG_FILE_UNREADABLE, ca->at, "cannot read `%.*s`: %s",
                                  STR_ARG(path), io_status_text(st));
        diag_hint(l->dl, d, "Authorities of RDS: %.*s", STR_ARG(account_rds_authorities(l)));
        return;
    }
    if (!str_contains(text, STR("-----BEGIN CERTIFICATE-----")) ||
        str_contains(text, STR("PRIVATE KEY-----"))) {
        struct diag *d = diag_add(l->dl, DIAG_BAD_ROTATION, ca->at,
                                  "`%.*s` holds something else than certificates", STR_ARG(path));
        diag_hint(l->dl, d,
                  "It is a text that begins with `-----BEGIN CERTIFICATE-----`, without any key.");
        return;
    }
    l->secrets_ca = text;
}

bool secret_is_written(const struct lower *l, str name) {
    for (uint32_t i = 0; i < l->cfg->secrets.items.n; i++) {
        if (str_eq(l->cfg->secrets.items.items[i].name.text, name))
            return true;
    }
    return false;
}

void lower_secrets(struct lower *l, const struct io *io) {
    account_check_key(l, &l->cfg->secrets.kms_key);
    read_ca(l, io);
    for (uint32_t i = 0; i < l->cfg->secrets.items.n; i++)
        bind_item(l, &l->cfg->secrets.items.items[i]);
    rotation_bind_admins(l);
}
