/* SPDX-License-Identifier: MIT */
#include "base/embed.h"
#include "lower/host.h"
#include "tmpl/tmpl.h"

#define SCRIPT_MAX (4u << 20)
#define MINUTE_S 60

/* A shell variable's name of an attribute: dots and dashes become underscores. */
static str variable_name(struct arena *a, str attribute) {
    unsigned char *p = arena_alloc(a, (size_t)attribute.n + 1, 1);
    for (uint32_t i = 0; i < attribute.n; i++)
        p[i] = attribute.p[i] == '.' || attribute.p[i] == '-' ? '_' : attribute.p[i];
    return (str){p, attribute.n};
}

/* What a probe sees of an attribute: durations in seconds, sizes in bytes, lists a value a line. */
static str shell_value(struct arena *a, const struct attribute_value *v) {
    if (v == NULL)
        return STR("");
    int type = v->decl->type.value;
    if (type == CAT_DURATION || type == CAT_SIZE || type == CAT_COUNT) {
        char t[NUM_TEXT_MAX];
        return arena_str(a, (str){(unsigned char *)t, num_format(v->quantity.value, t)});
    }
    if (type != CAT_LIST)
        return v->text.text;
    struct buf b = BUF_INIT(SCRIPT_MAX);
    for (uint32_t i = 0; i < v->list.n; i++) {
        if (i > 0)
            buf_byte(&b, '\n');
        buf_put(&b, v->list.items[i].text);
    }
    return buf_keep(&b, a);
}

static bool is_word(unsigned char c) {
    return ascii_is_alnum(c) || c == '_';
}

/* The variables that a script reads: $name, ${name}, ${name:-x}. */
static void find_variables(struct arena *a, str body, struct map *into) {
    for (uint32_t i = str_find(body, '$'); i < body.n; i++) {
        i += i + 1 < body.n && body.p[i + 1] == '{' ? 2 : 1;
        uint32_t end = i;
        while (end < body.n && is_word(body.p[end]))
            end++;
        if (end > i)
            map_add(a, into, str_sub(body, i, end), a);
        i = end + str_find(str_sub(body, end, body.n), '$') - 1;
    }
}

static void put_variables(struct lower *l, struct buf *b, const struct watched *w,
                          const struct cat_attribute *items, uint32_t n, str prefix,
                          const struct map *read) {
    for (uint32_t i = 0; i < n; i++) {
        str name = arena_cat(l->passing, prefix, items[i].name.text);
        if (items[i].type.value == CAT_GROUP) {
            put_variables(l, b, w, items[i].attributes.items, items[i].attributes.n,
                          arena_cat(l->passing, name, STR(".")), read);
            continue;
        }
        str variable = variable_name(l->passing, name);
        if (map_get(read, variable) == NULL)
            continue;
        BUF_LIT(b, "  local ");
        buf_put(b, variable);
        buf_byte(b, '=');
        tmpl_shell(b, shell_value(l->passing, watched_attribute(w, name)));
        buf_byte(b, '\n');
    }
}

/* What the probes of a kind have in common. */
struct probe_run {
    struct map variables;
    str body;
};

static const struct probe_run *run_of(struct lower *l, const struct cat_kind *k) {
    struct probe_run *r = map_get(&l->probe_runs, k->kind.text);
    if (r != NULL)
        return r;
    struct buf b = BUF_INIT(SCRIPT_MAX);
    for (str rest = str_trim(k->probe.run.text); rest.n > 0;) {
        str line = str_split(&rest, '\n');
        if (line.n > 0)
            BUF_LIT(&b, "  ");
        buf_put(&b, line);
        buf_byte(&b, '\n');
    }
    r = ARENA_NEW(l->scratch, struct probe_run);
    find_variables(l->scratch, k->probe.run.text, &r->variables);
    r->body = buf_keep(&b, l->scratch);
    map_add(l->scratch, &l->probe_runs, k->kind.text, r);
    return r;
}

static void put_probe(struct lower *l, struct buf *b, const struct watched *w) {
    const struct probe_run *r = run_of(l, w->kind);
    buf_printf(b, "# %.*s: %.*s\nprobe_%.*s() {\n", STR_ARG(w->name), STR_ARG(w->kind->title.text),
               STR_ARG(variable_name(l->passing, w->name)));
    put_variables(l, b, w, w->kind->attributes.items, w->kind->attributes.n, STR(""),
                  &r->variables);
    buf_put(b, r->body);
    BUF_LIT(b, "}\n\n");
}

/* The attribute that says how often, or the resource. */
static span every_at(const struct watched *w) {
    str t = w->kind->probe.every.text;
    const struct attribute_value *v = t.n > 3 ? watched_attribute(w, str_sub(t, 2, t.n - 1)) : NULL;
    return v != NULL ? v->at : w->at;
}

/* How often a probe is due, in whole minutes: the timer's beat. */
static int64_t minutes_of(struct lower *l, const struct watched *w) {
    str text, missing;
    struct quantity q;
    uint32_t bad = 0;
    if (!given(w->kind->probe.every.at) ||
        !watched_text(l->passing, w, w->kind->probe.every.text, &text, &missing) ||
        quantity_scan(text, &q, &bad) != text.n || q.dim.time != 1)
        return 1;
    struct num m = num_div(q.value, num_int(MINUTE_S));
    if (num_is_int(m) && m.n >= 1 && m.n <= 60)
        return m.n;
    struct diag *d =
        diag_add(l->dl, DIAG_BAD_INTERVAL, every_at(w), "`%.*s` cannot be measured every %.*s",
                 STR_ARG(w->name), STR_ARG(text));
    diag_hint(
        l->dl, d,
        "The timer on the host beats once a minute: use a whole number of minutes from 1m to 60m.");
    return 1;
}

struct script {
    struct buf units, probes, runs;
    VEC(str) needs;
};

static void add_need(struct lower *l, struct script *s, str command) {
    for (uint32_t i = 0; i < s->needs.n; i++) {
        if (str_eq(s->needs.at[i], command))
            return;
    }
    VEC_PUSH(l->passing, &s->needs, command);
}

static void add_watched(struct lower *l, struct script *s, const struct watched *w) {
    put_probe(l, &s->probes, w);
    for (uint32_t i = 0; i < w->kind->probe.needs.n; i++)
        add_need(l, s, w->kind->probe.needs.items[i].text);
}

static void add_run(struct lower *l, struct script *s, const struct watched *w) {
    buf_printf(&s->runs, "run %.*s %lld probe_%.*s\n", STR_ARG(w->name),
               (long long)minutes_of(l, w), STR_ARG(variable_name(l->passing, w->name)));
}

/* "[cache.memory]=Percent" */
static void put_unit(struct buf *b, const struct probe_use *u) {
    buf_byte(b, '[');
    buf_put(b, u->watched->name);
    buf_byte(b, '.');
    buf_put(b, u->decl->name.text);
    BUF_LIT(b, "]=");
    buf_put(b, u->decl->unit.text);
    buf_byte(b, '\n');
}

static void collect(struct lower *l, struct script *s, const struct host *host) {
    VEC(const struct watched *) seen = {0};
    for (uint32_t i = 0; i < host->probes.n; i++) {
        const struct probe_use *u = host->probes.at[i];
        put_unit(&s->units, u);
        bool known = false;
        for (uint32_t k = 0; k < seen.n; k++)
            known |= seen.at[k] == u->watched;
        if (known)
            continue;
        VEC_PUSH(l->passing, &seen, u->watched);
        add_watched(l, s, u->watched);
    }
    for (uint32_t k = 0; k < seen.n; k++)
        add_run(l, s, seen.at[k]);
}

bool probe_script(struct lower *l, const struct host *host, str *ret) {
    if (host->probes.n == 0)
        return false;
    struct script s = {BUF_INIT(SCRIPT_MAX), BUF_INIT(SCRIPT_MAX), BUF_INIT(SCRIPT_MAX), {0}};
    VEC_PUSH(l->passing, &s.needs, STR("aws"));
    VEC_PUSH(l->passing, &s.needs, STR("flock"));
    collect(l, &s, host);
    struct map v = {0};
    struct buf needs = BUF_INIT(SCRIPT_MAX), out = BUF_INIT(SCRIPT_MAX);
    for (uint32_t i = 0; i < s.needs.n; i++) {
        if (i > 0)
            buf_byte(&needs, ' ');
        tmpl_shell(&needs, s.needs.at[i]);
    }
    tmpl_set(l->passing, &v, "spec", l->cfg->spec);
    tmpl_set(l->passing, &v, "host", host->watched->name);
    tmpl_set(l->passing, &v, "name", l->prefix);
    tmpl_set(l->passing, &v, "namespace", l->namespace_);
    tmpl_set(l->passing, &v, "region", l->cfg->aws.region.text);
    tmpl_set(l->passing, &v, "units", buf_keep(&s.units, l->passing));
    tmpl_set(l->passing, &v, "probes", str_trim(buf_keep(&s.probes, l->passing)));
    tmpl_set(l->passing, &v, "runs", buf_keep(&s.runs, l->passing));
    tmpl_set(l->passing, &v, "needs", buf_keep(&needs, l->passing));
    const struct embed_file *f = embed_find(STR("templates/host/publish_metrics.sh"));
    tmpl_render(&out, (str){f->data, f->size}, &v);
    *ret = buf_keep(&out, l->a);
    arena_clear(l->passing);
    return true;
}
