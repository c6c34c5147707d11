/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/function.h"
#include "lower/prices.h"
#include "lower/secrets.h"

#define ROTATION_SECONDS 60
#define VARIABLES_MAX 14
/* More often than any password is replaced: a run that failed is made up for within the hour. */
#define LOOKS "rate(1 hour)"

static struct value *text(struct lower *l, str s, span at) {
    return value_str(l->a, s, at);
}

static struct value *words(struct lower *l, const struct cfg_texts *t, span at) {
    struct value *list = value_list(l->a, VALUE_LIST, t->n, at);
    for (uint32_t i = 0; i < t->n; i++)
        value_push(list, text(l, t->items[i].text, t->items[i].at));
    return list;
}

/* Number or reference as an environment has it. */
static struct value *joined(struct lower *l, struct value *first, const char *rest, span at) {
    struct value *t = value_list(l->a, VALUE_TEXT, 2, at);
    value_push(t, first);
    if (*rest != 0)
        value_push(t, text(l, str_c(rest), at));
    return t;
}

static struct node *subnet_group(struct lower *l, const struct secret *s) {
    str key = arena_cat(l->a, STR("secrets.subnets."), s->of->name);
    struct node *n = map_get(&l->data_nodes, key);
    if (n != NULL)
        return n;
    struct node *db = secret_instance(l, SECRETS_MODULE, s->of);
    n = graph_add(l->graph, &resource_data_db_subnet_group, s->of->name, s->of->at);
    n->module = STR(SECRETS_MODULE);
    n->data = true;
    n->path = db->path;
    node_set(n, "name", value_ref(l->a, db, "db_subnet_group", s->of->at));
    map_add(l->a, &l->data_nodes, key, n);
    return n;
}

static bool is_rds(const struct secret *s) {
    return str_is(s->of->kind->kind.text, "rds");
}

static void set_network(struct lower *l, const struct secret *s, struct function *f) {
    const struct cfg_texts *subnets = &l->cfg->secrets.subnets;
    if (subnets->n > 0) {
        f->subnets = words(l, subnets, s->at);
        f->security_groups = words(l, &l->cfg->secrets.security_groups, s->at);
    } else if (is_rds(s)) {
        struct node *group = subnet_group(l, s);
        f->subnets = value_ref(l->a, group, "subnet_ids", s->at);
        f->vpc = value_ref(l->a, group, "vpc_id", s->at);
        f->security_groups = value_ref(l->a, secret_instance(l, SECRETS_MODULE, s->of),
                                       "vpc_security_groups", s->at);
    }
}

static void set_text(struct lower *l, struct value *env, const char *key, const char *is, span at) {
    value_set(env, str_c(key), text(l, str_c(is), at));
}

static void set_admin(struct lower *l, const struct secret *s, struct value *env) {
    if (s->admin == NULL)
        return;
    value_set(env, STR("ADMIN"), secret_id(l, s->admin));
    if (given(s->admin->cfg->user.at))
        value_set(env, STR("ADMIN_ACCOUNT"), text(l, s->admin->cfg->user.text, s->at));
    set_text(l, env, "ADMIN_STORE",
             secret_in_parameters(s->admin) ? "parameter-store" : "secrets-manager", s->at);
}

static bool needs_tls(const struct lower *l, const struct secret *s) {
    const struct attribute_value *tls = watched_attribute(s->of, STR("tls"));
    return !str_is(s->of->kind->kind.text, "postgres") || l->secrets_ca.n > 0 ||
           (tls != NULL && tls->boolean);
}

/* Where the database is. */
static void set_place(struct lower *l, const struct secret *s, struct value *env) {
    const struct attribute_value *database = watched_attribute(s->of, STR("database"));
    str engine = rotation_engine(s->of);
    if (str_is(engine, "postgres"))
        value_set(env, STR("DATABASE"),
                  text(l, database != NULL ? database->text.text : STR("postgres"), s->at));
    value_set(env, STR("ENGINE"), text(l, engine, s->at));
}

static void set_address(struct lower *l, const struct secret *s, struct value *env) {
    const struct attribute_value *host = watched_attribute(s->of, STR("host"));
    value_set(env, STR("HOST"),
              is_rds(s)
                  ? value_ref(l->a, secret_instance(l, SECRETS_MODULE, s->of), "address", s->at)
                  : text(l, host->text.text, s->at));
}

static void set_port(struct lower *l, const struct secret *s, struct value *env) {
    const struct attribute_value *port = watched_attribute(s->of, STR("port"));
    if (is_rds(s))
        value_set(env, STR("PORT"),
                  joined(l,
                         value_ref(l->a, secret_instance(l, SECRETS_MODULE, s->of), "port", s->at),
                         "", s->at));
    else
        value_set(env, STR("PORT"), text(l, port->text.text, s->at));
}

/* In the order of their names, as lambda.py and accounts.py read them. */
static struct value *environment(struct lower *l, const struct secret *s) {
    struct value *env = value_map(l->a, VARIABLES_MAX, s->at);
    bool parameter = secret_in_parameters(s);
    value_set(env, STR("ACCOUNT"), text(l, s->cfg->user.text, s->at));
    set_admin(l, s, env);
    if (l->secrets_ca.n > 0)
        set_text(l, env, "CA", ROTATION_CA, s->at);
    set_place(l, s, env);
    if (parameter)
        value_set(env, STR("EVERY_S"),
                  text(l, arena_printf(l->a, "%lld", (long long)s->every_s), s->at));
    set_address(l, s, env);
    if (parameter && given(l->cfg->secrets.kms_key.at))
        value_set(env, STR("KEY"), text(l, l->cfg->secrets.kms_key.text, s->at));
    set_port(l, s, env);
    value_set(env, STR("SECRET"), secret_id(l, s));
    set_text(l, env, "STORE", parameter ? "parameter-store" : "secrets-manager", s->at);
    set_text(l, env, "TLS", needs_tls(l, s) ? "yes" : "no", s->at);
    return env;
}

static void allow_admin(struct lower *l, const struct secret *s, struct policy *p) {
    if (s->admin == NULL)
        return;
    bool parameter = secret_in_parameters(s->admin);
    policy_allow(p, "ReadAdmin", parameter ? "ssm:GetParameter" : "secretsmanager:GetSecretValue",
                 parameter ? value_ref(l->a, s->admin->node, "arn", s->at) : secret_id(l, s->admin),
                 NULL);
}

/* Only by way of the store, and only with a key of the user's: AWS's own ones ask for nothing. */
static void allow_key(struct lower *l, const struct secret *s, bool parameter, struct policy *p) {
    const struct cfg_text *key = &l->cfg->secrets.kms_key;
    if (!given(key->at))
        return;
    bool china = str_is(account_partition(l), "aws-cn");
    str via = arena_printf(l->a, "%s.%.*s.amazonaws.com%s", parameter ? "ssm" : "secretsmanager",
                           STR_ARG(l->cfg->aws.region.text), china ? ".cn" : "");
    policy_allow(p, "UseKey",
                 parameter ? "kms:Decrypt kms:Encrypt" : "kms:Decrypt kms:GenerateDataKey",
                 text(l, key->text, key->at),
                 policy_condition(l, "StringEquals", "kms:ViaService", text(l, via, s->at), s->at));
}

static void allow(struct lower *l, const struct secret *s, struct policy *p) {
    struct value *arn = value_ref(l->a, s->node, "arn", s->at);
    bool parameter = secret_in_parameters(s);
    if (parameter) {
        struct value *pending = joined(l, arn, ".pending", s->at);
        struct value *both = value_list(l->a, VALUE_LIST, 2, s->at);
        value_push(both, arn);
        value_push(both, pending);
        policy_allow(p, "ReadAndWrite", "ssm:GetParameter ssm:PutParameter", both, NULL);
        policy_allow(p, "ForgetPending", "ssm:DeleteParameter", pending, NULL);
    } else {
        policy_allow(p, "ReadAndWrite",
                     "secretsmanager:DescribeSecret secretsmanager:GetSecretValue "
                     "secretsmanager:PutSecretValue secretsmanager:UpdateSecretVersionStage",
                     arn, NULL);
    }
    allow_admin(l, s, p);
    allow_key(l, s, parameter, p);
}

static struct node *add(struct lower *l, const struct secret *s, const struct resource_kind *kind,
                        str name) {
    struct node *n = graph_add(l->graph, kind, s->cfg->name.text, s->at);
    n->module = STR(SECRETS_MODULE);
    n->path = arena_cat(l->a, STR("secrets.items."), s->cfg->name.text);
    n->name = name;
    return n;
}

/* Secrets Manager calls the function itself, for this secret and no other. */
static void hand_over(struct lower *l, const struct secret *s, struct node *fn) {
    struct node *may = add(l, s, &resource_lambda_permission, fn->name);
    node_set(may, "statement_id", text(l, STR("secrets-manager"), s->at));
    node_set(may, "action", text(l, STR("lambda:InvokeFunction"), s->at));
    node_set(may, "function_name", value_ref(l->a, fn, "function_name", s->at));
    node_set(may, "principal", text(l, STR("secretsmanager.amazonaws.com"), s->at));
    node_set(may, "source_arn", value_ref(l->a, s->node, "arn", s->at));
    struct node *n = add(l, s, &resource_secret_rotation, s->name);
    struct value *after = value_list(l->a, VALUE_LIST, 1, s->at);
    value_push(after, value_ref(l->a, may, NULL, s->at));
    node_set(n, "secret_id", value_ref(l->a, s->node, "arn", s->at));
    node_set(n, "rotation_lambda_arn", value_ref(l->a, fn, "arn", s->at));
    /* Not before somebody has put the first value there. */
    node_set(n, "rotate_immediately", value_bool(l->a, false, s->at));
    graph_block_set(graph_block_of(l->graph, n, "rotation_rules", s->at),
                    "automatically_after_days", value_int(l->a, s->every_s / DAY_S, s->at));
    node_set(n, "depends_on", after);
}

static void explain(struct lower *l, const struct secret *s, const struct function *f) {
    str way = STR("");
    if (f->subnets != NULL)
        way =
            arena_printf(l->a,
                         "; it needs a way from its subnets to the store: a NAT gateway, or an "
                         "endpoint for %.*s a month in each zone",
                         STR_ARG(lower_price_text(l, "vpc.interface_endpoint", PRICE_MONTH_HOURS)));
    lower_explain(l, "%.*s: replaced every %lld days by a function, %s, below $0.01 a month%.*s",
                  STR_ARG(s->cfg->name.text), (long long)(s->every_s / DAY_S),
                  s->admin != NULL ? "two accounts take turns" : "one account", STR_ARG(way));
}

static void add_function(struct lower *l, const struct secret *s) {
    struct function f = {.module = STR(SECRETS_MODULE),
                         .label = arena_cat(l->a, STR("rotate-"), s->cfg->name.text),
                         .path = arena_cat(l->a, STR("secrets.items."), s->cfg->name.text),
                         .description =
                             arena_cat(l->a, STR("Replaces the password "), s->cfg->name.text),
                         .archive = STR(SECRETS_ARCHIVE),
                         .handler = "lambda.handler",
                         .timeout_s = ROTATION_SECONDS,
                         .environment = environment(l, s),
                         .at = s->at};
    set_network(l, s, &f);
    explain(l, s, &f);
    struct policy p;
    policy_begin(&p, l, s->at);
    allow(l, s, &p);
    struct node *fn = function_add(l, &f, &p);
    if (secret_in_parameters(s))
        function_schedule(l, &f, fn, LOOKS, value_map(l->a, 0, s->at));
    else
        hand_over(l, s, fn);
}

void rotation_nodes(struct lower *l) {
    for (uint32_t i = 0; i < l->secrets.n; i++) {
        if (l->secrets.at[i]->by == SECRET_BY_LAMBDA)
            add_function(l, l->secrets.at[i]);
    }
}
