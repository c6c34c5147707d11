/* SPDX-License-Identifier: MIT */
#include "runbook/command.h"

#include "base/json.h"
#include "tmpl/tmpl.h"

#define COMMAND_MAX (16u << 20)
/* How far back one looks, in seconds, and in periods when these are long. */
#define LOOK_S 10800
#define LOOK_PERIODS 20

/* No value has this character, which YAML does not allow: around the name of a variable. */
#define MARK "\x01"
#define MARK_JSON "\\u0001"

/* JSON as a word of the shell, in which variables are what they hold. */
static void put_json(struct buf *out, str json) {
    str mark = STR(MARK_JSON);
    bool inside = false;
    buf_byte(out, '\'');
    while (json.n > 0) {
        if (str_starts(json, mark)) {
            inside = !inside;
            buf_text(out, inside ? "'\"$" : "\"'");
            json = str_sub(json, mark.n, json.n);
            continue;
        }
        if (json.p[0] == '\'')
            BUF_LIT(out, "'\\''");
        else
            buf_byte(out, json.p[0]);
        json = str_sub(json, 1, json.n);
    }
    buf_byte(out, '\'');
}

static void put_dimensions(struct json *j, struct arena *a, const struct runbook_query *q) {
    json_key(j, STR("Dimensions"));
    json_array_begin(j);
    for (uint32_t i = 0; i < q->ndimensions; i++) {
        const struct runbook_dimension *d = &q->dimensions[i];
        json_object_begin(j);
        json_kstr(j, "Name", d->name);
        json_kstr(j, "Value",
                  d->variable.n > 0 ? arena_cat3(a, STR(MARK), d->variable, STR(MARK)) : d->value);
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_query(struct json *j, struct arena *a, const struct runbook_query *q,
                      int64_t period_s) {
    json_inline_begin(j);
    json_object_begin(j);
    json_kstr(j, "Id", q->id);
    if (q->expression.n > 0) {
        json_kstr(j, "Expression", q->expression);
    } else {
        json_key(j, STR("MetricStat"));
        json_object_begin(j);
        json_key(j, STR("Metric"));
        json_object_begin(j);
        json_kstr(j, "Namespace", q->namespace_);
        json_kstr(j, "MetricName", q->metric);
        put_dimensions(j, a, q);
        json_object_end(j);
        json_kint(j, "Period", period_s);
        json_kstr(j, "Stat", q->stat);
        json_object_end(j);
    }
    if (!q->shown)
        json_kbool(j, "ReturnData", false);
    json_object_end(j);
    json_inline_end(j);
}

static void put_filter(struct json *j, str name, const str *values, uint32_t n) {
    json_object_begin(j);
    json_kstr(j, "Name", name);
    json_key(j, STR("Values"));
    json_array_begin(j);
    for (uint32_t i = 0; i < n; i++)
        json_str(j, values[i]);
    json_array_end(j);
    json_object_end(j);
}

/* As Terraform looks it up: AWS still finds a terminated instance for an hour. */
static void put_lookup(struct buf *b, struct arena *a, const struct runbook_lookup *look,
                       str region) {
    struct buf text = BUF_INIT(COMMAND_MAX);
    struct json j = json_to(&text, 0);
    json_array_begin(&j);
    bool state = false;
    for (uint32_t i = 0; i < look->find.n; i++) {
        const struct cfg_pair *f = &look->find.items[i];
        put_filter(&j, f->key.text, &f->value.text, 1);
        state |= str_is(f->key.text, "instance-state-name");
    }
    const str alive[] = {STR("pending"), STR("running"), STR("stopping"), STR("stopped")};
    if (!state)
        put_filter(&j, STR("instance-state-name"), alive, 4);
    json_array_end(&j);
    buf_printf(b, "%.*s=\"$(aws ec2 describe-instances --region %.*s --filters ",
               STR_ARG(look->variable), STR_ARG(region));
    put_json(b, buf_keep(&text, a));
    buf_text(b, " \\\n  --query 'Reservations[0].Instances[0].InstanceId' --output text)\"\n");
}

str command_data(struct arena *a, const struct runbook_alarm *al) {
    struct buf b = BUF_INIT(COMMAND_MAX), text = BUF_INIT(COMMAND_MAX);
    if (al->nqueries == 0)
        return STR("");
    for (uint32_t i = 0; i < al->nlookups; i++)
        put_lookup(&b, a, &al->lookups[i], al->region);
    int64_t look_s = LOOK_PERIODS * al->period_s > LOOK_S ? LOOK_PERIODS * al->period_s : LOOK_S;
    buf_printf(&b,
               "aws cloudwatch get-metric-data --region %.*s \\\n"
               "  --start-time \"$(($(date +%%s) - %lld))\" --end-time \"$(date +%%s)\" \\\n"
               "  --metric-data-queries ",
               STR_ARG(al->region), (long long)look_s);
    struct json j = json_to(&text, 2);
    json_array_begin(&j);
    for (uint32_t i = 0; i < al->nqueries; i++)
        put_query(&j, a, &al->queries[i], al->period_s);
    json_array_end(&j);
    put_json(&b, buf_keep(&text, a));
    return buf_keep(&b, a);
}

/* Several lines as they are, when nothing in them ends a block of code or looks like another. */
static bool shows_as_it_is(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        bool control = (c < 0x20 && c != '\n') || c == 0x7F;
        if (control || c == '`' || c == '\'' || c == '~')
            return false;
    }
    return true;
}

static void put_word(struct buf *b, str s) {
    if (shows_as_it_is(s))
        buf_printf(b, "'%.*s'", STR_ARG(s));
    else
        tmpl_shell(b, s);
}

str command_logs(struct arena *a, const struct runbook_log *log, str query, str region) {
    struct buf b = BUF_INIT(COMMAND_MAX);
    buf_printf(&b, "QUERY=\"$(aws logs start-query --region %.*s --log-group-name ",
               STR_ARG(region));
    put_word(&b, log->group);
    buf_text(&b, " \\\n  --start-time \"$(($(date +%s) - 3600))\" --end-time \"$(date +%s)\" "
                 "--query queryId --output text \\\n  --query-string ");
    put_word(&b, str_trim(query));
    buf_printf(&b,
               ")\"\nsleep 5\n"
               "aws logs get-query-results --region %.*s --query-id \"$QUERY\"",
               STR_ARG(region));
    return buf_keep(&b, a);
}

str command_alarm(struct arena *a, const struct runbook_alarm *al, const char *what,
                  const char *option, const char *more) {
    return arena_printf(a, "aws cloudwatch %s --region %.*s %s %.*s%s", what, STR_ARG(al->region),
                        option, STR_ARG(al->aws_name), more);
}

str command_parts(struct arena *a, const struct runbook *r, const struct runbook_alarm *al) {
    struct buf b = BUF_INIT(COMMAND_MAX);
    buf_printf(
        &b,
        "aws cloudwatch describe-alarms --region %.*s --alarm-types MetricAlarm CompositeAlarm "
        "--output table \\\n  --query "
        "'[MetricAlarms,CompositeAlarms][].[AlarmName,StateValue,StateUpdatedTimestamp]' \\\n  "
        "--alarm-names",
        STR_ARG(al->region));
    for (uint32_t i = 0; i < al->parts.n; i++)
        buf_printf(&b, " %.*s-%.*s", STR_ARG(r->prefix), STR_ARG(al->parts.items[i]));
    return buf_keep(&b, a);
}

static str console(struct arena *a, const struct runbook *r, str region) {
    const char *domain = str_is(r->partition, "aws-cn")       ? "amazonaws.cn"
                         : str_is(r->partition, "aws-us-gov") ? "amazonaws-us-gov.com"
                                                              : "aws.amazon.com";
    return arena_printf(a, "https://%.*s.console.%s/cloudwatch/home?region=%.*s", STR_ARG(region),
                        domain, STR_ARG(region));
}

str command_console_alarm(struct arena *a, const struct runbook *r,
                          const struct runbook_alarm *al) {
    return arena_cat3(a, console(a, r, al->region), STR("#alarmsV2:alarm/"), al->aws_name);
}

str command_console_dashboard(struct arena *a, const struct runbook *r, str name) {
    return arena_cat3(a, console(a, r, r->region), STR("#dashboards/dashboard/"), name);
}
