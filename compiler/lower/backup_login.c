/* SPDX-License-Identifier: MIT */
#include "lower/backup.h"

#include "lower/database.h"
#include "lower/secrets.h"

static bool login_problem(struct lower *l, span at, const char *what, const struct backup_job *j) {
    struct diag *d =
        diag_add(l->dl, DIAG_BACKUP_LOGIN, at, "%s `%.*s`", what, STR_ARG(j->of->name));
    diag_hint(l->dl, d,
              "An account that may read everything is needed, its password in Parameter Store or "
              "Secrets Manager: add to `secrets.items` `%.*s-password: { of: %.*s, user: backup, "
              "rotate: every 180 days by hand }`, or name a resource of kind secret under "
              "`password`.",
              STR_ARG(j->of->name), STR_ARG(j->of->name));
    return false;
}

/* Items of `secrets:` that may be meant: those of the database, and of the account when one is
 * said. */
struct candidates {
    const struct secret *first;
    uint32_t n;
};

/* RDS's master password is for nobody who does not ask for it. */
static struct candidates items_of(const struct lower *l, const struct cfg_backup *c,
                                  const struct watched *of) {
    struct candidates found = {0};
    for (uint32_t i = 0; i < l->secrets.n; i++) {
        const struct secret *s = l->secrets.at[i];
        if (s->of != of || s->by == SECRET_BY_RDS)
            continue;
        if (given(c->user.at) && !str_eq(c->user.text, s->cfg->user.text))
            continue;
        found.first = found.first == NULL ? s : found.first;
        found.n++;
    }
    return found;
}

static const struct secret *item_named(const struct lower *l, str name) {
    for (uint32_t i = 0; i < l->secrets.n; i++) {
        if (str_eq(l->secrets.at[i]->cfg->name.text, name))
            return l->secrets.at[i];
    }
    return NULL;
}

static bool unknown_password(struct lower *l, span at) {
    /* Without what is there: somebody may have written the password itself. */
    struct diag *d = diag_add(l->dl, DIAG_BACKUP_LOGIN, at,
                              "`password` names neither an item of `secrets` nor a resource");
    diag_hint(l->dl, d, "It says where the password is kept, and is never the password itself.");
    return false;
}

static bool several(struct lower *l, const struct backup_job *j) {
    struct diag *d = diag_add(l->dl, DIAG_BACKUP_LOGIN, j->at,
                              "several items of `secrets` are of `%.*s`, and none is chosen",
                              STR_ARG(j->of->name));
    diag_hint(l->dl, d, "Say the account, `user: NAME`, or the item, `password: ITEM`.");
    return false;
}

/* The password's resource of kind secret; an item is one too. False after a diagnostic. */
static bool find_secret(struct lower *l, const struct cfg_backup *c, const struct backup_job *j,
                        const struct secret **ret_item, const struct watched **ret) {
    if (given(c->password.at)) {
        *ret_item = item_named(l, c->password.text);
        *ret = map_get(&l->watched_by_name, c->password.text);
        return *ret != NULL ||
               (!secret_is_written(l, c->password.text) && unknown_password(l, c->password.at));
    }
    struct candidates found = items_of(l, c, j->of);
    if (found.n > 1)
        return several(l, j);
    if (found.n == 0)
        return login_problem(l, j->at, "no password is known for", j);
    *ret_item = found.first;
    *ret = found.first->watched;
    return true;
}

static bool find_password(struct lower *l, const struct cfg_backup *c, struct backup_job *j) {
    const struct secret *item = NULL;
    const struct watched *w = NULL;
    if (!find_secret(l, c, j, &item, &w))
        return false;
    if (!str_is(w->kind->kind.text, "secret"))
        return login_problem(l, c->password.at, "this is no secret, so no password for", j);
    if (w->broken)
        return false;
    j->store = watched_attribute(w, STR("store"))->text.text;
    j->password_id = watched_attribute(w, STR("id"))->text.text;
    if (item != NULL && item->by == SECRET_BY_RDS) {
        j->store = STR("rds");
        j->password_id = STR("");
    }
    /* Of two accounts that take turns the secret itself says which it is. */
    bool turns = item != NULL && given(item->cfg->admin.at);
    if (!turns)
        j->user = given(c->user.at) ? c->user.text : item != NULL ? item->cfg->user.text : STR("");
    bool master = str_is(j->store, "rds") || str_is(j->of->kind->kind.text, "rds");
    return j->user.n > 0 || master || turns ||
           login_problem(l, j->at, "no account is named that reads", j);
}

static bool find_database(struct lower *l, const struct cfg_backup *c, struct backup_job *j) {
    const struct attribute_value *v = watched_attribute(j->of, STR("database"));
    if (given(c->database.at) || v != NULL) {
        j->database = given(c->database.at) ? c->database.text : v->text.text;
        return true;
    }
    struct diag *d = diag_add(l->dl, DIAG_BACKUP_LOGIN, j->at,
                              "nothing says which database of `%.*s` it is", STR_ARG(j->of->name));
    diag_hint(l->dl, d, "Add `database: NAME` here, or to the resource.");
    return false;
}

bool backup_login(struct lower *l, const struct cfg_backup *c, struct backup_job *j) {
    if (!database_engine(j->of, &j->engine)) {
        struct diag *d =
            diag_add(l->dl, DIAG_WRONG_KIND, given(c->from.at) ? c->from.at : c->name.at,
                     "`%.*s` is not a database", STR_ARG(j->of->name));
        diag_hint(l->dl, d, "Backups are of resources of kind rds, postgres or mysql.");
        return false;
    }
    bool ok = find_password(l, c, j);
    return find_database(l, c, j) && ok && j->engine.n > 0;
}
