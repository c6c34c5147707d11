/* SPDX-License-Identifier: MIT */
#include "lower/backup.h"

static bool problem(struct lower *l, span at, const char *what, const char *hint) {
    struct diag *d = diag_add(l->dl, DIAG_BACKUP_CONFIGURATION, at, "%s", what);
    diag_hint(l->dl, d, "%s", hint);
    return false;
}

static void find_secrets(struct lower *l, struct backup_job *j) {
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *w = l->watched.at[i];
        if (w->broken || !str_is(w->kind->kind.text, "secret"))
            continue;
        /* RDS makes a new master password by itself; an old one opens nothing. */
        bool rds = str_is(watched_attribute(w, STR("by"))->text.text, "rds");
        if (!rds && str_is(watched_attribute(w, STR("store"))->text.text, "secrets-manager"))
            VEC_PUSH(l->a, &j->secrets, w);
    }
}

bool backup_configuration(struct lower *l, struct backup_job *j) {
    const struct cfg_configuration *c = &l->cfg->backup.configuration;
    if (!given(c->secrets.at))
        return false; /* it is required, and was missed already */
    bool kms = given(c->secrets.kms.at), age = given(c->secrets.age.at);
    if (kms == age)
        return problem(l, c->secrets.at,
                       kms ? "it is encrypted in two ways" : "nothing encrypts it",
                       "Say one: `secrets: { encrypt: kms }`, or `secrets: { age: age1... }`, the "
                       "recipient that `age-keygen` shows.");
    if (c->terraform_state.value && !given(l->cfg->terraform.state.bucket.at))
        return problem(l, c->terraform_state.at, "nothing says where Terraform's state is",
                       "Add `terraform: { state: { bucket: NAME } }`.");
    find_secrets(l, j);
    if (!c->terraform_state.value && !given(c->parameters.at) && j->secrets.n == 0)
        return problem(l, c->at, "there is nothing to back up",
                       "Add `terraform_state: true`, `parameters: /PATH/`, or secrets that are in "
                       "Secrets Manager.");
    return true;
}

bool backup_makes_key(const struct lower *l) {
    return given(l->cfg->backup.configuration.secrets.kms.at) && !given(l->cfg->backup.kms_key.at);
}

str backup_key(const struct lower *l) {
    return arena_cat3(l->a, STR("alias/"), l->prefix, STR("-backups"));
}
