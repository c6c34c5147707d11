/* SPDX-License-Identifier: MIT */
/* The page of an alarm. */
#include "runbook/command.h"
#include "runbook/pages.h"

/* What is shown of a log without saved queries. */
#define USUAL_QUERY "fields @timestamp, @message | sort @timestamp desc | limit 50"

static void set_severity(struct pages *p, struct map *v, enum cfg_severity severity) {
    pages_flag(p, v, "info", severity == CFG_INFO);
    pages_flag(p, v, "warning", severity == CFG_WARNING);
    pages_flag(p, v, "critical", severity == CFG_CRITICAL);
}

/* "{ InstanceId=i-0123 }", for people. */
static str dimensions_text(struct pages *p, const struct runbook_query *q) {
    struct buf b = BUF_INIT(1u << 20);
    for (uint32_t i = 0; i < q->ndimensions; i++) {
        const struct runbook_dimension *d = &q->dimensions[i];
        buf_printf(&b, "%s%.*s=", i > 0 ? ", " : "", STR_ARG(d->name));
        buf_text(&b, d->variable.n > 0 ? "$" : "");
        buf_put(&b, d->variable.n > 0 ? d->variable : d->value);
    }
    return buf_keep(&b, p->page);
}

static void set_measured(struct pages *p, struct map *v, const struct runbook_alarm *al) {
    struct map *items = ARENA_ARRAY(p->page, struct map, al->nqueries + 1);
    uint32_t n = 0;
    str math = STR("");
    for (uint32_t i = 0; i < al->nqueries; i++) {
        const struct runbook_query *q = &al->queries[i];
        if (str_is(q->id, "e1"))
            math = q->expression;
        if (q->expression.n > 0)
            continue;
        pages_set(p, &items[n], "id", q->id);
        pages_set(p, &items[n], "what", q->label);
        pages_set(p, &items[n], "stat", q->stat);
        pages_set(p, &items[n], "namespace", q->namespace_);
        pages_set(p, &items[n], "metric", q->metric);
        pages_set(p, &items[n], "dimensions", dimensions_text(p, q));
        pages_set(p, &items[n], "every", q->every);
        n++;
    }
    tmpl_set_list(p->page, v, "measured", items, n);
    pages_set(p, v, "math", math);
}

static void set_condition(struct pages *p, struct map *v, const struct runbook_alarm *al) {
    static const char *const names[] = {
        [RUNBOOK_ABOVE] = "above",           [RUNBOOK_AT_LEAST] = "at_least",
        [RUNBOOK_BELOW] = "below",           [RUNBOOK_AT_MOST] = "at_most",
        [RUNBOOK_OUTSIDE] = "outside",       [RUNBOOK_ABOVE_BAND] = "above_band",
        [RUNBOOK_BELOW_BAND] = "below_band", [RUNBOOK_HOLDS] = "holds"};
    static const char *const missing[] = {"breaching", "notBreaching", "ignore", "missing"};
    pages_flag(p, v, "metric_alarm", al->nqueries > 0);
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        pages_flag(p, v, names[i], al->nqueries > 0 && al->comparison == i);
    for (unsigned i = 0; i < sizeof missing / sizeof *missing; i++)
        pages_flag(p, v, missing[i], al->missing != NULL && strcmp(al->missing, missing[i]) == 0);
    pages_set(p, v, "threshold", al->threshold);
    pages_set(p, v, "threshold_raw", al->threshold_raw);
    pages_set(p, v, "unit", al->unit);
    pages_set(p, v, "band", al->band);
    pages_set(p, v, "evaluation", al->evaluation);
    set_measured(p, v, al);
    pages_texts(p, v, "parts", "part", &al->parts);
    pages_set(p, v, "suppressor", al->suppressor);
    pages_set(p, v, "wait", al->wait);
    pages_set(p, v, "extend", al->extend);
    pages_flag(p, v, "quiet", al->quiet);
}

static void set_log(struct pages *p, struct map *v, const struct runbook_alarm *al) {
    const struct runbook_log *log = al->log;
    bool saved = log != NULL && log->queries->n > 0;
    str query = saved ? log->queries->items[0].value.text : STR(USUAL_QUERY);
    struct runbook_texts others = {0};
    pages_set(p, v, "log", log != NULL ? log->group : STR(""));
    pages_set(p, v, "saved",
              saved ? arena_cat3(p->page, log->folder, STR("/"), log->queries->items[0].key.text)
                    : STR(""));
    pages_set(p, v, "logs_command",
              log != NULL ? command_logs(p->page, log, query, p->r->region) : STR(""));
    if (saved)
        others.items = ARENA_ARRAY(p->page, str, log->queries->n);
    for (uint32_t i = 1; saved && i < log->queries->n; i++)
        others.items[others.n++] =
            arena_cat3(p->page, log->folder, STR("/"), log->queries->items[i].key.text);
    pages_texts(p, v, "other_queries", "query", &others);
    pages_flag(p, v, "has_other_queries", others.n > 0);
}

static void set_look(struct pages *p, struct map *v, const struct runbook_alarm *al) {
    pages_set(p, v, "console", command_console_alarm(p->page, p->r, al));
    pages_set(p, v, "dashboard", al->dashboard);
    pages_set(p, v, "dashboard_url", command_console_dashboard(p->page, p->r, al->dashboard));
    pages_set(p, v, "history_command",
              command_alarm(p->page, al, "describe-alarm-history", "--alarm-name",
                            " --history-item-type StateUpdate --max-items 5"));
    pages_set(p, v, "data_command", command_data(p->page, al));
    pages_set(p, v, "parts_command", al->composite ? command_parts(p->page, p->r, al) : STR(""));
    set_log(p, v, al);
}

static void set_commands(struct pages *p, struct map *v, const struct runbook_alarm *al) {
    struct arena *a = p->page;
    pages_set(p, v, "disable_command",
              command_alarm(a, al, "disable-alarm-actions", "--alarm-names", ""));
    pages_set(p, v, "enable_command",
              command_alarm(a, al, "enable-alarm-actions", "--alarm-names", ""));
    pages_set(p, v, "test_command",
              command_alarm(a, al, "set-alarm-state", "--alarm-name",
                            " --state-value ALARM --state-reason test"));
    pages_set(p, v, "end_test_command",
              command_alarm(a, al, "set-alarm-state", "--alarm-name",
                            " --state-value OK --state-reason test"));
}

static void set_receivers(struct pages *p, struct map *v, const struct runbook_alarm *al) {
    struct map *items = ARENA_ARRAY(p->page, struct map, al->nreceivers + 1);
    for (uint32_t i = 0; i < al->nreceivers; i++)
        pages_receiver(p, &items[i], al->receivers[i]);
    tmpl_set_list(p->page, v, "receivers", items, al->nreceivers);
    pages_flag(p, v, "nobody", al->nreceivers == 0);
}

static void set_texts(struct pages *p, struct map *v, const struct runbook_alarm *al) {
    pages_set(p, v, "meaning", al->meaning);
    pages_texts(p, v, "causes", "cause", &al->causes);
    pages_flag(p, v, "has_causes", al->causes.n > 0);
    pages_texts(p, v, "actions", "action", &al->actions);
    pages_flag(p, v, "restore", al->restore);
    pages_flag(p, v, "rollback", al->rollback);
    pages_flag(p, v, "rotation", al->rotation);
    pages_flag(p, v, "cost", al->cost);
    pages_set(p, v, "page", al->page);
    bool address = str_starts(al->page, STR("https://")) || str_starts(al->page, STR("http://"));
    pages_flag(p, v, "page_is_address", address);
}

void pages_alarm(struct pages *p, const struct runbook_alarm *al, str text) {
    struct map v = {0};
    pages_common(p, &v);
    pages_set(p, &v, "name", al->name);
    pages_set(p, &v, "aws_name", al->aws_name);
    pages_set(p, &v, "region", al->region);
    pages_set(p, &v, "condition", al->condition);
    pages_set(p, &v, "resource", al->resource);
    pages_set(p, &v, "title", al->title);
    pages_set(p, &v, "file", al->file);
    pages_set(p, &v, "path", al->path);
    pages_set(p, &v, "recommended", al->recommended);
    pages_set(p, &v, "override", al->override);
    pages_flag(p, &v, "composite", al->composite);
    set_severity(p, &v, al->severity);
    set_condition(p, &v, al);
    set_look(p, &v, al);
    set_texts(p, &v, al);
    set_commands(p, &v, al);
    set_receivers(p, &v, al);
    pages_add(p, al->name, text, &v);
}
