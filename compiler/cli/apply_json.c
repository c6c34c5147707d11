/* SPDX-License-Identifier: MIT */
/* docs/reference/apply.schema.json: a stable contract */
#include "base/json.h"
#include "cli/apply_parts.h"
#include "resource/resource.h"

#define TEXT_MAX (256u << 20)

static const char *const actions[STEP_ACTIONS] = {[STEP_CREATE] = "create",
                                                  [STEP_CHANGE] = "change",
                                                  [STEP_REPLACE] = "replace",
                                                  [STEP_DELETE] = "delete"};

static const char *status_of(const struct step *s) {
    return s->state == STEP_DONE     ? "done"
           : s->state == STEP_SAME   ? "same"
           : s->state == STEP_FAILED ? "failed"
                                     : "not_begun";
}

static void put_text(struct json *j, const char *key, str text) {
    if (text.n > 0)
        json_kstr(j, key, text);
}

static void put_node(struct json *j, struct apply_run *a, enum step_action action,
                     const struct node *want, const struct node *have) {
    const struct node *n = want != NULL ? want : have;
    json_kstr(j, "action", str_c(actions[action]));
    json_kstr(j, "kind", str_c(n->kind->tf));
    json_kstr(j, "name", report_name(n));
    if (want != NULL) {
        json_kstr(j, "path", want->path);
        put_text(j, "at", apply_place(a, want));
    }
    if (n->region == GRAPH_REGION_GLOBAL)
        json_kstr(j, "region", STR(GRAPH_GLOBAL_NAME));
}

static void put_error(struct json *j, const struct step *s) {
    const struct aws_error *e = &s->error;
    json_key(j, STR("error"));
    json_object_begin(j);
    if (s->operation != NULL) {
        json_key(j, STR("operation"));
        json_str_open(j);
        json_str_piece(j, str_c(s->service));
        json_str_piece(j, STR(":"));
        json_str_piece(j, str_c(s->operation));
        json_str_close(j);
    }
    put_text(j, "code", e->code);
    json_kstr(j, "message", e->message);
    put_text(j, "request_id", e->request_id);
    json_kbool(j, "maybe_done", e->maybe_done);
    json_object_end(j);
}

static void put_step(struct json *j, struct apply_run *a, const struct step *s) {
    json_object_begin(j);
    put_node(j, a, s->action, s->want, s->have);
    json_kstr(j, "status", str_c(status_of(s)));
    json_kint(j, "calls", s->calls);
    if (s->state == STEP_FAILED)
        put_error(j, s);
    if (s->because != NULL)
        json_kstr(j, "waits_for",
                  report_name(s->because->want != NULL ? s->because->want : s->because->have));
    json_object_end(j);
}

static void put_steps(struct json *j, struct apply_run *a) {
    json_key(j, STR("steps"));
    json_array_begin(j);
    for (uint32_t i = 0; i < a->ended.n; i++)
        put_step(j, a, a->ended.at[i]);
    for (uint32_t i = 0; i < a->steps.items.n && a->ended.n == 0; i++)
        put_step(j, a, a->steps.items.at[i]);
    json_array_end(j);
}

static void put_refused(struct json *j, struct apply_run *a) {
    json_key(j, STR("refused"));
    json_array_begin(j);
    for (uint32_t i = 0; i < a->steps.refused.n; i++) {
        const struct step_refusal *f = &a->steps.refused.at[i];
        json_object_begin(j);
        put_node(j, a, f->action, f->want, f->have);
        json_kstr(j, "why", str_c(f->why));
        put_text(j, "option", str_c(f->flag));
        if (f->held.by != NULL)
            json_kstr(j, "held_by", report_name(f->held.by));
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_sums(struct json *j, const struct apply_run *a) {
    json_key(j, STR("sums"));
    json_object_begin(j);
    for (int i = 0; i < STEP_ACTIONS; i++)
        json_kint(j, apply_done[i], a->sums[i]);
    json_kint(j, "failed", a->all.failed);
    json_kint(j, "not_begun", a->ended.n == 0 ? a->steps.items.n : a->all.left);
    json_kint(j, "refused", a->steps.refused.n);
    json_kint(j, "calls", a->all.calls);
    json_object_end(j);
}

enum cli_exit apply_put_json(struct apply_run *a, enum cli_exit status) {
    struct buf b = BUF_INIT(TEXT_MAX);
    struct json j = json_to(&b, 2);
    json_object_begin(&j);
    json_kint(&j, "version", 1);
    json_kstr(&j, "command", str_c(a->c->command->name));
    put_text(&j, "environment", a->r.of->environment);
    json_kstr(&j, "account", a->r.live.account);
    json_kstr(&j, "region", a->r.of->region);
    json_kint(&j, "exit_status", status);
    put_sums(&j, a);
    put_steps(&j, a);
    put_refused(&j, a);
    json_key(&j, STR("next"));
    json_array_begin(&j);
    for (uint32_t i = 0; i < a->next.items.n; i++)
        json_str(&j, a->next.items.at[i]);
    json_array_end(&j);
    json_object_end(&j);
    BUF_LIT(&b, "\n");
    enum cli_exit printed = cli_print(&b);
    buf_done(&b);
    return printed != CLI_OK ? printed : status;
}
