/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_CONTEXT_H
#define OPSC_LOWER_CONTEXT_H

#include "catalog/watched.h"
#include "expr/expr.h"
#include "lower/lower.h"
#include "resource/resource.h"

/*
 * context: what the passes of lower/ share, in the order in which it is filled:
 * watched resources, logs, alarms, topics, dashboards, hosts. Internal to lower/.
 */

/* A day, of what ops.yaml says in days. */
#define DAY_S ((int64_t)86400)

/* Bytes of "api.errors": CloudWatch's limit for the name of a metric (PutMetricFilter). */
#define LOG_METRIC_NAME_MAX 255

/* A metric made from log lines. */
struct log_metric {
    str resource, name; /* "api", "errors" */
    struct cfg_text match, value;
    const struct unit *unit; /* of CloudWatch; Count without a value */
    struct log *log;
    span at;
    bool used;
};

/* A log group and what fills it. */
struct log {
    str name, group;
    struct watched *host; /* NULL: not shipped by an agent of ours */
    struct cfg_texts files, keep;
    bool json;
    str level, timestamp, multiline;
    struct cfg_pairs sample, queries;
    int64_t retention_days;
    str kms_key;
    bool infrequent;
    str inferred; /* from what, when ops.yaml does not have it: "inferred from kind app" */
    bool assumed; /* nor does it say where the files are */
    VEC(struct log_metric *) metrics;
    uint32_t index; /* among all logs, when all are there */
    struct node *node;
    str path;                          /* "logs.app" */
    const struct cfg_exactly *exactly; /* NULL: inferred */
    span at;
};

struct dimension {
    str name;
    struct value *value; /* STR or REF */
};

/* One series of CloudWatch, as an alarm or a graph asks for it. */
struct series {
    /* What is asked of all series comes first, as in struct node. */
    const struct watched *watched;
    const struct cat_metric *decl; /* NULL: a log metric of the user's */
    /* What the condition names, where that is derived from this and others; else decl. */
    const struct cat_metric *named;
    str metric, namespace_;
    int64_t published_s; /* how often a value comes */
    const struct unit *unit;
    const struct log_metric *logged; /* what it is made of; NULL: not of log lines */
    enum graph_region region;
    uint32_t ndimensions;
    struct dimension *dimensions;
    str stat; /* CloudWatch's name */
    str text; /* "web.cpu": for labels */
    str by;   /* `by`: the dimension over which it is split */
    span at;
};

/* What an agent is asked for on one host. */
struct agent_use {
    const struct watched *host;
    const struct cat_metric *decl;
};

/* What a probe is asked for. */
struct probe_use {
    const struct watched *watched;
    const struct cat_metric *decl;
};

/* What a file is to install.sh: the words of its list there, in this order (hosts.c). */
enum host_file_kind {
    HOST_AGENT,  /* a configuration of the CloudWatch agent */
    HOST_SCRIPT, /* has --check, which says what it needs and the host lacks */
    HOST_UNIT,   /* systemd's, started by something else */
    HOST_TIMER,  /* systemd's, started when it is installed */
    HOST_PROXY,  /* a configuration of nginx */
    HOST_SUDOERS /* what an account may run as root */
};

struct host_file {
    enum host_file_kind kind;
    str name;
};

/* An instance that something runs on: what its agent and its script measure, what it ships. */
struct host {
    const struct watched *watched;
    VEC(struct host_file) files; /* beside its install.sh */
    VEC(const struct cat_metric *) agent;
    VEC(const struct probe_use *) probes;
    VEC(const struct log *) logs;
    bool backups;            /* jobs of `backup:` run there */
    VEC(str) policy_outputs; /* the outputs that have the ARNs of its IAM policies */
};

enum alarm_origin { ALARM_USER, ALARM_RECOMMENDED };

struct alarm {
    /* What is asked of all alarms comes first, as in struct node. */
    struct cond *plan;  /* NULL: composite, exact, or wrong */
    uint64_t plan_hash; /* of the plan's key (cond_put_key) */
    struct node *node;
    const struct cfg_alarm *cfg; /* USER */
    str name;                    /* "high-cpu", "web-cpu-high" */
    enum alarm_origin origin;
    enum cfg_severity severity;
    bool composite;
    bool exact;      /* `exactly` has the condition: there is neither plan nor tree */
    bool left_out;   /* by the free tier */
    bool has_region; /* not of a wrong alarm, nor one made of such */
    enum graph_region region;
    uint32_t index; /* among all alarms that are made */
    enum expr_missing missing;
    struct cfg_texts notify; /* n == 0: by severity */
    str path;                /* "alarms.high-cpu" */
    str description;         /* unless it is wrong */
    str words;               /* the condition, for its page; empty when there are no pages */
    span at;                 /* of its name */
    span when_at;            /* of its condition's text */
    struct expr_condition *condition; /* NULL: wrong, or to be had from lower_condition() */
    const struct watched *watched;    /* RECOMMENDED */
    const struct cat_alarm *recommended;
    const struct node
        *dashboard;   /* the first that draws what it watches; NULL: none, or no pages */
    int visiting;     /* while composites are ordered: 0 not seen, 1 open, 2 done */
    uint32_t height;  /* of a composite: how deep the alarms are that it is made of */
    int left_out_why; /* enum free_tier_case */
};

struct alarm_list {
    VEC(struct alarm *) alarms;
};

/* What is known of a resource besides its keys. */
struct watched_use {
    bool read;    /* an alarm or a graph reads a metric of it */
    bool no_role; /* a host whose agent and script nobody gave permissions */
    struct alarm_list alarms;
    VEC(const struct cat_metric *) published; /* that an agent or a probe is asked for */
};

/* What has to send before an alarm has data. */
struct hanging {
    str alarm;
    const struct log *log;      /* NULL: no log */
    const struct watched *host; /* whose agent or script, when no data is bad; else NULL */
};

struct topic {
    str key; /* the name of its severity, or those of `notify` joined; unique in its region */
    enum cfg_severity severity;
    struct cfg_texts notify; /* as in struct alarm */
    str doc;                 /* whom it tells of what */
    enum graph_region region;
    struct node *node, *policy;
    struct value *actions; /* what its alarms do: tell it */
};

/* A Slack channel that some topic tells. */
struct slack_channel {
    str text; /* "T07EA123LEP/C07EZ1ABC23" */
    str path; /* "notify.team" */
    VEC(struct topic *) topics;
    span at;
};

/* The alarms of a severity that nobody is told of. */
struct unreached {
    const struct alarm *first[3];
    uint32_t n, users; /* all, and those of ops.yaml */
};

struct lower {
    struct arena *a;       /* of the graph and all that it names */
    struct arena *scratch; /* freed when the graph is whole */
    struct arena *plans;   /* the same, of what is gone through for all alarms: close together */
    struct arena *passing; /* cleared by who uses it, when done */
    struct diag_list *dl;
    const struct config *cfg;
    struct catalog catalog;
    struct graph *graph;
    struct buf *explain;       /* NULL: not asked */
    const char *explain_title; /* of what is noted next, if anything is; NULL: it stands there */
    bool covers;               /* the coverage is asked for */
    str spec_dir;              /* the folder of ops.yaml; empty: here */
    str prefix;                /* "reco-production" */
    str namespace_;            /* "reco/production": of our own metrics */

    VEC(struct watched *) watched;
    struct map watched_by_name;
    VEC(struct watched_use) watched_uses; /* by watched->index; implicit resources too */
    struct map data_nodes;                /* resource name -> node that looks it up */

    VEC(struct secret *) secrets;     /* secrets.h */
    str secrets_ca;                   /* the certificates that `secrets.ca` names; empty: none */
    VEC(struct backup_job *) backups; /* backup.h */
    struct deploy *deploy;            /* deploy.h; NULL: nothing is deployed */
    struct free_tier *free_tier;      /* free_tier.h; NULL: the profile is full */
    VEC(struct cleanup_objects) objects;
    VEC(struct lifecycle *) lifecycles; /* lifecycle.h */
    struct cdn *cdn;                    /* cdn.h; NULL: there is none */

    VEC(struct log *) logs;
    struct map log_metrics;    /* "api.errors" -> struct log_metric */
    struct map log_groups;     /* name of the group -> struct log */
    struct map log_speaks_of;  /* name of a resource with metrics from a log -> struct log */
    struct map log_ships_from; /* name of a host, of logs of the user's -> struct log */

    VEC(struct alarm *) alarms;
    struct map alarms_by_name;
    struct alarm_bills *alarm_bills; /* NULL: none is noted */
    VEC(struct topic *) topics;
    VEC(struct slack_channel *) slack; /* each once, whoever names it */
    struct map budget_topics;          /* key -> struct topic */
    struct map told;                   /* names of `notify` that some alarm reaches */
    struct unreached unreached[CFG_SEVERITY_COUNT];
    struct value *enabled; /* the variable by which all alarms are silenced */

    VEC(struct hanging) hanging;
    VEC(struct agent_use) agent_uses;
    VEC(struct probe_use) probe_uses;
    struct map probe_runs;    /* name of a kind -> what its probes have in common (probe.c) */
    VEC(struct host *) hosts; /* in the order of ops.yaml */
    uint32_t ndashboards;
    VEC(uint32_t) drawn; /* series of each dashboard */
    struct buf text;     /* that an alarm's description is written to before it is kept */
};

/* The name of a region: "eu-west-1". */
static inline str lower_region(const struct lower *l, enum graph_region r) {
    return r == GRAPH_REGION_GLOBAL ? STR(GRAPH_GLOBAL_NAME) : l->cfg->aws.region.text;
}

/* watched.c */
void lower_resources(struct lower *l, const struct io *io, str file);
/* A place among l->watched_uses for one that was just bound. */
void lower_add_use(struct lower *l, struct watched *w);
struct watched *lower_find_watched(struct lower *l, str name, span at);
/* A resource that must be of a kind; NULL after a diagnostic, which begins with `what`. */
struct watched *lower_find_kind(struct lower *l, const struct cfg_text *name, const char *kind,
                                const char *what);
/* The resource that an attribute such as `on` names; NULL (reported) when it is not there. */
struct watched *lower_host(struct lower *l, const struct watched *w, str template_text);
/* The only resource of kind ec2, or NULL. */
const struct watched *lower_only_host(const struct lower *l);

/* logs.c */
void lower_logs(struct lower *l);
void lower_log_nodes(struct lower *l);
/* So many days, which CloudWatch Logs must know; when it is not given, what the profile has. */
int64_t lower_retention(struct lower *l, const struct cfg_quantity *q);

/* alarms.c, recommended.c, alarm_node.c, composite.c, free_tier_alarms.c */
void lower_alarms(struct lower *l);
void lower_recommended(struct lower *l);
void lower_alarm_nodes(struct lower *l);
/* `wait` or `extend` of `suppress`, in seconds: what is given, or what it is without that. */
int64_t lower_suppress_s(const struct cfg_quantity *q);
void lower_composites(struct lower *l);
/* Whether another alarm keeps it silent. */
bool lower_is_suppressed(const struct alarm *al);
/* Warns of a composite alarm that its suppressor keeps silent whenever it is in alarm. */
void lower_suppressed(struct lower *l, const struct alarm *al);
void lower_free_tier(struct lower *l);
/* Tells of an alarm that is left out, where its node would be added. */
void lower_left_out(struct lower *l, const struct alarm *al);
struct alarm *lower_add_alarm(struct lower *l, struct alarm *al);
/* The condition of an alarm that is not wrong. */
const struct expr_condition *lower_condition(struct lower *l, struct alarm *al);

/* alarm_bill.c: what CloudWatch bills an alarm for, noted when its node is whole */
void lower_note_bill(struct lower *l, const struct node *n);
/* One for each node of the graph. */
const struct lower_alarm *lower_alarm_bills(struct lower *l);

/* topics.c: the topics that an alarm's state changes go to */
struct value *lower_actions(struct lower *l, const struct alarm *al);
void lower_topics(struct lower *l);
/* The route of a severity; NULL: ops.yaml has none. */
const struct cfg_route *lower_route(const struct lower *l, enum cfg_severity severity);
/* unreached.c: alarms that tell nobody are noted, and told together: one cause, one diagnostic. */
bool lower_is_severity(str name);
void lower_note_unreached(struct lower *l, const struct alarm *al);
void lower_unreached(struct lower *l);
/* Reports names that `notify:` does not have. */
void lower_check_notify(struct lower *l, const struct cfg_texts *names);

/* chat.c: webhooks of chats that SNS cannot speak to, and Slack by way of Amazon Q Developer */
void lower_check_chats(struct lower *l, const struct cfg_notify *n);
void lower_tell_slack(struct lower *l, struct topic *t, const struct cfg_notify *who);
void lower_slack(struct lower *l);

/* crosscheck.c: what is there and does nothing; names.c: two names that become one; limits.c: what
 * AWS refuses */
void lower_crosscheck(struct lower *l);
void lower_names(struct lower *l);
void lower_limits(struct lower *l);
/* assumed.c: what opsc takes for granted and cannot see. What an alarm that is made hangs on is
 * noted while its plan is at hand. */
void lower_note_hanging(struct lower *l, const struct alarm *al);
void lower_assumed(struct lower *l);
/* identity.c: which AWS resources are watched */
void lower_identities(struct lower *l, struct lower_result *r);

/* dashboards.c */
void lower_dashboards(struct lower *l);

/* published.c: what is billed by how much of it there is */
/* The share of the hours in which a metric of a job is sent. */
struct num lower_job_share(struct lower *l, const struct watched *w, const struct cat_metric *m);
void lower_billed(struct lower *l, struct lower_result *r);

/* agent.c, probe.c, iam.c: what runs on the hosts */
void lower_hosts(struct lower *l);
void lower_iam(struct lower *l);

/* Notes for --explain: one line, indented by the caller's section. */
void lower_explain(struct lower *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void lower_explain_title(struct lower *l, const char *title);

#endif
