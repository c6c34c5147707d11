/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_DEPLOY_H
#define OPSC_LOWER_DEPLOY_H

#include "lower/context.h"
#include "lower/host.h"
#include "lower/schedule.h"
#include "model/delivery.h"

/*
 * deploy: `deploy:` of one environment. Its application runs on each host in one of two slots,
 * behind a proxy that listens on the application's port; a new release is started in the other
 * slot and gets traffic when it is well.
 */
#define DEPLOY_MODULE "deploy"

/* Seconds that a host may take for an image, and for `migrate`. */
#define DEPLOY_PULL_S 1800
#define DEPLOY_MIGRATE_S 3600

/* A variable of the container that holds a secret. */
struct deploy_secret {
    str variable;
    const struct watched *item; /* of kind secret: an item of `secrets:` */
};

/* Old objects below a prefix, of `cost.cleanup`. */
struct cleanup_objects {
    str name;   /* of the resource: "data" */
    str bucket; /* what S3 calls it */
    str prefix;
    int64_t older_than_s;
    span at;
};

/* Where ECR has the image. */
struct deploy_registry {
    str account, region; /* empty: it is not kept in ECR */
    bool makes;          /* the repository is made by this environment */
};

struct deploy {
    const struct cfg_deploy *cfg;
    const struct watched *app;
    VEC(const struct watched *) hosts; /* in the order in which they get a release */
    str image;
    struct deploy_registry registry; /* of ECR */
    int64_t port;                    /* 0: it is a worker, which nobody asks */
    int64_t slot_port;
    int64_t retries, every_s, drain_s, keep, watch_s;
    VEC(struct deploy_secret) secrets;
    VEC(str) watch_alarms; /* AWS's names; filled when all alarms are there */
    struct schedule cleanup;
    bool cleans_up; /* by itself: `cleanup` says when */
    int64_t logs_older_s;
    span at;
};

/* Binds `deploy:` and `cost.cleanup` to l->deploy and l->objects. */
void lower_deploy(struct lower *l);
/* The alarms that are watched, when all are made. */
void lower_deploy_alarms(struct lower *l);
/*
 * deploy_registry.c: reads `ecr`, when images are kept there; false after a diagnostic.
 */
bool deploy_read_registry(struct lower *l, struct deploy *d);
/* "123456789012.dkr.ecr.eu-west-1.amazonaws.com"; empty: images are not in ECR. */
str deploy_registry_host(struct lower *l, const struct deploy *d);
/* The registry that a name begins with, "registry.example:5000"; empty: none, as of an image of
 * Docker Hub. */
str deploy_image_host(str image);
/* Whether its workflow builds the image: no other environment had it before. */
bool deploy_builds(const struct deploy *d);

/* deploy_cleanup.c: whether what patterns of log files match can only be logs; else a diagnostic.
 */
bool deploy_check_logs(struct lower *l, const struct cfg_texts *logs);

/*
 * deploy_github.c: names of the roles that jobs on GitHub take, empty when there is none: who
 * deploys by Systems Manager, and who builds and pushes to ECR. Who deploys over SSH needs nothing
 * of AWS.
 */
str deploy_role(struct lower *l, const struct deploy *d);
str deploy_build_role(struct lower *l, const struct deploy *d);
/* Whether hosts can be named in a role's permissions, and its environment is no other's on GitHub;
 * else a diagnostic. */
bool deploy_check_roles(struct lower *l, const struct deploy *d);
bool deploy_has_roles(const struct deploy *d);
/* What their tokens must be for: AWS's STS, which China has one of its own of. */
str deploy_audience(const struct lower *l);

/* Terraform: repository, roles of the workflow, what hosts are told by and what they may do. */
void lower_deploy_nodes(struct lower *l);
/* deploy.c: whether something on that host listens there. */
bool deploy_listens(const struct watched *w, const struct watched *host, int64_t port);
/* deploy_host.c: scripts, proxy and permission of a host that gets releases or cleans up. */
void deploy_scripts(struct lower *l, struct host *h);
/* So long a release may take on one host, in seconds. */
int64_t deploy_host_s(const struct deploy *d);
/* So long its session in AWS lasts, in seconds: no shorter, and within what a role may have. */
int64_t deploy_session_s(const struct deploy *d);
/* For the workflows; NULL: the environment deploys nothing. */
const struct delivery *lower_delivery(struct lower *l);
/* Whether the host gets releases. */
bool deploy_is_on(const struct lower *l, const struct watched *host);
/* Whether `deploy` or `cost.cleanup` needs the resource: it is not there for alarms alone. */
bool deploy_needs(const struct lower *l, const struct watched *w);
/* The host on which old objects are cleaned up; NULL: nowhere. */
const struct watched *cleanup_host(const struct lower *l);

#endif
