/* SPDX-License-Identifier: MIT */
#include "diag/render_parts.h"

#include "base/json.h"

#include <stdio.h>

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* Rules of the run: the codes in use, in the order of their numbers. */
struct rules {
    bool used[DIAG_COUNT];
    uint32_t index[DIAG_COUNT];
};

static struct rules rules_of(const struct diag_list *dl) {
    struct rules r = {0};
    for (uint32_t i = 0; i < dl->items.n; i++)
        r.used[dl->items.at[i]->code] = true;
    uint32_t n = 0;
    for (size_t c = 0; c < DIAG_COUNT; c++)
        r.index[c] = r.used[c] ? n++ : 0;
    return r;
}

static void put_message(struct json *j, str text, str hint) {
    json_object_begin(j);
    json_key(j, STR("text"));
    json_str_open(j);
    json_str_piece(j, text);
    if (hint.n > 0) {
        json_str_piece(j, STR("\n"));
        json_str_piece(j, hint);
    }
    json_str_close(j);
    json_object_end(j);
}

static void put_rules(struct json *j, const struct rules *r) {
    json_key(j, STR("rules"));
    json_array_begin(j);
    for (size_t c = 0; c < DIAG_COUNT; c++) {
        if (!r->used[c])
            continue;
        char name[DIAG_NAME_MAX];
        diag_code_name((enum diag_code)c, name);
        json_object_begin(j);
        json_kstr(j, "id", str_c(diag_codes[c].id));
        json_kstr(j, "name", str_c(name));
        json_key(j, STR("shortDescription"));
        put_message(j, str_c(diag_codes[c].title), (str){0});
        json_key(j, STR("defaultConfiguration"));
        json_object_begin(j);
        json_kstr(j, "level", str_c(diag_severity_name(diag_codes[c].severity)));
        json_object_end(j);
        json_object_end(j);
    }
    json_array_end(j);
}

static bool plain_in_uri(unsigned char c) {
    return ascii_is_alnum(c) || strchr("-._~/", c) != NULL;
}

/* A relative reference; also ':' is encoded, so that "a:b" is not read as a scheme. */
static void put_uri(struct json *j, str name) {
    json_key(j, STR("uri"));
    json_str_open(j);
    if (str_starts(name, STR("/")))
        json_str_piece(j, STR("file://"));
    while (str_starts(name, STR("./")))
        name = str_sub(name, 2, name.n);
    for (uint32_t i = 0; i < name.n; i++) {
        char code[4];
        if (name.p[i] != '\0' && plain_in_uri(name.p[i])) {
            json_str_piece(j, str_sub(name, i, i + 1));
        } else {
            snprintf(code, sizeof code, "%%%02X", (unsigned)name.p[i]);
            json_str_piece(j, str_c(code));
        }
    }
    json_str_close(j);
}

static void put_physical(struct json *j, struct diag_list *dl, span at) {
    struct render_region r = render_region_of(dl, at);
    json_key(j, STR("physicalLocation"));
    json_object_begin(j);
    json_key(j, STR("artifactLocation"));
    json_object_begin(j);
    put_uri(j, r.start.file);
    json_object_end(j);
    json_key(j, STR("region"));
    json_object_begin(j);
    json_kint(j, "startLine", r.start.line);
    json_kint(j, "startColumn", r.start.col);
    json_kint(j, "endLine", r.end.line);
    json_kint(j, "endColumn", r.end.col);
    json_object_end(j);
    json_object_end(j);
}

static void put_related(struct json *j, struct diag_list *dl, const struct diag *d) {
    if (d->nalso == 0)
        return;
    json_key(j, STR("relatedLocations"));
    json_array_begin(j);
    for (uint32_t i = 0; i < d->nalso; i++) {
        json_object_begin(j);
        json_kint(j, "id", i + 1);
        if (d->also[i].at.file != 0)
            put_physical(j, dl, d->also[i].at);
        json_key(j, STR("message"));
        put_message(j, d->also[i].text, (str){0});
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_results(struct json *j, struct diag_list *dl, const struct rules *r) {
    const str *fingerprints = render_fingerprints(dl);
    json_key(j, STR("results"));
    json_array_begin(j);
    for (uint32_t i = 0; i < dl->items.n; i++) {
        const struct diag *d = dl->items.at[i];
        json_object_begin(j);
        json_kstr(j, "ruleId", str_c(diag_codes[d->code].id));
        json_kint(j, "ruleIndex", r->index[d->code]);
        json_kstr(j, "level", str_c(diag_severity_name(d->severity)));
        json_key(j, STR("message"));
        str where = render_contexts(dl, d);
        put_message(j,
                    where.n == 0 ? d->message : arena_cat3(dl->arena, d->message, STR(", "), where),
                    d->hint);
        json_key(j, STR("locations"));
        json_array_begin(j);
        if (d->at.file != 0) {
            json_object_begin(j);
            put_physical(j, dl, d->at);
            json_object_end(j);
        }
        json_array_end(j);
        put_related(j, dl, d);
        json_key(j, STR("partialFingerprints"));
        json_object_begin(j);
        json_kstr(j, "opscProblem/v1", fingerprints[i]);
        json_object_end(j);
        json_object_end(j);
    }
    json_array_end(j);
}

void render_sarif(struct buf *out, struct diag_list *dl) {
    struct rules rules = rules_of(dl);
    struct json j = json_to(out, 2);
    json_object_begin(&j);
    json_kstr(&j, "$schema", STR(SCHEMA));
    json_kstr(&j, "version", STR("2.1.0"));
    json_key(&j, STR("runs"));
    json_array_begin(&j);
    json_object_begin(&j);
    json_key(&j, STR("tool"));
    json_object_begin(&j);
    json_key(&j, STR("driver"));
    json_object_begin(&j);
    json_kstr(&j, "name", STR("opsc"));
    json_kstr(&j, "version", STR(OPSC_VERSION));
    put_rules(&j, &rules);
    json_object_end(&j);
    json_object_end(&j);
    json_kstr(&j, "columnKind", STR("unicodeCodePoints"));
    put_results(&j, dl, &rules);
    json_object_end(&j);
    json_array_end(&j);
    json_object_end(&j);
    buf_byte(out, '\n');
}
