/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "lower/host.h"
#include "lower/log_filter.h"

#include <stdlib.h>

#define CONFIG_MAX (8u << 20)

static int64_t interval_s(const struct watched *host) {
    const struct attribute_value *v = watched_attribute(host, STR("agent_interval"));
    return v != NULL && num_is_int(v->quantity.value) ? v->quantity.value.n : 60;
}

static int by_measurement(const void *x, const void *y) {
    const struct cat_metric *a = *(const struct cat_metric *const *)x;
    const struct cat_metric *b = *(const struct cat_metric *const *)y;
    int c = str_cmp(a->agent.section.text, b->agent.section.text);
    return c != 0 ? c : str_cmp(a->agent.measurement.text, b->agent.measurement.text);
}

/* Names of measurements, each once: they are sorted. */
static void put_measurements(struct json *j, const char *key, const struct cat_metric **list,
                             uint32_t n) {
    json_key(j, str_c(key));
    json_inline_begin(j);
    json_array_begin(j);
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || !str_eq(list[i]->agent.measurement.text, list[i - 1]->agent.measurement.text))
            json_str(j, list[i]->agent.measurement.text);
    }
    json_array_end(j);
    json_inline_end(j);
}

/* One section of metrics_collected: the measurements that something uses. */
static void put_agent_section(struct lower *l, struct json *j, const struct watched *host,
                              const struct cat_metric **list, uint32_t n) {
    json_key(j, list[0]->agent.section.text);
    json_object_begin(j);
    put_measurements(j, "measurement", list, n);
    /* Nothing reads what there is of each disk or CPU, and each would be billed. */
    if (given(list[0]->agent.resources.at) || str_is(list[0]->agent.section.text, "cpu"))
        put_measurements(j, "drop_original_metrics", list, n);
    if (given(list[0]->agent.resources.at)) {
        struct cfg_texts one = {.items = ARENA_NEW(l->a, struct cfg_text), .n = 1};
        one.items[0] = list[0]->agent.resources;
        struct cfg_texts all = watched_texts(l->a, host, &one);
        json_key(j, STR("resources"));
        json_inline_begin(j);
        json_array_begin(j);
        for (uint32_t i = 0; i < all.n; i++)
            json_str(j, all.items[i].text);
        json_array_end(j);
        json_inline_end(j);
    }
    if (list[0]->agent.drop_device.value)
        json_kbool(j, "drop_device", true);
    json_object_end(j);
}

static void put_agent_metrics(struct lower *l, struct json *j, const struct host *host) {
    uint32_t n = host->agent.n;
    if (n == 0)
        return;
    const struct cat_metric **list = ARENA_ARRAY(l->a, const struct cat_metric *, n);
    memcpy(list, host->agent.at, n * sizeof *list);
    qsort(list, n, sizeof *list, by_measurement);
    json_key(j, STR("metrics"));
    json_object_begin(j);
    json_kstr(j, "namespace", STR("CWAgent"));
    json_key(j, STR("append_dimensions"));
    json_inline_begin(j);
    json_object_begin(j);
    json_kstr(j, "InstanceId", STR("${aws:InstanceId}"));
    json_object_end(j);
    json_inline_end(j);
    /* Disks have further dimensions that an alarm cannot know; this adds them up per instance. */
    json_key(j, STR("aggregation_dimensions"));
    json_inline_begin(j);
    json_array_begin(j);
    json_array_begin(j);
    json_str(j, STR("InstanceId"));
    json_array_end(j);
    json_array_end(j);
    json_inline_end(j);
    json_key(j, STR("metrics_collected"));
    json_object_begin(j);
    for (uint32_t i = 0, end; i < n; i = end) {
        end = i + 1;
        while (end < n && str_eq(list[end]->agent.section.text, list[i]->agent.section.text))
            end++;
        put_agent_section(l, j, host->watched, list + i, end - i);
    }
    json_object_end(j);
    json_object_end(j);
}

static void put_file(struct json *j, const struct log *log, str path, const struct log_filter *f) {
    json_object_begin(j);
    json_kstr(j, "file_path", path);
    json_kstr(j, "log_group_name", log->group);
    json_kstr(j, "log_stream_name", STR("{instance_id}"));
    /* Of a pattern the agent ships the newest file only, unless told: then each has its own stream.
     */
    if (str_find(path, '*') < path.n || str_find(path, '?') < path.n ||
        str_find(path, '[') < path.n)
        json_kbool(j, "publish_multi_logs", true);
    if (log->timestamp.n > 0)
        json_kstr(j, "timestamp_format", log->timestamp);
    if (log->multiline.n > 0)
        json_kstr(j, "multi_line_start_pattern", log->multiline);
    if (f->type != LOG_FILTER_NONE && f->expression.n > 0) {
        json_key(j, STR("filters"));
        json_array_begin(j);
        json_object_begin(j);
        json_kstr(j, "type", f->type == LOG_FILTER_INCLUDE ? STR("include") : STR("exclude"));
        json_kstr(j, "expression", f->expression);
        json_object_end(j);
        json_array_end(j);
    }
    json_object_end(j);
}

static void put_agent_logs(struct lower *l, struct json *j, const struct host *host) {
    if (host->logs.n == 0)
        return;
    json_key(j, STR("logs"));
    json_object_begin(j);
    json_key(j, STR("logs_collected"));
    json_object_begin(j);
    json_key(j, STR("files"));
    json_object_begin(j);
    json_key(j, STR("collect_list"));
    json_array_begin(j);
    for (uint32_t i = 0; i < host->logs.n; i++) {
        const struct log *log = host->logs.at[i];
        struct log_filter f = log_filter_make(l, log);
        if (f.type != LOG_FILTER_NONE)
            lower_explain(l, "%.*s ships to %.*s %s lines that match %.*s",
                          STR_ARG(host->watched->name), STR_ARG(log->group),
                          f.type == LOG_FILTER_INCLUDE ? "only" : "no", STR_ARG(f.expression));
        for (uint32_t k = 0; k < log->files.n; k++)
            put_file(j, log, log->files.items[k].text, &f);
    }
    json_array_end(j);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
}

bool agent_config(struct lower *l, const struct host *host, str *ret) {
    if (host->agent.n == 0 && host->logs.n == 0)
        return false;
    struct buf b = BUF_INIT(CONFIG_MAX);
    struct json j = json_to(&b, 2);
    json_object_begin(&j);
    json_key(&j, STR("agent"));
    json_object_begin(&j);
    json_kint(&j, "metrics_collection_interval", interval_s(host->watched));
    json_kstr(&j, "region", l->cfg->aws.region.text);
    json_object_end(&j);
    put_agent_metrics(l, &j, host);
    put_agent_logs(l, &j, host);
    json_object_end(&j);
    buf_byte(&b, '\n');
    *ret = buf_keep(&b, l->a);
    return true;
}
