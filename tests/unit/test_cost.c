/* SPDX-License-Identifier: MIT */
/* Money of the cost layer: tiers, pools, and what is shown of an exact amount. */
#include "unit.h"

#include "base/embed.h"
#include "catalog/table.h"
#include "cost/cost.h"
#include "lower/budgets.h"
#include "resource/resource.h"

static struct ledger *new_ledger(struct arena *a) {
    struct sources *src = ARENA_NEW(a, struct sources);
    struct diag_list *dl = ARENA_NEW(a, struct diag_list);
    struct catalog *tables = ARENA_NEW(a, struct catalog);
    struct ledger *l = ARENA_NEW(a, struct ledger);
    sources_init(src, a);
    diag_list_init(dl, a, src);
    catalog_init(tables, a, dl);
    ledger_init(l, a, tables);
    return l;
}

static const struct price *find(struct ledger *l, const char *key, const char *region) {
    bool known;
    return price_find(&l->book, str_c(key), str_c(region), &known);
}

static struct num read(const char *text) {
    struct num n;
    assert_int_equal(num_scan(str_c(text), &n), strlen(text));
    return n;
}

static void equals(struct num got, const char *want) {
    char text[NUM_TEXT_MAX];
    str s = {(const unsigned char *)text, num_format(got, text)};
    assert_text(s, want);
}

struct ledger_case {
    const char *key, *region, *quantity;
    const char *list, *paid, *legacy; /* of this entry, after those before it */
};

static void enter_all(struct arena *a, const struct ledger_case *cases, size_t n) {
    struct ledger *l = new_ledger(a);
    for (size_t i = 0; i < n; i++) {
        const struct price *p = find(l, cases[i].key, cases[i].region);
        struct ledger_entry e;
        assert_non_null(p);
        struct num q = read(cases[i].quantity);
        assert_true(ledger_enter(l, p, (struct cost_range){num_int(0), q}, &e));
        equals(e.usd[COST_LIST].high, cases[i].list);
        equals(e.usd[COST_PAID].high, cases[i].paid);
        equals(e.usd[COST_LEGACY].high, cases[i].legacy);
        for (int v = 0; v < COST_VIEWS; v++)
            equals(e.usd[v].low, "0");
    }
}
#define ENTER(a, cases) enter_all((a), (cases), sizeof(cases) / sizeof *(cases))

static void test_tiers(void **state) {
    static const struct ledger_case metrics[] = {
        {"cloudwatch.metric.custom", "us-east-1", "10", "3", "0", "0"},
        {"cloudwatch.metric.custom", "us-east-1", "9990", "2997", "2997", "2997"},
        {"cloudwatch.metric.custom", "us-east-1", "1", "0.1", "0.1", "0.1"},
        {"cloudwatch.metric.custom", "us-east-1", "239999", "23999.9", "23999.9", "23999.9"},
        {"cloudwatch.metric.custom", "us-east-1", "750001", "37500.02", "37500.02", "37500.02"},
    };
    /* Free transfer comes before the first 10 TB, free metrics are of the first 10,000. */
    static const struct ledger_case transfer[] = {
        {"datatransfer.out_internet", "us-east-1", "10240", "921.6", "912.6", "912.6"},
        {"datatransfer.out_internet", "us-east-1", "100", "8.5", "9", "9"},
        {"datatransfer.out_internet", "us-east-1", "100", "8.5", "8.5", "8.5"},
    };
    static const struct ledger_case far[] = {
        {"datatransfer.out_internet", "sa-east-1", "153600", "20090.88", "20078.28", "20078.28"},
    };
    ENTER(*state, metrics);
    ENTER(*state, transfer);
    ENTER(*state, far);
}

static void test_pools(void **state) {
    /* One pool over three prices; the first to come has it. */
    static const struct ledger_case logs[] = {
        {"cloudwatch.logs.ingest.standard", "us-east-1", "4", "2", "0", "0"},
        {"cloudwatch.logs.storage", "us-east-1", "3", "0.09", "0.06", "0.06"},
        {"cloudwatch.logs.insights", "us-east-1", "10", "0.05", "0.05", "0.05"},
    };
    /* The hours of all instances of the types that are in it. */
    static const struct ledger_case hours[] = {
        {"ec2.t3.micro.linux", "us-east-1", "730", "7.592", "7.592", "0"},
        {"ec2.t3.micro.linux", "us-east-1", "730", "7.592", "7.592", "7.384"},
        {"ec2.t3.small.linux", "us-east-1", "730", "15.184", "15.184", "15.184"},
        {"rds.postgres.db.t3.micro.multi-az", "us-east-1", "730", "26.28", "26.28", "26.28"},
        {"rds.postgres.db.t4g.micro.single-az", "us-east-1", "730", "11.68", "11.68", "0"},
        {"rds.postgres.db.t3.micro.single-az", "us-east-1", "730", "13.14", "13.14", "12.78"},
        {"rds.storage.gp3.single-az", "us-east-1", "20", "2.3", "2.3", "0"},
        {"rds.storage.gp2.single-az", "us-east-1", "1", "0.115", "0.115", "0.115"},
    };
    /* Regions share what is free. */
    static const struct ledger_case regions[] = {
        {"cloudwatch.alarm.standard", "us-east-1", "6", "0.6", "0", "0"},
        {"cloudwatch.alarm.standard", "sa-east-1", "6", "0.81", "0.27", "0.27"},
        {"cloudwatch.alarm.high_resolution", "us-east-1", "1", "0.3", "0.3", "0.3"},
        {"cloudwatch.dashboard.basic", "sa-east-1", "4", "12", "3", "3"},
    };
    ENTER(*state, logs);
    ENTER(*state, hours);
    ENTER(*state, regions);
}

static void test_too_much(void **state) {
    struct ledger *l = new_ledger(*state);
    const struct price *p = find(l, "lambda.gbs.x86", "us-east-1");
    struct ledger_entry e;
    struct cost_range huge = {num_int(0), num_int(INT64_MAX)};
    assert_false(ledger_enter(l, p, huge, &e));
    /* Nothing of it was entered: the free amount is still there. */
    struct cost_range some = {num_int(0), num_int(400000)};
    assert_true(ledger_enter(l, p, some, &e));
    equals(e.usd[COST_PAID].high, "0");
}

static void test_unknown(void **state) {
    struct ledger *l = new_ledger(*state);
    bool known;
    static const char *const no_keys[] = {"",     "ec2",       "ec2.t3.micro", "ebs.gp3.storage+1",
                                          "unit", "# Sources", "a:b",          "ec2.*.linux",
                                          "ec2.*"};
    for (size_t i = 0; i < sizeof no_keys / sizeof *no_keys; i++) {
        assert_null(price_find(&l->book, str_c(no_keys[i]), STR("us-east-1"), &known));
        assert_false(known);
    }
    static const char *const no_regions[] = {"",     "ap-southeast-6", "unit",
                                             "from", "../prices",      "x"};
    for (size_t i = 0; i < sizeof no_regions / sizeof *no_regions; i++) {
        assert_null(price_find(&l->book, STR("ec2.t3.micro.linux"), str_c(no_regions[i]), &known));
        assert_true(known);
    }
    /* Each region has its own source and day, classes those of their key. */
    assert_text(find(l, "ec2.m7g.large.linux", "eu-west-3")->published, "2025-06-18");
    const struct price *west = find(l, "ebs.gp3.storage", "eu-west-1");
    assert_non_null(west);
    assert_text(west->published, "2023-02-23");
    assert_null(find(l, "ebs.gp3.storage", "ap-southeast-4"));
    const struct price *anywhere = find(l, "route53.hosted_zone", "xx-nowhere-9");
    assert_non_null(anywhere);
}

/* Whatever the numbers: more of something never makes the whole cheaper. */
static void test_more_is_not_cheaper(void **state) {
    static const char *const keys[] = {
        "cloudwatch.metric.custom", "datatransfer.out_internet", "cloudwatch.logs.ingest.standard",
        "cloudwatch.logs.storage",  "cloudwatch.logs.insights",  "cloudwatch.logs.vended.standard",
        "ec2.t3.micro.linux",       "rds.storage.gp3.single-az", "s3.standard.storage"};
    enum { N = sizeof keys / sizeof *keys, ROUNDS = 400 };
    uint32_t seed = 1;
    for (int round = 0; round < ROUNDS; round++) {
        struct num sums[2][COST_VIEWS];
        uint32_t start = seed, more = seed % N;
        for (int with = 0; with < 2; with++) {
            struct ledger *l = new_ledger(*state);
            seed = start;
            for (int v = 0; v < COST_VIEWS; v++)
                sums[with][v] = num_int(0);
            for (uint32_t i = 0; i < N; i++) {
                struct ledger_entry e;
                seed = seed * 1664525u + 1013904223u;
                int64_t q = (seed >> 8) % (i < 2 ? 300000 : 1000);
                q += with == 1 && i == more ? 1 + (seed >> 20) : 0;
                struct cost_range r = {num_int(0), num_int(q)};
                assert_true(ledger_enter(l, find(l, keys[i], "us-east-1"), r, &e));
                for (int v = 0; v < COST_VIEWS; v++)
                    sums[with][v] = num_add(sums[with][v], e.usd[v].high);
            }
        }
        for (int v = 0; v < COST_VIEWS; v++) {
            assert_true(num_ok(sums[1][v]));
            assert_true(num_cmp(sums[0][v], sums[1][v]) <= 0);
        }
    }
}

static void more_costs_more(const struct price *p) {
    struct num before = num_int(0);
    for (uint32_t i = 0; i < p->ntiers; i++) {
        static const int beyond[] = {1, 2, 1000};
        assert_true(num_cmp(p->tiers[i].usd, num_int(0)) > 0);
        for (size_t k = 0; k < sizeof beyond / sizeof *beyond; k++) {
            struct num n = num_add(p->tiers[i].from, num_int(beyond[k]));
            struct num usd = price_of(p, n);
            if (num_cmp(usd, before) <= 0)
                fail_msg("%.*s in %.*s: more is not dearer", STR_ARG(p->key), STR_ARG(p->region));
            before = usd;
        }
    }
}

/* Every price with a row of its own, in every region. */
static void test_every_price(void **state) {
    struct ledger *l = new_ledger(*state);
    static const char folder[] = "catalog/tables/prices/";
    uint32_t seen = 0, tiers = 0;
    for (uint32_t i = 0; i < embed_nfiles; i++) {
        const struct embed_file *f = &embed_files[i];
        str path = str_c(f->path), text = {f->data, f->size};
        struct table t;
        struct table_row row;
        uint32_t bad;
        if (!str_starts(path, STR("catalog/tables/prices/")) || !table_open(text, &t, &bad))
            continue;
        str region = str_sub(path, sizeof folder - 1, path.n - 5);
        for (str rows = t.rows; table_next(&rows, &row);) {
            bool known;
            if (str_find(row.name, '+') < row.name.n)
                continue;
            const struct price *p = price_find(&l->book, row.name, region, &known);
            assert_non_null(p);
            more_costs_more(p);
            seen++;
            tiers += p->ntiers > 1;
        }
    }
    assert_true(seen > 4000 && tiers > 300);
}

static void test_money(void **state) {
    static const struct {
        struct num low, high;
        const char *want;
    } cases[] = {
        {{0, 1}, {0, 1}, "$0.00"},
        {{1, 200}, {1, 200}, "$0.00"},
        {{3, 200}, {3, 200}, "$0.02"},
        {{27985, 1000}, {27985, 1000}, "$27.98"},
        {{27985001, 1000000}, {28, 1}, "$27.99..28.00"},
        {{999, 1000}, {1, 1}, "$1.00"},
        {{0, 1}, {198, 100}, "$0.00..1.98"},
        {{12345678, 1}, {12345678, 1}, "$12345678.00"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = BUF_INIT(256);
        cost_put_money(&b, (struct cost_range){cases[i].low, cases[i].high});
        assert_text(buf_str(&b), cases[i].want);
        buf_done(&b);
    }
}

/* What opsc makes has a price, or words in place of one; and the price is there. */
static void test_made(void **state) {
    struct ledger *l = new_ledger(*state);
    for (uint32_t i = 0; i < resource_kinds_n; i++) {
        const struct resource_kind *k = resource_kinds[i];
        bool said = k->price != NULL || k->unpriced != NULL || k->free != NULL;
        if (said == k->data || (k->price != NULL && k->free != NULL))
            fail_msg("%s: costs are not said once", k->tf);
        if (k->price != NULL)
            assert_non_null(find(l, k->price, "us-east-1"));
    }
}

/* Budgets know the services that prices are billed as. */
static void test_services(void **state) {
    static const char *const names[] = {"API Gateway",
                                        "Backup",
                                        "CloudFront",
                                        "CloudWatch",
                                        "Data Transfer",
                                        "DynamoDB",
                                        "EC2 Instances",
                                        "EC2 Other",
                                        "ECR",
                                        "ECS",
                                        "EFS",
                                        "ELB",
                                        "ElastiCache",
                                        "EventBridge",
                                        "Kinesis",
                                        "KMS",
                                        "Lambda",
                                        "RDS",
                                        "Route 53",
                                        "S3",
                                        "Secrets Manager",
                                        "SNS",
                                        "SQS",
                                        "Step Functions",
                                        "Systems Manager",
                                        "VPC"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_non_null(budget_service_named(*state, str_c(names[i])));
    assert_null(budget_service_named(*state, STR("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(test_tiers),
        UNIT_TEST(test_pools),
        UNIT_TEST(test_too_much),
        UNIT_TEST(test_unknown),
        UNIT_TEST(test_more_is_not_cheaper),
        UNIT_TEST(test_every_price),
        UNIT_TEST(test_money),
        UNIT_TEST(test_made),
        UNIT_TEST(test_services),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
