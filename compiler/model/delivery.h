/* SPDX-License-Identifier: MIT */
#ifndef OPSC_MODEL_DELIVERY_H
#define OPSC_MODEL_DELIVERY_H

#include "model/config.h"

/*
 * delivery: what `deploy:` of one environment means, bound and checked: for those who write
 * workflows, which are about all environments at once. lower/ makes it; it is const afterwards.
 */

/*
 * The environment on GitHub of the job that builds and pushes: it has the registry's secrets. Not
 * one of ours: building would be shown there as a deploy, and wait for its reviewers. Tokens for
 * AWS say `environment:build` in that job, and `environment:<name of ours>` in those that deploy.
 */
#define DELIVERY_BUILD "build"
/* So long the session lasts of the job that builds, in seconds: as long as the job may take. */
#define DELIVERY_BUILD_SESSION_S 3600

/* A host, and how it is reached from outside. */
struct delivery_host {
    str name;     /* in ops.yaml: "web" */
    str address;  /* SSH; empty: the variable has it */
    str variable; /* SSH: of the environment on GitHub: "WEB_ADDRESS" */
    str instance; /* SSM: its id; empty: it is found by `find` */
    struct cfg_pairs find;
};

struct delivery {
    const struct cfg_deploy *cfg;
    str app;
    str image; /* without a tag: "reco/api"; ECR: the name of the repository */
    /*
     * ECR: the host name, account and region of its registry, which may be another account's: the
     * image is REGISTRY/IMAGE. Empty: the image's name says where it is (Docker Hub).
     */
    str registry, registry_account, registry_region;
    str image_host;        /* the registry that the image's name begins with; empty: none */
    bool makes_repository; /* ECR: its Terraform makes the repository of the image there */
    bool makes_provider;   /* and the account's identity provider for GitHub */
    str branch;
    str user; /* SSH */
    str name; /* "reco-production": of what is installed on the hosts */
    /* Of AWS: "aws" or another partition; the account may be empty unless there is a role. */
    str account, region, partition;
    /*
     * Names of the roles in `account` that jobs take; empty: that job needs nothing of AWS. `role`
     * is of the job that deploys (by SSM), trusts its environment; `build_role` of the job that
     * builds and pushes to ECR, trusts DELIVERY_BUILD.
     */
    str role, build_role;
    str audience; /* that tokens for AWS are asked for: "sts.amazonaws.com" */
    struct delivery_host *hosts;
    uint32_t nhosts;
    bool arm;        /* its hosts have Graviton processors, all of them */
    int64_t host_s;  /* so long one host may take */
    int64_t watch_s; /* 0: no alarms are watched */
    /* So long a job that deploys may take, and its session in AWS lasts. */
    int64_t job_minutes, session_s;
};

#endif
