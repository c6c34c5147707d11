/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "cli/iam_parts.h"
#include "iam/statement.h"
#include "model/value_json.h"

/* ---- text */

static void put_list(struct buf *b, const char *before, const struct value *v) {
    if (v->type == VALUE_STR)
        buf_printf(b, "%s%.*s\n", before, STR_ARG(v->text));
    for (uint32_t i = 0; v->type == VALUE_LIST && i < v->list.n; i++)
        put_list(b, before, v->list.items[i]);
}

static void put_condition(struct buf *b, const struct value *v) {
    for (uint32_t i = 0; v != NULL && i < v->map.n; i++) {
        const struct value_field *test = &v->map.fields[i];
        for (uint32_t k = 0; k < test->value->map.n; k++) {
            const struct value_field *key = &test->value->map.fields[k];
            buf_printf(b, "    if %.*s %.*s", STR_ARG(key->name), STR_ARG(test->name));
            put_list(b, " ", key->value);
        }
    }
}

static void put_statements(struct buf *b, const struct value *document) {
    const struct value *all = value_get(document->json, STR("Statement"));
    for (uint32_t i = 0; i < all->list.n; i++) {
        const struct value *s = all->list.items[i];
        put_list(b, "  ", value_get(s, STR("Action")));
        put_list(b, "    on ", value_get(s, STR("Resource")));
        put_condition(b, value_get(s, STR("Condition")));
    }
}

static void put_size(struct buf *b, const struct iam_policy *p) {
    buf_printf(b, "policy %.*s: %u characters of %u\n", STR_ARG(p->name), p->characters,
               IAM_POLICY_MAX);
}

void iam_put_policies_text(struct buf *b, const struct iam_run *r, int what) {
    const struct iam_policies *all = &r->policies[what];
    for (uint32_t i = 0; i < all->items.n; i++) {
        if (i > 0)
            buf_byte(b, '\n');
        put_size(b, &all->items.at[i]);
        put_statements(b, all->items.at[i].document);
    }
}

void iam_put_roles_text(struct buf *b, const struct iam_run *r) {
    buf_printf(b, "identity provider https://" GITHUB_PROVIDER_HOST " for %.*s: %s\n",
               STR_ARG(github_audience(r->trust.partition)),
               r->trust.provider_exists ? "is there already" : "is made");
    for (int i = 0; i < IAM_WHATS; i++) {
        const struct iam_role *role = &r->roles[i];
        const struct value *trust = iam_trust_of(r->c->arena, &r->trust, role);
        const struct value *s = value_get(trust, STR("Statement"))->list.items[0];
        const struct value *claims = value_get(value_get(s, STR("Condition")), STR("StringEquals"));
        buf_printf(b, "\nrole %.*s: %s\n", STR_ARG(role->name), role->does);
        put_list(b, "  for ", value_get(claims, STR(GITHUB_PROVIDER_HOST ":sub")));
        for (uint32_t k = 0; k < role->policies->items.n; k++) {
            BUF_LIT(b, "  ");
            put_size(b, &role->policies->items.at[k]);
        }
    }
}

/* ---- JSON */

static void put_policies(struct json *j, const struct iam_policies *all) {
    json_key(j, STR("policies"));
    json_array_begin(j);
    for (uint32_t i = 0; i < all->items.n; i++) {
        const struct iam_policy *p = &all->items.at[i];
        json_object_begin(j);
        json_kstr(j, "name", p->name);
        json_kint(j, "characters", p->characters);
        json_key(j, STR("document"));
        value_to_json(j, p->document->json);
        json_object_end(j);
    }
    json_array_end(j);
}

void iam_put_policies_json(struct buf *b, const struct iam_run *r, int what) {
    struct json j = json_to(b, 2);
    json_object_begin(&j);
    put_policies(&j, &r->policies[what]);
    json_object_end(&j);
    buf_byte(b, '\n');
}

static void put_provider(struct json *j, const struct iam_run *r) {
    json_key(j, STR("provider"));
    json_object_begin(j);
    json_kstr(j, "url", STR("https://" GITHUB_PROVIDER_HOST));
    json_kstr(j, "audience", github_audience(r->trust.partition));
    json_kbool(j, "exists", r->trust.provider_exists);
    json_object_end(j);
}

void iam_put_roles_json(struct buf *b, const struct iam_run *r) {
    struct json j = json_to(b, 2);
    json_object_begin(&j);
    put_provider(&j, r);
    json_key(&j, STR("roles"));
    json_array_begin(&j);
    for (int i = 0; i < IAM_WHATS; i++) {
        json_object_begin(&j);
        json_kstr(&j, "name", r->roles[i].name);
        json_kstr(&j, "description", str_c(r->roles[i].does));
        json_key(&j, STR("trust"));
        value_to_json(&j, iam_trust_of(r->c->arena, &r->trust, &r->roles[i]));
        put_policies(&j, r->roles[i].policies);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    buf_byte(b, '\n');
}
