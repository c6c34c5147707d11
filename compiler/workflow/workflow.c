/* SPDX-License-Identifier: MIT */
#include "workflow/workflow.h"

#include "workflow/ci.h"
#include "workflow/deploy.h"
#include "workflow/workflow_ops.h"

const struct workflow_environment *workflow_find(const struct workflows *w, str name) {
    for (uint32_t i = 0; i < w->environments.n; i++) {
        if (str_eq(w->environments.at[i].name, name))
            return &w->environments.at[i];
    }
    return NULL;
}

static void after_problem(struct workflows *w, const struct workflow_environment *e,
                          const char *what, const char *hint) {
    const struct cfg_text *after = &e->delivery->cfg->after;
    struct diag *d =
        diag_add(w->dl, DIAG_DEPLOY_AFTER, after->at, "`%.*s` cannot be deployed after `%.*s`: %s",
                 STR_ARG(e->name), STR_ARG(after->text), what);
    diag_hint(w->dl, d, "%s", hint);
}

static bool has_reader(const struct delivery *d, str account) {
    for (uint32_t i = 0; i < d->cfg->ecr.readers.n; i++) {
        if (str_eq(d->cfg->ecr.readers.items[i].text, account))
            return true;
    }
    return false;
}

/* Hosts of `e` get the image from where `first` puts it. */
static void check_registry(struct workflows *w, const struct workflow_environment *e,
                           const struct workflow_environment *first) {
    const struct delivery *a = e->delivery, *b = first->delivery;
    struct diag *d;
    if (!str_eq(a->registry, b->registry)) {
        d = diag_add(w->dl, DIAG_DEPLOY_REGISTRY, a->cfg->registry.at,
                     "`%.*s` gets its image from %.*s, and `%.*s` puts it into %.*s",
                     STR_ARG(e->name), STR_ARG(a->registry), STR_ARG(first->name),
                     STR_ARG(b->registry));
        diag_hint(w->dl, d, "Say for both where it is: `ecr: { account: \"%.*s\", region: %.*s }`.",
                  STR_ARG(b->registry_account), STR_ARG(b->registry_region));
    } else if (b->makes_repository && !str_eq(a->account, b->registry_account) &&
               !has_reader(b, a->account)) {
        d = diag_add(w->dl, DIAG_DEPLOY_REGISTRY, b->cfg->registry.at,
                     "the hosts of `%.*s`, in the account %.*s, may not get the image that `%.*s` "
                     "makes in %.*s",
                     STR_ARG(e->name), STR_ARG(a->account), STR_ARG(first->name),
                     STR_ARG(b->registry_account));
        diag_hint(w->dl, d, "Add to `ecr`: `readers: [\"%.*s\"]`.", STR_ARG(a->account));
    }
}

/* The same image goes on: it was built once, for the branch of the first. */
static void check_after(struct workflows *w, const struct workflow_environment *e) {
    const struct workflow_environment *at = e;
    for (uint32_t steps = 0; at->delivery != NULL && given(at->delivery->cfg->after.at); steps++) {
        const struct workflow_environment *before = workflow_find(w, at->delivery->cfg->after.text);
        if (steps > w->environments.n || before == e) {
            after_problem(w, e, "they wait for each other", "Let one of them be the first.");
            return;
        }
        if (before == NULL && at != e)
            return; /* told of that one */
        if (before == NULL || before->delivery == NULL) {
            after_problem(w, e, "it deploys nothing, or is not there",
                          "Name an environment of this file that has a `deploy`.");
            return;
        }
        at = before;
    }
    const struct delivery *a = e->delivery, *b = at->delivery;
    if (!str_eq(a->branch, b->branch))
        after_problem(w, e, "they have different branches",
                      "What is tried in one and goes on to the next is one image of one branch.");
    else if (!str_eq(a->image, b->image) || a->cfg->registry.value != b->cfg->registry.value)
        after_problem(w, e, "they have different images",
                      "Give both the same `image` and `registry`: the image is built once.");
    else if (a->arm != b->arm)
        after_problem(w, e, "they have different processors",
                      "The image is built once: give the hosts of both a `type` with Arm, or with "
                      "x86.");
    else
        check_registry(w, e, at);
}

void workflow_files(struct workflows *w, struct output *out) {
    for (uint32_t i = 0; i < w->environments.n; i++) {
        const struct workflow_environment *e = &w->environments.at[i];
        if (e->delivery != NULL && given(e->delivery->cfg->after.at))
            check_after(w, e);
    }
    struct ci_file ci = workflow_ci(w, out);
    workflow_deploy(w, out, &ci);
    workflow_ops(w, out);
}
