/* SPDX-License-Identifier: MIT */
#include "diag/render_parts.h"

#include "base/json.h"

static void put_place(struct json *j, struct diag_list *dl, span at) {
    if (at.file == 0)
        return;
    struct render_region r = render_region_of(dl, at);
    json_kstr(j, "file", r.start.file);
    json_kint(j, "line", r.start.line);
    json_kint(j, "col", r.start.col);
    json_kint(j, "end_line", r.end.line);
    json_kint(j, "end_col", r.end.col);
    json_kint(j, "start", at.start);
    json_kint(j, "end", at.end);
}

static void put_text(struct json *j, const char *key, str text) {
    if (text.n > 0)
        json_kstr(j, key, text);
}

static void put_diag(struct json *j, struct diag_list *dl, const struct diag *d) {
    char name[DIAG_NAME_MAX];
    diag_code_name(d->code, name);
    json_object_begin(j);
    json_kstr(j, "code", str_c(diag_codes[d->code].id));
    json_kstr(j, "name", str_c(name));
    json_kstr(j, "severity", str_c(diag_severity_name(d->severity)));
    json_kstr(j, "message", d->message);
    put_text(j, "label", d->label);
    put_text(j, "hint", d->hint);
    if (diag_is_partial(dl, d)) {
        json_key(j, STR("environments"));
        json_array_begin(j);
        for (uint32_t i = 0; i < d->contexts.n; i++)
            json_str(j, d->contexts.at[i]);
        json_array_end(j);
    }
    put_place(j, dl, d->at);
    json_key(j, STR("also"));
    json_array_begin(j);
    for (uint32_t i = 0; i < d->nalso; i++) {
        json_object_begin(j);
        json_kstr(j, "message", d->also[i].text);
        put_place(j, dl, d->also[i].at);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

void render_json(struct buf *out, struct diag_list *dl) {
    struct json j = json_to(out, 2);
    json_object_begin(&j);
    json_key(&j, STR("diagnostics"));
    json_array_begin(&j);
    for (uint32_t i = 0; i < dl->items.n; i++)
        put_diag(&j, dl, dl->items.at[i]);
    json_array_end(&j);
    json_kint(&j, "errors", dl->errors);
    json_kint(&j, "warnings", dl->warnings);
    json_kint(&j, "notes", dl->notes);
    json_object_end(&j);
    buf_byte(out, '\n');
}
