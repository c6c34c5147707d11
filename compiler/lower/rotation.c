/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/secrets.h"

/* Names of accounts: bytes in PostgreSQL, which cuts longer ones off without a word; else
 * characters. */
#define POSTGRES_NAME_MAX 63
#define MYSQL_NAME_MAX 32
#define MARIADB_NAME_MAX 80

str rotation_function(struct lower *l, const struct secret *s) {
    return arena_printf(l->a, "%.*s-rotate-%.*s", STR_ARG(l->prefix), STR_ARG(s->cfg->name.text));
}

str rotation_engine(const struct watched *of) {
    const struct attribute_value *engine = watched_attribute(of, STR("engine"));
    return engine != NULL ? engine->text.text : of->kind->kind.text;
}

static bool bad(struct lower *l, span at, const char *why, const char *hint) {
    struct diag *d = diag_add(l->dl, DIAG_BAD_ROTATION, at, "%s", why);
    diag_hint(l->dl, d, "%s", hint);
    return false;
}

static bool yes(const struct watched *w, const char *name) {
    const struct attribute_value *v = watched_attribute(w, str_c(name));
    return v != NULL && v->boolean;
}

static bool check_network(struct lower *l, const struct secret *s) {
    const struct cfg_texts *subnets = &l->cfg->secrets.subnets;
    const struct cfg_texts *groups = &l->cfg->secrets.security_groups;
    if ((subnets->n > 0) != (groups->n > 0))
        return bad(l, (subnets->n > 0 ? subnets : groups)->items[0].at,
                   "`subnets` and `security_groups` go together",
                   "Give both, or leave out both: an RDS instance has some of its own.");
    if (str_is(s->of->kind->kind.text, "rds"))
        return true;
    const struct attribute_value *host = watched_attribute(s->of, STR("host"));
    str h = host != NULL ? host->text.text : STR("");
    if (h.n == 0 || h.p[0] == '/' || str_starts(h, STR("127.")) || str_is_nocase(h, "localhost") ||
        str_is(h, "::1"))
        return bad(l, s->cfg->of.at, "a function cannot reach an address that only its host has",
                   "Give the database a `host` by which others reach it, or let people rotate the "
                   "password: `rotate: every 90 days by hand`.");
    if (subnets->n > 0 || yes(s->of, "external"))
        return true;
    return bad(l, s->cfg->of.at, "it is not said from which network this database is reached",
               "Give `subnets` and `security_groups` under `secrets:`; the function runs there.");
}

static bool check_name(struct lower *l, const struct secret *s, str engine) {
    const struct cfg_text *user = &s->cfg->user;
    uint32_t most = str_is(engine, "mysql")     ? MYSQL_NAME_MAX
                    : str_is(engine, "mariadb") ? MARIADB_NAME_MAX
                                                : POSTGRES_NAME_MAX;
    if (given(s->cfg->admin.at))
        most -= (uint32_t)sizeof SECRET_TWIN - 1;
    if (user->text.n > 0 && user->text.n <= most)
        return true;
    struct diag *d =
        diag_add(l->dl, DIAG_LIMIT_LENGTH, user->at,
                 "this name of an account has %u bytes; here it has 1 to %u", user->text.n, most);
    diag_hint(l->dl, d,
              "Names of accounts are short in databases, and with `admin` there are two: `<user>"
              "` and `<user>" SECRET_TWIN "`.");
    return false;
}

/* Whether the function of an item sets the password of this account. */
static bool sets(const struct secret *s, str user) {
    str own = s->cfg->user.text, twin = STR(SECRET_TWIN);
    return str_eq(own, user) || (given(s->cfg->admin.at) && str_starts(user, own) &&
                                 str_eq(str_sub(user, own.n, user.n), twin));
}

/* A password that two functions change is right in one store at most. Of two twins of different
 * names one is never the other's: `a_clone` has `a_clone_clone`. */
static bool check_once(struct lower *l, const struct secret *s) {
    for (uint32_t i = 0; i < l->secrets.n; i++) {
        const struct secret *o = l->secrets.at[i];
        if (o->by != SECRET_BY_LAMBDA || o->of != s->of ||
            !(sets(o, s->cfg->user.text) || sets(s, o->cfg->user.text)))
            continue;
        struct diag *d = diag_add(l->dl, DIAG_BAD_ROTATION, s->cfg->user.at,
                                  "two functions would replace the password of this account");
        diag_also(l->dl, d, o->cfg->user.at, "the other");
        diag_hint(l->dl, d,
                  "Keep one of the items, or say who else rotates the other. One with `admin` has "
                  "the account `<user>" SECRET_TWIN "` too.");
        return false;
    }
    return true;
}

bool rotation_check(struct lower *l, const struct secret *s) {
    str engine = rotation_engine(s->of);
    if (s->of->broken)
        return false;
    if (str_starts(engine, STR("aurora-")))
        return bad(l, s->cfg->of.at, "opsc does not find the writer of an Aurora cluster",
                   "Let RDS rotate its master password, or say who rotates this one.");
    if (yes(s->of, "replica"))
        return bad(l, s->cfg->of.at, "passwords cannot be changed on a replica",
                   "Name the database that it copies.");
    if (!str_is(engine, "postgres") && !given(l->cfg->secrets.ca.at))
        return bad(l, s->cfg->of.at,
                   "a function changes passwords of MySQL and MariaDB by checked TLS only",
                   (const char *)arena_printf(
                       l->a,
                       "Get the certificates that sign the server's, for RDS %.*s, put the file "
                       "beside this one and name it: `ca: rds-ca.pem` under `secrets:`.",
                       STR_ARG(account_rds_authorities(l)))
                       .p);
    return check_network(l, s) && check_name(l, s, engine) && check_once(l, s);
}

static void bind_admin(struct lower *l, struct secret *s) {
    const struct cfg_text *admin = &s->cfg->admin;
    for (uint32_t i = 0; i < l->secrets.n && s->admin == NULL; i++) {
        if (str_eq(l->secrets.at[i]->cfg->name.text, admin->text))
            s->admin = l->secrets.at[i];
    }
    if (s->admin == NULL) {
        if (secret_is_written(l, admin->text))
            return;
        struct suggest near = suggest_for(admin->text);
        for (uint32_t i = 0; i < l->cfg->secrets.items.n; i++)
            suggest_offer(&near, l->cfg->secrets.items.items[i].name.text);
        struct diag *d = diag_add(l->dl, DIAG_UNKNOWN_RESOURCE, admin->at,
                                  "there is no item `%.*s` in `secrets:`", STR_ARG(admin->text));
        diag_suggest(l->dl, d, &near);
        return;
    }
    if (s->by != SECRET_BY_LAMBDA)
        bad(l, admin->at, "only a function needs an administrator",
            "Leave `admin` out, or `by`, and give `of` and `user`.");
    else if (s->admin == s || s->admin->of != s->of || s->admin->admin != NULL)
        bad(l, admin->at, "this is no administrator of the same database",
            "Name another item with the same `of`, that has no `admin` itself.");
    else if (s->admin->by != SECRET_BY_RDS && !given(s->admin->cfg->user.at))
        bad(l, s->admin->cfg->name.at, "an administrator has a name: `user`",
            "Give the account whose password this is.");
}

void rotation_bind_admins(struct lower *l) {
    for (uint32_t i = 0; i < l->secrets.n; i++) {
        if (given(l->secrets.at[i]->cfg->admin.at))
            bind_admin(l, l->secrets.at[i]);
    }
}
