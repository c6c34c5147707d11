/* SPDX-License-Identifier: MIT */
#include "base/embed.h"
#include "base/zip.h"
#include "lower/account.h"
#include "lower/free_tier.h"
#include "lower/function.h"
#include "lower/prices.h"
#include "lower/secrets.h"
#include "tmpl/tmpl.h"

#define ARCHIVE_MAX (16u << 20)
#define CHECKER_SECONDS 60
#define CODE_MAX (1u << 18)

static struct value *text(struct lower *l, str s, span at) {
    return value_str(l->a, s, at);
}

static struct node *add(struct lower *l, const struct resource_kind *kind, const struct secret *s) {
    struct node *n = graph_add(l->graph, kind, s->cfg->name.text, s->at);
    n->module = STR(SECRETS_MODULE);
    n->path = arena_cat(l->a, STR("secrets.items."), s->cfg->name.text);
    n->name = s->name;
    return n;
}

/*
 * Without a description: changing it, Terraform would send the value as well, which it does not
 * have.
 */
static struct node *parameter(struct lower *l, const struct secret *s) {
    const struct cfg_text *key = &l->cfg->secrets.kms_key;
    struct node *n = add(l, &resource_ssm_parameter, s);
    node_set(n, "name", text(l, s->name, s->at));
    node_set(n, "type", text(l, STR("SecureString"), s->at));
    if (given(key->at))
        node_set(n, "key_id", text(l, key->text, key->at));
    node_set(n, "value_wo", text(l, STR(SECRET_UNSET), s->at));
    node_set(n, "value_wo_version", value_int(l->a, 1, s->at));
    return n;
}

static struct node *manager_secret(struct lower *l, const struct secret *s) {
    const struct cfg_text *key = &l->cfg->secrets.kms_key;
    struct node *n = add(l, &resource_secret, s);
    node_set(n, "name", text(l, s->name, s->at));
    if (given(key->at))
        node_set(n, "kms_key_id", text(l, key->text, key->at));
    return n;
}

struct node *secret_instance(struct lower *l, const char *module, const struct watched *of) {
    str key = arena_printf(l->a, "%s.%.*s", module, STR_ARG(of->name));
    struct node *n = map_get(&l->data_nodes, key);
    if (n != NULL)
        return n;
    n = graph_add(l->graph, &resource_data_db_instance,
                  str_is(str_c(module), SECRETS_MODULE)
                      ? of->name
                      : arena_printf(l->a, "%s-%.*s", module, STR_ARG(of->name)),
                  of->at);
    n->module = str_c(module);
    n->data = true;
    n->path = of->path;
    const struct attribute_value *id = watched_attribute(of, STR("id"));
    node_set(n, "db_instance_identifier", text(l, id->text.text, id->at));
    map_add(l->a, &l->data_nodes, key, n);
    return n;
}

struct value *secret_id(struct lower *l, const struct secret *s) {
    if (s->by == SECRET_BY_RDS)
        return value_ref(l->a, secret_instance(l, SECRETS_MODULE, s->of),
                         "master_user_secret[0].secret_arn", s->at);
    return value_ref(l->a, s->node, secret_in_parameters(s) ? "name" : "arn", s->at);
}

bool secret_in_parameters(const struct secret *s) {
    return s->by != SECRET_BY_RDS && s->node->kind == &resource_ssm_parameter;
}

static void explain(struct lower *l, const struct secret *s) {
    bool rds = s->by == SECRET_BY_RDS, parameter = secret_in_parameters(s);
    str price = STR("no charge for a standard parameter");
    if (!parameter)
        price = arena_printf(l->a, "%.*s a month, and %.*s for 10,000 calls",
                             STR_ARG(lower_price_text(l, "secretsmanager.secret", 1)),
                             STR_ARG(lower_price_text(l, "secretsmanager.api", 10000)));
    lower_explain(l, "%.*s: %s%.*s in %s; %.*s; overdue after %lld days",
                  STR_ARG(s->cfg->name.text), rds ? "master password of " : "",
                  STR_ARG(rds ? s->of->name : s->name),
                  parameter ? "Parameter Store" : "Secrets Manager", STR_ARG(price),
                  (long long)(s->max_age_s / DAY_S));
}

static void output(struct lower *l, const struct secret *s) {
    if (s->node == NULL)
        return;
    VEC_PUSH(
        l->a, &l->graph->outputs,
        (struct graph_output){.module = STR(SECRETS_MODULE),
                              .name = arena_printf(l->a, "secret_%.*s", STR_ARG(s->node->label)),
                              .doc = arena_printf(l->a, "ARN of %.*s.", STR_ARG(s->cfg->name.text)),
                              .is = value_ref(l->a, s->node, "arn", s->at),
                              .root = true});
}

static void put_number(struct lower *l, struct value *map, const char *key, int64_t n, span at) {
    value_set(map, str_c(key), value_int(l->a, n, at));
}

/* What is watched for its age: the items, and resources of kind secret. */
struct checked {
    struct lower *l;
    struct value *items;   /* for the event */
    struct value *secrets; /* ARNs in Secrets Manager */
    bool parameters;       /* some are in Parameter Store */
    const struct watched *first;
};

static void check_one(struct checked *c, const struct watched *w, struct value *id, bool made) {
    struct lower *l = c->l;
    struct value *m = value_map(l->a, 5, w->at);
    str store = watched_attribute(w, STR("store"))->text.text;
    value_set(m, STR("id"), id);
    if (made)
        value_set(m, STR("made"), value_bool(l->a, true, w->at));
    put_number(l, m, "max_age_s", num_floor(watched_attribute(w, STR("max_age"))->quantity.value),
               w->at);
    value_set(m, STR("name"), text(l, w->name, w->at));
    value_set(m, STR("store"), text(l, store, w->at));
    if (free_tier_has_job_metric(l, w, kind_metric(w->kind, STR("age"))))
        value_push(c->items, m);
    c->parameters |= str_is(store, "parameter-store");
    c->first = c->first == NULL ? w : c->first;
}

/* The ARN of a secret that is not ours, without the six characters that AWS adds to it. */
static struct value *foreign_arn(struct lower *l, str name, span at) {
    return value_str(l->a,
                     arena_printf(l->a, "arn:%.*s:secretsmanager:%.*s:*:secret:%.*s-??????",
                                  STR_ARG(account_partition(l)), STR_ARG(l->cfg->aws.region.text),
                                  STR_ARG(name)),
                     at);
}

static void gather(struct checked *c) {
    struct lower *l = c->l;
    struct map ours = {0};
    for (uint32_t i = 0; i < l->secrets.n; i++)
        map_add(l->a, &ours, l->secrets.at[i]->watched->name, l->secrets.at[i]);
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        if (w->broken || !str_is(w->kind->kind.text, "secret"))
            continue;
        const struct secret *s = map_get(&ours, w->name);
        const struct attribute_value *id = watched_attribute(w, STR("id"));
        bool manager = str_is(watched_attribute(w, STR("store"))->text.text, "secrets-manager");
        struct value *named = s != NULL ? secret_id(l, s) : text(l, id->text.text, id->at);
        if (manager)
            value_push(c->secrets, s != NULL ? named : foreign_arn(l, id->text.text, id->at));
        check_one(c, w, named, s != NULL && s->by != SECRET_BY_RDS && !manager);
    }
}

static bool rotates(const struct lower *l) {
    for (uint32_t i = 0; i < l->secrets.n; i++) {
        if (l->secrets.at[i]->by == SECRET_BY_LAMBDA)
            return true;
    }
    return false;
}

/* A file of the functions, with the words that Terraform's part has too. */
static str code(struct lower *l, const char *name) {
    const struct embed_file *f = embed_find(arena_printf(l->a, "templates/secrets/%s", name));
    struct map v = {0};
    tmpl_set(l->a, &v, "words", STR("TWIN = \"" SECRET_TWIN "\"\nUNSET = \"" SECRET_UNSET "\"\n"));
    struct buf b = BUF_INIT(CODE_MAX);
    tmpl_render(&b, (str){f->data, f->size}, &v);
    return buf_keep(&b, l->a);
}

/* The code of the functions: one archive, so that a change is one hash. */
static void add_archive(struct lower *l, span at) {
    static const char *const names[] = {"age.py",   "accounts.py",   "lambda.py",    "manager.py",
                                        "mysql.py", "parameters.py", "passwords.py", "postgres.py",
                                        "scram.py", "stores.py",     "wire.py"};
    struct zip_file files[sizeof names / sizeof *names + 1];
    uint32_t n = rotates(l) ? sizeof names / sizeof *names : 1;
    for (uint32_t i = 0; i < n; i++) {
        files[i] = (struct zip_file){str_c(names[i]), code(l, names[i])};
        str path = arena_printf(l->a, "terraform/modules/" SECRETS_MODULE "/%s", names[i]);
        VEC_PUSH(l->a, &l->graph->files, (struct graph_file){path, files[i].text, false, at});
    }
    if (n > 1 && l->secrets_ca.n > 0)
        files[n++] = (struct zip_file){STR(ROTATION_CA), l->secrets_ca};
    struct buf b = BUF_INIT(ARCHIVE_MAX);
    zip_write(&b, files, n);
    VEC_PUSH(l->a, &l->graph->files,
             (struct graph_file){STR("terraform/modules/" SECRETS_MODULE "/" SECRETS_ARCHIVE),
                                 buf_keep(&b, l->a), false, at});
}

static void add_checker(struct lower *l, const struct checked *c) {
    span at = c->first->at;
    struct policy p;
    policy_begin(&p, l, at);
    /* It lists, and lists have no resources; nothing but names and dates is in them. */
    if (c->parameters)
        policy_allow(&p, "SeeParameters", "ssm:DescribeParameters", text(l, STR("*"), at), NULL);
    if (c->secrets->list.n > 0)
        policy_allow(&p, "SeeSecrets", "secretsmanager:ListSecretVersionIds", c->secrets, NULL);
    policy_allow(&p, "PublishAges", "cloudwatch:PutMetricData", text(l, STR("*"), at),
                 policy_condition(l, "StringEquals", "cloudwatch:namespace",
                                  text(l, l->namespace_, at), at));
    struct function f = {.module = STR(SECRETS_MODULE),
                         .label = STR(SECRETS_AGE),
                         .path = STR("secrets"),
                         .description = STR("Publishes the ages of secrets; reads none of them"),
                         .archive = STR(SECRETS_ARCHIVE),
                         .handler = "age.handler",
                         .timeout_s = CHECKER_SECONDS,
                         .at = at};
    struct node *fn = function_add(l, &f, &p);
    struct value *event = value_map(l->a, 2, at);
    value_set(event, STR("items"), c->items);
    value_set(event, STR("namespace"), text(l, l->namespace_, at));
    function_schedule(l, &f, fn, "rate(6 hours)", event);
}

void lower_secret_nodes(struct lower *l) {
    lower_explain_title(l, "secrets");
    bool manager = l->cfg->secrets.store.value == CFG_STORE_SECRETS_MANAGER;
    for (uint32_t i = 0; i < l->secrets.n; i++) {
        struct secret *s = l->secrets.at[i];
        if (s->by != SECRET_BY_RDS)
            s->node = manager ? manager_secret(l, s) : parameter(l, s);
        explain(l, s);
        output(l, s);
    }
    struct checked c = {.l = l};
    c.items = value_list(l->a, VALUE_LIST, l->watched.n, l->cfg->at);
    c.secrets = value_list(l->a, VALUE_LIST, l->watched.n, l->cfg->at);
    gather(&c);
    if (c.first == NULL)
        return;
    if (c.items->list.n > 0)
        add_checker(l, &c);
    rotation_nodes(l);
    add_archive(l, c.first->at);
}
