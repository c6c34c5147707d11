/* SPDX-License-Identifier: MIT */
#include "workflow/ci.h"

#define MINUTE_S 60
#define TEST_MINUTES 15
#define EXPRESSION "${{"

const struct cfg_texts *ci_versions(const struct ci *c, enum ci_language l) {
    const unsigned char *base = (const unsigned char *)c->cfg;
    return (const struct cfg_texts *)(const void *)(base + ci_languages[l].offset);
}

/* What is written goes to bash and to programs as it is; GitHub would put something else in. */
static bool check_expression(struct workflows *w, const struct cfg_text *t) {
    if (!str_contains(t->text, STR(EXPRESSION)))
        return true;
    struct diag *d = diag_add(w->dl, DIAG_CI_EXPRESSION, t->at,
                              "GitHub would put something else in place of `" EXPRESSION "`");
    diag_hint(w->dl, d,
              "What GitHub knows of a run is in the environment as well: `$GITHUB_REF_NAME`, "
              "`$GITHUB_SHA`.");
    return false;
}

static bool check_env(struct workflows *w, const struct cfg_pairs *env) {
    bool ok = true;
    for (uint32_t i = 0; i < env->n; i++) {
        const struct cfg_pair *p = &env->items[i];
        str name = p->key.text;
        ok &= check_expression(w, &p->value);
        bool reserved = str_starts(name, STR("GITHUB_")) || str_starts(name, STR("RUNNER_"));
        if (str_is_variable(name) && !reserved)
            continue;
        struct diag *d =
            diag_add(w->dl, DIAG_CI_VARIABLE, p->key.at,
                     reserved ? "`%.*s` is one of GitHub's own" : "`%.*s` is no name of a variable",
                     STR_ARG(name));
        diag_hint(w->dl, d,
                  reserved ? "Give it another name."
                           : "Letters, digits and `_`, the first no digit: `LOG_LEVEL`.");
        ok = false;
    }
    return ok;
}

static const struct ci_service *find_service(str name) {
    for (uint32_t i = 0; i < ci_nservices; i++) {
        if (str_is(name, ci_services[i].name))
            return &ci_services[i];
    }
    return NULL;
}

static void unknown_service(struct workflows *w, const struct cfg_text *name) {
    struct diag *d = diag_add(w->dl, DIAG_CI_UNKNOWN, name->at, "there is no service `%.*s`",
                              STR_ARG(name->text));
    struct suggest near = suggest_for(name->text);
    for (uint32_t i = 0; i < ci_nservices; i++)
        suggest_offer(&near, str_c(ci_services[i].name));
    if (diag_suggest(w->dl, d, &near))
        return;
    struct buf b = BUF_INIT(1024);
    for (uint32_t i = 0; i < ci_nservices; i++)
        buf_printf(&b, "%s`%s`", list_gap(i, ci_nservices, " and "), ci_services[i].name);
    str names = buf_keep(&b, w->a);
    diag_hint(w->dl, d, "There are %.*s.", STR_ARG(names));
}

/* The tag of an image: after the last colon that is behind the last slash; empty: none. */
static str image_tag(str image) {
    str rest = image, name = str_split(&rest, '@'), tag = {0};
    while (name.n > 0) {
        str part = str_split(&name, '/');
        tag = part;
    }
    str_split(&tag, ':');
    return tag;
}

static bool check_image(struct workflows *w, const struct cfg_pair *p) {
    if (find_service(p->key.text) == NULL) {
        unknown_service(w, &p->key);
        return false;
    }
    str image = p->value.text, tag = image_tag(image);
    bool digest = str_contains(image, STR("@sha256:"));
    if (!str_contains(image, STR(EXPRESSION)) && (digest || (tag.n > 0 && !str_is(tag, "latest"))))
        return true;
    struct diag *d = diag_add(w->dl, DIAG_CI_IMAGE, p->value.at,
                              "`%.*s` is not the same image tomorrow", STR_ARG(image));
    diag_hint(w->dl, d,
              "Write its version, best with its digest: `%.*s:1.2.3@sha256:...`. `docker buildx "
              "imagetools inspect IMAGE` shows it.",
              STR_ARG(p->key.text));
    return false;
}

static bool same_version(str a, str b, uint32_t parts) {
    for (uint32_t i = 0; i < parts; i++) {
        if (!str_eq(str_split(&a, '.'), str_split(&b, '.')))
            return false;
    }
    return true;
}

/* Whether `words` has it. */
static bool has_word(const char *words, str word) {
    str rest = str_c(words);
    while (rest.n > 0) {
        if (str_eq(str_split(&rest, ' '), word))
            return true;
    }
    return false;
}

/* Of the first server of ops.yaml that is such a service; NULL: none says its version. */
static const struct engine *engine_in_use(const struct workflows *w, const struct ci_service *s) {
    for (uint32_t e = 0; e < w->environments.n; e++) {
        const struct workflow_environment *env = &w->environments.at[e];
        for (uint32_t i = 0; i < env->nengines; i++) {
            if (has_word(s->engines, env->engines[i].name))
                return &env->engines[i];
        }
    }
    return NULL;
}

/* The image that is given, or of the version in use, or the usual one. */
static str image_of(struct workflows *w, const struct ci *c, const struct ci_service *s) {
    const struct cfg_pairs *own = &c->cfg->ci.services;
    for (uint32_t i = 0; i < own->n; i++) {
        if (str_is(own->items[i].key.text, s->name))
            return own->items[i].value.text;
    }
    const struct engine *in_use = engine_in_use(w, s);
    str rest = str_c(s->images), usual = str_split(&rest, '\n');
    if (in_use == NULL || same_version(in_use->version, image_tag(usual), s->parts))
        return usual;
    while (rest.n > 0) {
        str image = str_split(&rest, '\n');
        if (same_version(in_use->version, image_tag(image), s->parts))
            return image;
    }
    str tag = image_tag(usual), more = in_use->version;
    for (uint32_t i = 0; i < s->parts; i++)
        str_split(&more, '.');
    str series = str_sub(in_use->version, 0, in_use->version.n - more.n - (more.n > 0));
    struct diag *d = diag_add(w->dl, DIAG_CI_OTHER_VERSION, in_use->at, "tests run beside %s %.*s",
                              s->name, STR_ARG(tag));
    diag_hint(w->dl, d, "Give `ci` an image of that version: `services: { %s: \"%s:%.*s\" }`.",
              s->name, s->name, STR_ARG(series));
    return usual;
}

static bool add_service(struct workflows *w, const struct ci *c, struct ci_test *t,
                        const struct cfg_text *name) {
    const struct ci_service *s = find_service(name->text);
    if (s == NULL) {
        unknown_service(w, name);
        return false;
    }
    for (uint32_t i = 0; i < t->services.n; i++) {
        const struct ci_service *other = t->services.at[i].service;
        if (other->port != s->port)
            continue;
        struct diag *d =
            diag_add(w->dl, DIAG_CI_PORT, name->at, "`%s` and `%s` both listen on port %u",
                     other->name, s->name, (unsigned)s->port);
        diag_hint(w->dl, d, other == s ? "Name it once." : "Make two tests of it.");
        return false;
    }
    VEC_PUSH(w->a, &t->services, (struct ci_container){s, image_of(w, c, s)});
    return true;
}

static bool add_test(struct workflows *w, struct ci *c, const struct cfg_test *cfg) {
    struct ci_test t = {.cfg = cfg, .minutes = TEST_MINUTES};
    if (given(cfg->timeout.at))
        t.minutes = (num_floor(cfg->timeout.q.value) + MINUTE_S - 1) / MINUTE_S;
    bool ok = check_expression(w, &cfg->run);
    ok &= check_env(w, &cfg->env);
    for (uint32_t i = 0; i < cfg->services.n; i++)
        ok &= add_service(w, c, &t, &cfg->services.items[i]);
    VEC_PUSH(w->a, &c->tests, t);
    return ok;
}

static const struct ci_tool *find_tool(str name) {
    for (uint32_t i = 0; i < ci_ntools; i++) {
        if (str_is(name, ci_tools[i].name))
            return &ci_tools[i];
    }
    return NULL;
}

/* A word alone is the name of a tool; whatever has a space or a slash in it is a command. */
static bool is_command(str s) {
    return str_find(s, ' ') < s.n || str_find(s, '/') < s.n || str_find(s, '\n') < s.n;
}

static bool unknown_tool(struct workflows *w, const struct cfg_text *t) {
    struct diag *d =
        diag_add(w->dl, DIAG_CI_UNKNOWN, t->at, "there is no tool `%.*s`", STR_ARG(t->text));
    struct suggest near = suggest_for(t->text);
    for (uint32_t i = 0; i < ci_ntools; i++)
        suggest_offer(&near, str_c(ci_tools[i].name));
    if (!diag_suggest(w->dl, d, &near))
        diag_hint(w->dl, d,
                  "A command has arguments or a path: `make lint`, `./lint.sh`. docs/workflows.md "
                  "lists the tools.");
    return false;
}

static bool check_tool(struct workflows *w, const struct ci *c, const struct ci_tool *tool,
                       const struct cfg_text *t, bool security) {
    struct diag *d;
    if (tool->security != security) {
        d = diag_add(w->dl, DIAG_CI_UNKNOWN, t->at, "`%s` belongs under `%s`", tool->name,
                     tool->security ? "security" : "quality");
        diag_hint(w->dl, d, "Write it there.");
        return false;
    }
    if (tool->language == CI_LANGUAGES || ci_versions(c, tool->language)->n > 0)
        return true;
    const struct ci_language_row *l = &ci_languages[tool->language];
    d = diag_add(w->dl, DIAG_CI_LANGUAGE, t->at, "`%s` is a tool of %s, and `ci` has no `%s`",
                 tool->name, l->title, l->name);
    diag_hint(w->dl, d, "Say which version is used: `%s: \"...\"`.", l->name);
    return false;
}

static bool add_checks(struct workflows *w, struct ci *c, const struct cfg_texts *words,
                       bool security) {
    bool ok = true;
    for (uint32_t i = 0; i < words->n; i++) {
        const struct cfg_text *t = &words->items[i];
        struct ci_check check = {.tool = find_tool(t->text), .command = t->text};
        for (uint32_t k = 0; k < i; k++) {
            if (!str_eq(words->items[k].text, t->text))
                continue;
            struct diag *d = diag_add(w->dl, DIAG_BAD_VALUE, t->at, "it is named twice");
            diag_hint(w->dl, d, "Name each tool once.");
            ok = false;
            break;
        }
        if (check.tool != NULL)
            ok &= check_tool(w, c, check.tool, t, security);
        else if (is_command(t->text))
            ok &= check_expression(w, t);
        else
            ok = unknown_tool(w, t);
        if (check.tool != NULL && check.tool->command == NULL)
            continue; /* a job of its own */
        if (security)
            VEC_PUSH(w->a, &c->security, check);
        else
            VEC_PUSH(w->a, &c->quality, check);
    }
    return ok;
}

bool ci_is_empty(const struct ci *c) {
    return c->tests.n == 0 && c->quality.n == 0 && !c->review;
}

/* With `opsc` alone it is for ops.yml. */
static bool check_empty(struct workflows *w, const struct ci *c) {
    if (!ci_is_empty(c) || given(c->cfg->ci.opsc.at))
        return true;
    struct diag *d = diag_add(w->dl, DIAG_BAD_VALUE, c->cfg->ci.at, "`ci` checks nothing");
    diag_hint(w->dl, d, "Add `tests: { unit: pytest }`, `quality` or `security`.");
    return false;
}

bool ci_bind(struct workflows *w, const struct config *cfg, struct ci *ret) {
    struct ci c = {.cfg = cfg, .review = cfg->ci.security.n > 0};
    bool ok = check_env(w, &cfg->ci.env);
    for (uint32_t i = 0; i < cfg->ci.services.n; i++)
        ok &= check_image(w, &cfg->ci.services.items[i]);
    for (uint32_t i = 0; i < cfg->ci.install.n; i++)
        ok &= check_expression(w, &cfg->ci.install.items[i]);
    for (uint32_t i = 0; i < cfg->ci.tests.n; i++)
        ok &= add_test(w, &c, &cfg->ci.tests.items[i]);
    ok &= add_checks(w, &c, &cfg->ci.quality, false);
    ok &= add_checks(w, &c, &cfg->ci.security, true);
    ok = ok && check_empty(w, &c);
    *ret = c;
    return ok;
}
