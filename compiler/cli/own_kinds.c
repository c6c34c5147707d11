/* SPDX-License-Identifier: MIT */
#include "cli/own_kinds.h"

#include "schema/spec.h"

bool own_kinds_add(struct cli *c, struct catalog *cat, str file) {
    bool asked = file.n > 0;
    struct diag_list quiet, *dl = asked ? cat->dl : &quiet;
    struct io_error err = {.status = IO_OK};
    struct spec_options opt = {.file = cli_spec_file(c, asked ? file : STR("ops.yaml")),
                               .environment = cli_value(c, OPT_ENV, STR(""))};
    diag_list_init(&quiet, c->arena, cat->dl->sources);
    if (!cli_vars(c, &opt.vars, &opt.nvars))
        return false;
    if (!asked && c->io.probe(c->io.ctx, opt.file, &err) == IO_NOT_FOUND)
        return true;
    struct spec *spec = spec_open(c->arena, dl, &c->io, &opt);
    struct cfg_texts files = {0};
    if (spec != NULL)
        files = spec_catalog(spec, opt.environment);
    if (dl->errors > 0 && asked)
        return false;
    if (dl->errors > 0)
        cli_err("opsc: kinds of %.*s may be missing, since it has mistakes; see `opsc lint`\n",
                STR_ARG(cli_shown(c, opt.file)));
    return catalog_add_files(cat, &c->io, &files, opt.file);
}
