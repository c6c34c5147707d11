/* SPDX-License-Identifier: MIT */
#include "cli/prices_parts.h"
#include "schema/spec.h"

#include <stdlib.h>

static const char *const prices_words[] = {"update", "show", "verify", NULL};

static void add_region(struct prices_run *r, str region) {
    for (uint32_t i = 0; i < r->nregions; i++) {
        if (str_eq(r->regions[i], region))
            return;
    }
    r->regions[r->nregions++] = region;
}

/* Those of the spec's environments. */
static bool spec_regions(struct prices_run *r) {
    struct cli *c = r->c;
    struct spec_options opt = {.file = r->file};
    if (!cli_vars(c, &opt.vars, &opt.nvars))
        return false;
    struct spec *spec = spec_open(c->arena, r->dl, &c->io, &opt);
    if (spec == NULL)
        return false;
    uint32_t n;
    const struct cfg_text *names = spec_environments(spec, &n);
    r->regions = ARENA_ARRAY(c->arena, str, n + 1);
    for (uint32_t i = 0; i < (n > 0 ? n : 1); i++) {
        const struct config *cfg = spec_config(spec, n > 0 ? names[i].text : STR(""));
        if (cfg == NULL)
            return false;
        if (cfg->aws.region.text.n > 0)
            add_region(r, cfg->aws.region.text);
    }
    return r->dl->errors == 0;
}

static bool find_regions(struct prices_run *r) {
    const struct cli_values *given = &r->c->options[OPT_REGIONS];
    if (given->n == 0) {
        if (!spec_regions(r))
            return false;
    } else {
        r->regions = ARENA_ARRAY(r->c->arena, str, given->n);
        for (uint32_t i = 0; i < given->n; i++)
            add_region(r, given->items[i]);
    }
    qsort(r->regions, r->nregions, sizeof *r->regions, str_order);
    return true;
}

static enum cli_exit run_action(struct prices_run *r, str action, str pattern) {
    struct cli *c = r->c;
    bool ok = price_lock_read(c->arena, r->dl, &c->io, r->path, &r->lock);
    r->tables.lock = r->lock;
    if (ok && !str_is(action, "verify"))
        ok = find_regions(r);
    enum cli_exit status = CLI_OK;
    if (ok && str_is(action, "verify"))
        status = prices_verify(r);
    else if (ok && str_is(action, "show"))
        status = prices_show(r, pattern);
    else if (ok)
        status = prices_update(r);
    if (r->dl->items.n > 0)
        cli_render(c, r->dl);
    enum cli_exit told = cli_status(c, r->dl);
    return status != CLI_OK ? status : !ok && told == CLI_OK ? CLI_USAGE : told;
}

static enum cli_exit run_prices(struct cli *c) {
    struct sources src;
    struct diag_list dl;
    struct prices_run r = {.c = c, .dl = &dl};
    str action = c->nargs > 0 ? c->args[0] : STR("");
    bool show = str_is(action, "show"), known = show;
    for (int i = 0; prices_words[i] != NULL; i++)
        known |= str_is(action, prices_words[i]);
    if (!known || c->nargs > (show ? 3u : 2u)) {
        cli_err("opsc prices takes `update [FILE]`, `show [KEY [FILE]]` or `verify [FILE]`\n");
        return CLI_USAGE;
    }
    uint32_t file = show ? 2 : 1;
    r.file = cli_spec_file(c, c->nargs > file ? c->args[file] : STR("ops.yaml"));
    r.path = price_lock_path(c->arena, r.file);
    sources_init(&src, c->arena);
    diag_list_init(&dl, c->arena, &src);
    catalog_init(&r.tables, c->arena, &dl);
    return run_action(&r, action, show && c->nargs > 1 ? c->args[1] : STR("*"));
}

const struct cli_command cmd_prices = {
    .name = "prices",
    .args = "update [FILE] | show [KEY [FILE]] | verify [FILE]",
    .summary = "Take prices from AWS's price list, and show them.",
    .examples =
        "  opsc prices update                # of the regions of ops.yaml, into opsc.prices.lock\n"
        "  opsc prices update --check        # exit 1 when AWS asks for something else now\n"
        "  opsc prices update --from lists/  # from AmazonEC2_eu-west-1.csv and so on, in lists/\n"
        "  opsc prices show 'ec2.t3.*'\n"
        "  opsc prices verify\n",
    .text =
        "`update` reads AWS's public price list and writes opsc.prices.lock beside FILE, a spec or "
        "a folder\n"
        "with an ops.yaml; without FILE, ops.yaml. It is for version control: all commands take "
        "prices from it\n"
        "before those that opsc was built with. `show` and `verify` use no network, nor does `opsc "
        "cost`.\n"
        "\n"
        "A price that the list does not have exactly once stays as it was; so does one that rose "
        "or fell by\n"
        "more than half, until --accept takes it.\n"
        "\n"
        "OPSC_PRICE_URL is another server that has the list, and SSL_CERT_FILE the authorities to "
        "trust\n"
        "instead of the system's; proxies are named as for curl (https_proxy).\n",
    .options = {OPT_REGIONS, OPT_SERVICE, OPT_FROM, OPT_ACCEPT, OPT_CHECK, OPT_TIMEOUT,
                OPT_FORMAT_PRICES, OPT_VAR},
    .noptions = 8,
    .choices = prices_words,
    .max_args = 3,
    .run = run_prices,
};
