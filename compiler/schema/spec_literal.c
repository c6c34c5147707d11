/* SPDX-License-Identifier: MIT */
#include "diag/secret.h"
#include "schema/spec_tree.h"

/* Below `backup`, `password` is the name of an item of `secrets`, and so is every value below
 * `deploy.secrets`, whose keys are variables like API_KEY; below `ci`, databases live as long as a
 * test, and their passwords open nothing. */
struct standing {
    str key;
    bool backup, ci, variables;
};

static void check(struct diag_list *dl, const struct yaml_node *n, struct standing at) {
    bool name = at.variables || (at.backup && str_is(at.key, "password"));
    str key = name ? STR("") : at.key;
    if (at.ci ? !secret_is_token(n->text) : !secret_is_literal(key, n->text))
        return;
    struct diag *d =
        diag_add(dl, DIAG_LITERAL_SECRET, n->at, "this looks like a password, a token or a key");
    diag_hint(dl, d,
              "Replace it where it is used, for whoever reads this file has it. Then name it under "
              "`secrets:` and put the value into the store; docs/secrets.md says how.");
}

/* As deep as YAML_DEPTH_MAX. */
static void look(struct diag_list *dl, const struct yaml_node *n, struct standing at) {
    if (n->type == YAML_SCALAR)
        check(dl, n, at);
    for (uint32_t i = 0; n->type == YAML_LIST && i < n->n; i++)
        look(dl, n->items[i], at);
    for (uint32_t i = 0; n->type == YAML_MAP && i < n->n; i++) {
        str key = n->pairs[i].key->text;
        bool variables = str_is(at.key, "deploy") && str_is(key, "secrets");
        look(dl, n->pairs[i].value,
             (struct standing){key, at.backup || str_is(key, "backup"),
                               at.ci || (at.key.n == 0 && str_is(key, "ci")),
                               at.variables || variables});
    }
}

void spec_literals(struct diag_list *dl, const struct yaml_node *root) {
    look(dl, root, (struct standing){0});
}
