/* SPDX-License-Identifier: MIT */
#include "cli/prices_parts.h"
#include "diag/secret.h"
#include "prices/update.h"

#include <stdlib.h>

#define TEXT_MAX (64u << 20)
#define CONNECT_S 15
#define SILENCE_S 30
#define SILENCE_MAX_S 3600
#define TRIES 4
#define BACKOFF_MS 1000
/* Nobody else waits for a server on this machine. */
#define BACKOFF_LOCAL_MS 10

static enum cli_exit open_source(struct prices_run *r, struct fetch_source *ret) {
    struct cli *c = r->c;
    const char *base = getenv("OPSC_PRICE_URL"), *ca = getenv("SSL_CERT_FILE");
    *ret = (struct fetch_source){.io = &c->io, .base = STR(FETCH_BASE)};
    ret->folder = cli_value(c, OPT_FROM, STR(""));
    if (cli_has(c, OPT_FROM)) {
        struct io_error err;
        if (ret->folder.n > 0 && c->io.probe(c->io.ctx, ret->folder, &err) == IO_IS_DIRECTORY)
            return CLI_OK;
        cli_err("opsc prices: --from takes a folder, and `%.*s` is none\n",
                STR_ARG(cli_shown(c, ret->folder)));
        return CLI_OUTSIDE;
    }
    if (base != NULL && base[0] != 0)
        ret->base = str_c(base);
    struct http_error e;
    struct http_options opt = {.ca_file = str_c(ca),
                               .connect_s = CONNECT_S,
                               .silence_s = SILENCE_S,
                               .tries = TRIES,
                               .backoff_ms =
                                   http_is_loopback(ret->base) ? BACKOFF_LOCAL_MS : BACKOFF_MS};
    if (!cli_seconds(c, OPT_TIMEOUT, 1, SILENCE_MAX_S, &opt.silence_s))
        return CLI_USAGE;
    if (opt.connect_s > opt.silence_s)
        opt.connect_s = opt.silence_s;
    ret->http = http_open(c->arena, &opt, &e);
    if (ret->http != NULL)
        return CLI_OK;
    cli_err("opsc prices: %s; --from DIR reads lists that were fetched by other means\n",
            http_status_text(e.status));
    return CLI_OUTSIDE;
}

static void put_entry(struct buf *b, const struct update_entry *e) {
    if (e->fate == UPDATE_SAME)
        return;
    buf_printf(b, "%.*s %.*s: ", STR_ARG(e->region), STR_ARG(e->key));
    if (e->fate == UPDATE_KEPT) {
        buf_printf(b, "stays as it was: %s\n", e->why);
        return;
    }
    if (e->fate == UPDATE_NEW) {
        BUF_LIT(b, "new, ");
    } else {
        buf_num(b, e->old);
        BUF_LIT(b, " -> ");
    }
    buf_num(b, e->now);
    buf_text(b, e->fate == UPDATE_JUMP ? " NOT TAKEN, so much does it differ: --accept takes it\n"
                                       : "\n");
}

static void put_report(struct buf *b, const struct update_report *rep, const char *done) {
    for (uint32_t i = 0; i < rep->entries.n; i++)
        put_entry(b, &rep->entries.at[i]);
    buf_printf(b,
               PRICE_LOCK_NAME " %s. Lists: %u read, %u known, %u not there. Prices: %u the "
                               "same, %u changed, %u new, %u not taken, %u stay as they were.\n",
               done, rep->read, rep->same, rep->absent, rep->counts[UPDATE_SAME],
               rep->counts[UPDATE_CHANGED], rep->counts[UPDATE_NEW], rep->counts[UPDATE_JUMP],
               rep->counts[UPDATE_KEPT]);
}

/* What the lock is now, byte by byte. */
static bool is_current(const struct prices_run *r, str text) {
    struct io_error err;
    str now;
    return r->lock != NULL &&
           r->c->io.read(r->c->io.ctx, r->c->arena, r->path, PRICE_LOCK_BYTES_MAX, &now, &err) ==
               IO_OK &&
           str_eq(now, text);
}

static enum cli_exit write_lock(struct prices_run *r, const struct update_report *rep, str text) {
    struct io *io = &r->c->io;
    struct io_error err;
    struct buf b = BUF_INIT(TEXT_MAX);
    bool current = is_current(r, text), check = cli_has(r->c, OPT_CHECK);
    enum cli_exit status = check && !current ? CLI_PROBLEMS : CLI_OK;
    if (!current && !check && io->write(io->ctx, r->path, text, false, &err) != IO_OK) {
        cli_err("opsc prices: cannot write `%.*s`: %s\n", STR_ARG(cli_shown(r->c, r->path)),
                err.detail[0] != 0 ? err.detail : io_status_text(err.status));
        return CLI_OUTSIDE;
    }
    put_report(&b, rep, current ? "is as it was" : check ? "would change" : "written");
    enum cli_exit printed = cli_print(&b);
    buf_done(&b);
    return printed != CLI_OK ? printed : status;
}

/* A mirror may want a password, which is in its address. */
static str without_secrets(struct cli *c, str s) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (;;) {
        struct secret x = secret_find_bare(s, 0);
        if (x.from == x.to)
            break;
        buf_put(&b, str_sub(s, 0, x.from));
        BUF_LIT(&b, "***");
        s = str_sub(s, x.to, s.n);
    }
    buf_put(&b, s);
    return cli_shown(c, buf_keep(&b, c->arena));
}

enum cli_exit prices_update(struct prices_run *r) {
    struct cli *c = r->c;
    struct fetch_source source;
    struct update_report rep;
    struct update_options opt = {.regions = r->regions,
                                 .nregions = r->nregions,
                                 .service = cli_value(c, OPT_SERVICE, STR("")),
                                 .accept = cli_has(c, OPT_ACCEPT)};
    if (opt.service.n > 0 && !update_knows_service(c->arena, opt.service)) {
        cli_err("opsc prices: no price is in the list of a service `%.*s`; AWS's code of one is "
                "such as AmazonEC2\n",
                STR_ARG(cli_shown(c, opt.service)));
        return CLI_USAGE;
    }
    enum cli_exit status = open_source(r, &source);
    if (status != CLI_OK)
        return status;
    struct price_lock *lock = update_prices(c->arena, &r->tables, &source, &opt, r->lock, &rep);
    if (lock == NULL || rep.read + rep.same == 0) {
        str why = lock == NULL ? rep.problem : STR("there is no list for these regions");
        cli_err("opsc prices: nothing was changed: %.*s\n", STR_ARG(without_secrets(c, why)));
        return CLI_OUTSIDE;
    }
    struct buf b = BUF_INIT(PRICE_LOCK_BYTES_MAX + TEXT_MAX);
    price_lock_put(&b, lock);
    return write_lock(r, &rep, buf_keep(&b, c->arena));
}
