/* SPDX-License-Identifier: MIT */
#include "lower/deploy_parts.h"
#include "lower/host.h"

/* "Command document plugin reference": the longest that aws:runShellScript takes. */
#define TIMEOUT_MAX_S 172800
#define SPARE_S 600 /* who waits for it gives up before */

/*
 * Each has the form that Systems Manager lets through (SendCommand compares), no character of which
 * means anything to a shell; scripts look again. The agent hands them over as variables, SSM_Action
 * and so on; older ones than 3.3.2746 write them into the text (Systems Manager User Guide,
 * "Troubleshooting parameter handling issues").
 */
struct parameter {
    const char *name, *doc, *pattern;
    const char *words; /* the only values; NULL: any of that form */
};
static const struct parameter parameters[] = {
    {"Action", "What to do.", NULL, "deploy rollback health watch status releases"},
    {"Image", "deploy: the image, by its digest.",
     "^(|([A-Za-z0-9][A-Za-z0-9._/:-]{0,400}@)?sha256:[0-9a-f]{64})$", NULL},
    {"Release", "deploy, rollback, health: the release, a commit.",
     "^(|[A-Za-z0-9][A-Za-z0-9._-]{0,127})$", NULL},
    {"Since", "watch: from when on, in seconds since 1970.", "^(|[0-9]{1,12})$", NULL},
};

/* As ssh_command.sh has it; root needs no sudo. */
static const char *const script[] = {
    "case \"${SSM_Action}\" in",
    "  deploy) set -- deploy.sh \"${SSM_Release}\" \"${SSM_Image##*@}\" ;;",
    "  rollback) set -- rollback.sh ${SSM_Release:+\"${SSM_Release}\"} ;;",
    "  health) set -- health_check.sh ${SSM_Release:+--release \"${SSM_Release}\"} ;;",
    "  watch) set -- watch_alarms.sh ${SSM_Since:+--since \"${SSM_Since}\"} ;;",
    "  status) set -- deploy.sh --status ;;",
    "  releases) set -- rollback.sh --list ;;",
    "  *) exit 64 ;;",
    "esac",
    "program=\"${folder}/$1\"",
    "shift",
    "exec \"${program}\" \"$@\"",
};

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static struct value *text(struct lower *l, str s) {
    return value_str(l->a, s, l->deploy->at);
}

static void set(struct lower *l, struct value *map, const char *key, const char *value) {
    value_set(map, str_c(key), text(l, str_c(value)));
}

static struct value *list_of(struct lower *l, str words) {
    struct value *v = value_list(l->a, VALUE_LIST, words.n, l->deploy->at);
    while (words.n > 0)
        value_push(v, text(l, str_split(&words, ' ')));
    return v;
}

static struct value *parameter(struct lower *l, const struct parameter *p) {
    struct value *v = value_map(l->a, 6, l->deploy->at);
    set(l, v, "type", "String");
    set(l, v, "description", p->doc);
    set(l, v, "interpolationType", "ENV_VAR");
    if (p->words != NULL) {
        value_set(v, STR("allowedValues"), list_of(l, str_c(p->words)));
        return v;
    }
    set(l, v, "default", "");
    set(l, v, "allowedPattern", p->pattern);
    return v;
}

static struct value *lines(struct lower *l) {
    size_t n = COUNT(script) + COUNT(parameters) + 4;
    struct value *v = value_list(l->a, VALUE_LIST, (uint32_t)n, l->deploy->at);
    value_push(v, text(l, STR("set -eu")));
    value_push(v, text(l, STR("export PATH=" HOST_PATH)));
    value_push(v, text(l, arena_cat(l->a, STR("folder=/usr/local/lib/opsc/"), l->prefix)));
    for (size_t i = 0; i < COUNT(parameters); i++) {
        const char *p = parameters[i].name;
        value_push(
            v, text(l, arena_printf(l->a, "if [ -z \"${SSM_%s+x}\" ]; then SSM_%s='{{ %s }}'; fi",
                                    p, p, p)));
    }
    for (size_t i = 0; i < COUNT(script); i++)
        value_push(v, text(l, str_c(script[i])));
    return v;
}

static int64_t timeout_s(const struct deploy *d) {
    int64_t host = deploy_host_s(d), s = (host > d->watch_s ? host : d->watch_s) + SPARE_S;
    return s < TIMEOUT_MAX_S ? s : TIMEOUT_MAX_S;
}

static struct value *steps(struct lower *l) {
    span at = l->deploy->at;
    struct value *list = value_list(l->a, VALUE_LIST, 1, at), *step = value_map(l->a, 4, at);
    struct value *inputs = value_map(l->a, 2, at), *when = value_map(l->a, 1, at);
    value_set(when, STR("StringEquals"), list_of(l, STR("platformType Linux")));
    value_set(inputs, STR("timeoutSeconds"),
              text(l, arena_printf(l->a, "%lld", (long long)timeout_s(l->deploy))));
    value_set(inputs, STR("runCommand"), lines(l));
    set(l, step, "action", "aws:runShellScript");
    set(l, step, "name", "run");
    value_set(step, STR("precondition"), when);
    value_set(step, STR("inputs"), inputs);
    value_push(list, step);
    return list;
}

struct node *deploy_document(struct lower *l) {
    const struct deploy *d = l->deploy;
    struct value *content = value_map(l->a, 4, d->at);
    struct value *all = value_map(l->a, COUNT(parameters), d->at);
    for (size_t i = 0; i < COUNT(parameters); i++)
        value_set(all, str_c(parameters[i].name), parameter(l, &parameters[i]));
    set(l, content, "schemaVersion", "2.2");
    value_set(content, STR("description"),
              text(l, arena_printf(l->a, "Releases of %.*s in %.*s", STR_ARG(d->app->name),
                                   STR_ARG(l->namespace_))));
    value_set(content, STR("parameters"), all);
    value_set(content, STR("mainSteps"), steps(l));
    struct node *n = deploy_node(l, &resource_ssm_document, STR("deploy"), deploy_role(l, d));
    node_set(n, "name", text(l, n->name));
    node_set(n, "document_type", text(l, STR("Command")));
    node_set(n, "document_format", text(l, STR("JSON")));
    node_set(n, "target_type", text(l, STR("/AWS::EC2::Instance")));
    node_set(n, "content", value_json(l->a, content, d->at));
    deploy_output(l, "deploy_document_name", "The Systems Manager document that hosts are told by.",
                  value_ref(l->a, n, "name", d->at));
    return n;
}
