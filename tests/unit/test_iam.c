/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "iam/arn.h"
#include "iam/github.h"
#include "iam/policies.h"
#include "iam/statement.h"
#include "model/value_json.h"
#include "resource/resource.h"
#include "resource/resource_write.h"

#define NAMES 400

static const struct allow_options options = {.partition = STR_INIT("aws"),
                                             .region = STR_INIT("eu-west-1"),
                                             .account = STR_INIT("123456789012"),
                                             .prefix = STR_INIT("shop-production-")};

static struct value *text(struct graph *g, const char *z) {
    return value_str(g->arena, str_c(z), SPAN_NONE);
}

static struct node *alarm_of(struct graph *g, const char *name) {
    struct node *n = graph_add(g, &resource_metric_alarm, str_c(name), SPAN_NONE);
    node_set(n, "alarm_name", text(g, name));
    n->name = str_c(name);
    return n;
}

/* All that a form comes to, separated by spaces. */
static str arns(struct graph *g, const struct allow_options *o, const struct node *n,
                const char *form, bool prefix) {
    struct arns_of f;
    struct arn_list list = {0};
    str all = STR("");
    arn_init(&f, g->arena, g, o);
    (prefix ? arn_of_prefix : arn_of_node)(&f, n, form, &list);
    for (uint32_t i = 0; i < list.items.n; i++)
        all = arena_cat3(g->arena, all, i > 0 ? STR(" ") : STR(""), list.items.at[i]);
    return all;
}

static void names_become_arns(void **state) {
    struct graph *g = graph_new(*state);
    struct node *other = alarm_of(g, "Billing"), *own = alarm_of(g, "shop-production-cpu");
    struct allow_options anywhere = options;
    anywhere.account = STR("");
    assert_text(arns(g, &options, other, "${arn}", false),
                "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:Billing");
    assert_text(arns(g, &options, own, "${arn}", false),
                "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-production-*");
    assert_text(arns(g, &options, own, "${arn}:*", false),
                "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-production-*");
    assert_text(arns(g, &anywhere, other, "${arn}", false),
                "arn:aws:cloudwatch:eu-west-1:*:alarm:Billing");
    assert_text(arns(g, &options, other, "${arn}", true),
                "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-production-*");
    other->region = GRAPH_REGION_GLOBAL;
    assert_text(arns(g, &options, other, "${arn} arn:x:${name}", false),
                "arn:aws:cloudwatch:us-east-1:123456789012:alarm:Billing arn:x:Billing");
}

/* What means more in a pattern is a character of a name. */
static void hostile_names_are_data(void **state) {
    struct graph *g = graph_new(*state);
    assert_text(arns(g, &options, alarm_of(g, "a*b?c${d}"), "${arn}", false),
                "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a${*}b${?}c${$}{d}");
    assert_text(arns(g, &options, alarm_of(g, "xshop-production-y"), "${arn}", false),
                "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:xshop-production-y");
}

static void attributes_lead_elsewhere(void **state) {
    struct graph *g = graph_new(*state);
    struct node *role = graph_add(g, &resource_iam_role, STR("r"), SPAN_NONE),
                *bare = graph_add(g, &resource_scheduler_schedule, STR("b"), SPAN_NONE),
                *schedule = graph_add(g, &resource_scheduler_schedule, STR("s"), SPAN_NONE),
                *endpoint = graph_add(g, &resource_vpc_endpoint, STR("e"), SPAN_NONE),
                *key = graph_add(g, &resource_kms_key, STR("k"), SPAN_NONE);
    node_set(role, "name", text(g, "shop-role"));
    struct graph_block target = graph_block_of(g, schedule, "target", SPAN_NONE);
    graph_block_set(target, "role_arn", value_ref(g->arena, role, "arn", SPAN_NONE));
    struct value *tables = value_list(g->arena, VALUE_LIST, 2, SPAN_NONE);
    value_push(tables, text(g, "rtb-1"));
    value_push(tables, text(g, "rtb-2"));
    node_set(endpoint, "route_table_ids", tables);
    assert_text(arns(g, &options, schedule, "${target.role_arn}", false),
                "arn:aws:iam::123456789012:role/shop-role");
    assert_text(arns(g, &options, bare, "${target.role_arn}", false), "");
    assert_text(arns(g, &options, endpoint, "t/${route_table_ids}", false), "t/rtb-1 t/rtb-2");
    assert_text(arns(g, &options, endpoint, "v/${vpc_id}", false), "");
    assert_text(arns(g, &options, key, "${arn}", false), "*");
    struct node *may = graph_add(g, &resource_lambda_permission, STR("p"), SPAN_NONE);
    node_set(may, "function_name", text(g, "arn:aws:lambda:eu-west-1:123456789012:function:page"));
    assert_text(arns(g, &options, may, "f:${function_name}", false), "f:page");
}

static uint32_t visible(const struct value *v) {
    struct buf b = BUF_INIT(1u << 26);
    uint32_t n = 0;
    value_put_json(&b, v);
    for (uint32_t i = 0; i < b.n; i++)
        n += b.p[i] != ' ' && b.p[i] != '\n';
    buf_done(&b);
    return n;
}

/* A wider one of the same action says it all; what only begins alike stays. */
static void the_wider_says_it_all(void **state) {
    struct arena *a = *state;
    static const char *const on[] = {"arn:aws:logs:::log-group:/x:*", "arn:aws:logs:::log-group:*",
                                     "arn:aws:s3:::shop-*",           "arn:aws:s3:::shop",
                                     "arn:aws:s3:::shop-a",           "arn:aws:s3:::shopping"};
    struct allow w = {.service = "s3", .action = STR("s3:X")}, all_of = w;
    struct allows all = {0};
    for (size_t i = 0; i < sizeof on / sizeof *on; i++) {
        VEC_PUSH(a, &w.on, str_c(on[i]));
        VEC_PUSH(a, &all_of.on, str_c(on[i]));
    }
    VEC_PUSH(a, &all_of.on, STR("*"));
    VEC_PUSH(a, &all.items, &w);
    VEC_PUSH(a, &all.items, &all_of);
    allow_sort(&all);
    assert_int_equal(w.on.n, 4);
    assert_text(w.on.at[0], "arn:aws:logs:::log-group:*");
    assert_text(w.on.at[1], "arn:aws:s3:::shop");
    assert_text(w.on.at[2], "arn:aws:s3:::shop-*");
    assert_text(w.on.at[3], "arn:aws:s3:::shopping");
    assert_int_equal(all_of.on.n, 1);
    assert_text(all_of.on.at[0], "*");
}

/* More names than one policy takes: several, each within its limit, and no name is lost or twice.
 */
static void long_policies_are_several(void **state) {
    struct graph *g = graph_new(*state);
    struct allows all = {0};
    struct iam_policies p;
    struct map seen = {0};
    for (int i = 0; i < NAMES; i++) {
        str name = arena_printf(g->arena, "a-name-of-somebody-else-%d", i);
        alarm_of(g, (const char *)name.p);
    }
    allow_effects(g->arena, g, &options, RESOURCE_CREATES, &all);
    allow_sort(&all);
    assert_true(iam_policies_of(g->arena, &all, STR("p"), SPAN_NONE, &p));
    assert_true(p.items.n > 3);
    assert_text(p.items.at[0].name, "p");
    assert_text(p.items.at[1].name, "p-2");
    for (uint32_t i = 0; i < p.items.n; i++) {
        const struct value *list = value_get(p.items.at[i].document->json, STR("Statement"));
        assert_int_equal(p.items.at[i].characters, visible(p.items.at[i].document->json));
        assert_true(p.items.at[i].characters <= IAM_POLICY_MAX);
        for (uint32_t k = 0; k < list->list.n; k++) {
            const struct value *on = value_get(list->list.items[k], STR("Resource"));
            for (uint32_t r = 0; r < on->list.n; r++)
                assert_null(map_add(g->arena, &seen, on->list.items[r]->text, g));
        }
    }
    assert_int_equal(seen.n, NAMES);
    /* One name that is too long by itself. */
    unsigned char *big = arena_alloc(g->arena, IAM_POLICY_MAX + 1, 1);
    memset(big, 'x', IAM_POLICY_MAX);
    big[IAM_POLICY_MAX] = 0;
    alarm_of(g, (const char *)big);
    all = (struct allows){0};
    allow_effects(g->arena, g, &options, RESOURCE_CREATES, &all);
    allow_sort(&all);
    assert_false(iam_policies_of(g->arena, &all, STR("p"), SPAN_NONE, &p));
}

/* Each kind that is made says what writes it, and how it is limited in words that can be filled. */
static void every_kind_is_written(void **state) {
    (void)state;
    for (uint32_t i = 0; i < resource_kinds_n; i++) {
        const struct resource_kind *k = resource_kinds[i];
        const struct resource_writing *w = resource_writing_of(k);
        assert_true(k->data || w != NULL);
        unsigned effects = 0;
        for (uint32_t r = 0; w != NULL && r < w->n; r++) {
            effects |= w->rows[r].effects;
            assert_true(w->rows[r].effects != 0);
            assert_true((w->rows[r].test == NULL) == (w->rows[r].key == NULL));
            if (w->rows[r].of != NULL)
                assert_true(resource_attr_index(k->attrs, k->nattrs, w->rows[r].of) >= 0);
        }
        assert_true(k->data
                        ? (effects & ~(unsigned)RESOURCE_REFRESHES) == 0
                        : (effects & RESOURCE_CREATES) != 0 && (effects & RESOURCE_DELETES) != 0);
    }
}

static void repositories_are_read(void **state) {
    struct github_repository r;
    (void)state;
    assert_true(github_repository_of(STR("Example-1/re.co_x"), &r));
    assert_text(r.name, "re.co_x");
    assert_int_equal(r.owner_id.n, 0);
    assert_true(github_repository_of(STR("example@12/reco@34"), &r));
    assert_text(r.owner, "example");
    assert_text(r.repository_id, "34");
    static const char *const wrong[] = {
        "",          "example",    "/reco",     "example/", "a/b/c",
        "example/*", "exa mple/b", "e@1/r",     "e/r@1",    "e@x/r@1",
        "e@/r@",     "e@1/r@1/x",  "e@1@2/r@3", "é/r",      "e@123456789012345678901/r@1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(github_repository_of(str_c(wrong[i]), &r));
}

static void trust_has_both_forms(void **state) {
    struct arena *a = *state;
    const struct github_repository r = {STR("o"), STR("n"), STR("1"), STR("2")};
    const str which[] = {STR("environment:production")};
    struct value *v = github_trust(a, &r, STR("aws-cn"), &(struct github_jobs){which, 1},
                                   value_str(a, STR("arn:p"), SPAN_NONE), SPAN_NONE);
    struct buf b = BUF_INIT(1u << 16);
    value_put_json(&b, v->json);
    assert_non_null(strstr((const char *)arena_str(a, buf_str(&b)).p,
                           "[\"repo:o/n:environment:production\", "
                           "\"repo:o@1/n@2:environment:production\"]"));
    assert_non_null(strstr((const char *)arena_str(a, buf_str(&b)).p, "\"sts.amazonaws.com.cn\""));
    buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(names_become_arns),         UNIT_TEST(hostile_names_are_data),
        UNIT_TEST(attributes_lead_elsewhere), UNIT_TEST(the_wider_says_it_all),
        UNIT_TEST(long_policies_are_several), UNIT_TEST(every_kind_is_written),
        UNIT_TEST(repositories_are_read),     UNIT_TEST(trust_has_both_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
