/* SPDX-License-Identifier: MIT */
#include "diag/render_parts.h"

#include "base/json.h"

/* GitLab wants a path and a line also of what has neither, such as a file that cannot be read. */
static void put_location(struct json *j, struct diag_list *dl, span at) {
    str file = STR("ops.yaml");
    uint32_t first = 1, last = 1;
    if (at.file != 0) {
        struct render_region r = render_region_of(dl, at);
        file = r.start.file;
        first = r.start.line;
        last = r.end.line;
    }
    while (str_starts(file, STR("./")))
        file = str_sub(file, 2, file.n);
    json_key(j, STR("location"));
    json_object_begin(j);
    json_kstr(j, "path", file);
    json_key(j, STR("lines"));
    json_object_begin(j);
    json_kint(j, "begin", first);
    json_kint(j, "end", last);
    json_object_end(j);
    json_object_end(j);
}

static void put_description(struct json *j, struct diag_list *dl, const struct diag *d) {
    str where = render_contexts(dl, d);
    json_key(j, STR("description"));
    json_str_open(j);
    json_str_piece(j, d->message);
    if (where.n > 0) {
        json_str_piece(j, STR(", "));
        json_str_piece(j, where);
    }
    if (d->hint.n > 0) {
        json_str_piece(j, STR("\n"));
        json_str_piece(j, d->hint);
    }
    json_str_close(j);
}

void render_gitlab(struct buf *out, struct diag_list *dl) {
    static const char *const severities[] = {
        [DIAG_NOTE] = "info", [DIAG_WARNING] = "minor", [DIAG_ERROR] = "major"};
    const str *fingerprints = render_fingerprints(dl);
    struct json j = json_to(out, 2);
    json_array_begin(&j);
    for (uint32_t i = 0; i < dl->items.n; i++) {
        const struct diag *d = dl->items.at[i];
        json_object_begin(&j);
        put_description(&j, dl, d);
        json_kstr(&j, "check_name", str_c(diag_codes[d->code].id));
        json_kstr(&j, "fingerprint", fingerprints[i]);
        json_kstr(&j, "severity", str_c(severities[d->severity]));
        put_location(&j, dl, d->at);
        json_object_end(&j);
    }
    json_array_end(&j);
    buf_byte(out, '\n');
}
