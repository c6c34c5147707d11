/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IAM_GITHUB_H
#define OPSC_IAM_GITHUB_H

#include "model/graph.h"

/*
 * github: whom a role trusts when jobs on GitHub take it: by GitHub's identity provider, one
 * repository and one environment or branch of it, and nothing else of it.
 */
#define GITHUB_PROVIDER_HOST "token.actions.githubusercontent.com"

struct github_repository {
    str owner, name;             /* "example", "reco" */
    str owner_id, repository_id; /* empty: not known; of both or of none */
};

/* Which of its jobs. */
struct github_jobs {
    const str *items; /* "environment:production" */
    uint32_t n;
};

/* Of "example/reco", or of "example@1234567/reco@7654321". False: it is neither. */
bool github_repository_of(str text, struct github_repository *ret);
/* What their tokens must be for: AWS's STS, which China has one of its own of. */
str github_audience(str partition);
/* Fills in the provider, a node of its kind or, when it is there already, of the data source. */
void github_set_provider(struct graph *g, struct node *provider, str partition, span at);
/*
 * Who may take a role, as JSON: jobs of which GitHub says one of `which`, such as
 * "environment:production", "ref:refs/heads/main" or "pull_request". With ids as well the form that
 * names them, which GitHub sends for repositories made or renamed since July 2026. `provider`: the
 * provider's ARN.
 */
struct value *github_trust(struct arena *a, const struct github_repository *r, str partition,
                           const struct github_jobs *which, struct value *provider, span at);

#endif
