/* SPDX-License-Identifier: MIT */
/* Tables of AWS's error codes, and how they are read. */
#include "aws/aws_error.h"

#include "aws/endpoint.h"
#include "aws/xml.h"
#include "base/buf.h"
#include "diag/secret.h"

#include <cJSON.h>
#include <stdlib.h>

#define MESSAGE_MAX 2000
#define CODE_MAX 128

/* What opsc makes of a code. Codes of throttling and of what may pass are the SDKs' own lists. */
static const struct row {
    const char *code;
    enum aws_error_kind kind;
    enum aws_retry retry;
    const char *service; /* NULL: every one */
} rows[] = {
    {"LimitExceededException", AWS_THROTTLED, AWS_RETRY_THROTTLE, "ce"},
    {"LimitExceededException", AWS_QUOTA, AWS_RETRY_NEVER, NULL},
    {"LimitExceeded", AWS_QUOTA, AWS_RETRY_NEVER, NULL},
    {"LimitExceededFault", AWS_QUOTA, AWS_RETRY_NEVER, NULL},
    {"ServiceQuotaExceededException", AWS_QUOTA, AWS_RETRY_NEVER, NULL},
    {"ResourceLimitExceeded", AWS_QUOTA, AWS_RETRY_NEVER, NULL},
    {"TooManyBuckets", AWS_QUOTA, AWS_RETRY_NEVER, NULL},
    {"TooManyHealthChecks", AWS_QUOTA, AWS_RETRY_NEVER, NULL},

    {"Throttling", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"ThrottlingException", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"ThrottledException", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"RequestThrottledException", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"RequestThrottled", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"TooManyRequestsException", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"ProvisionedThroughputExceededException", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"TransactionInProgressException", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"RequestLimitExceeded", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"BandwidthLimitExceeded", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"SlowDown", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"PriorRequestNotComplete", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"EC2ThrottledException", AWS_THROTTLED, AWS_RETRY_THROTTLE, NULL},
    {"TooManyUpdates", AWS_THROTTLED, AWS_RETRY_THROTTLE, "ssm"},

    {"OperationAbortedException", AWS_CONFLICT, AWS_RETRY_THROTTLE, "logs"},
    {"ConcurrentModificationException", AWS_CONFLICT, AWS_RETRY_THROTTLE, "events"},
    {"ResourceConflictException", AWS_CONFLICT, AWS_RETRY_THROTTLE, "lambda"},
    {"OperationAborted", AWS_CONFLICT, AWS_RETRY_THROTTLE, "s3"},
    {"ConditionalRequestConflict", AWS_CONFLICT, AWS_RETRY_THROTTLE, "s3"},
    {"ConcurrentModification", AWS_CONFLICT, AWS_RETRY_THROTTLE, "iam"},
    {"ConflictException", AWS_EXISTS, AWS_RETRY_NEVER, "chatbot"}, /* of what creates alone */
    {"ConflictException", AWS_CONFLICT, AWS_RETRY_THROTTLE, "scheduler"},
    {"ConflictException", AWS_CONFLICT, AWS_RETRY_NEVER, NULL},
    {"PreconditionFailed", AWS_CONFLICT, AWS_RETRY_NEVER, NULL},

    {"RequestTimeout", AWS_TIMEOUT, AWS_RETRY_TRANSIENT, NULL},
    {"RequestTimeoutException", AWS_TIMEOUT, AWS_RETRY_TRANSIENT, NULL},
    {"IDPCommunicationError", AWS_SERVER, AWS_RETRY_TRANSIENT, "sts"},
    {"InternalFailure", AWS_SERVER, AWS_RETRY_TRANSIENT, NULL},
    {"InternalError", AWS_SERVER, AWS_RETRY_TRANSIENT, NULL},
    {"InternalServerError", AWS_SERVER, AWS_RETRY_TRANSIENT, NULL},
    {"ServiceUnavailable", AWS_SERVER, AWS_RETRY_TRANSIENT, NULL},
    {"ServiceUnavailableException", AWS_SERVER, AWS_RETRY_TRANSIENT, NULL},

    {"InvalidSignatureException", AWS_BAD_KEYS, AWS_RETRY_CLOCK, NULL},
    {"SignatureDoesNotMatch", AWS_BAD_KEYS, AWS_RETRY_CLOCK, NULL},
    {"AuthFailure", AWS_BAD_KEYS, AWS_RETRY_CLOCK, NULL},
    {"RequestTimeTooSkewed", AWS_SKEWED, AWS_RETRY_CLOCK, NULL},
    {"RequestExpired", AWS_SKEWED, AWS_RETRY_CLOCK, NULL},
    {"UnrecognizedClientException", AWS_BAD_KEYS, AWS_RETRY_NEVER, NULL},
    {"InvalidClientTokenId", AWS_BAD_KEYS, AWS_RETRY_NEVER, NULL},
    {"InvalidAccessKeyId", AWS_BAD_KEYS, AWS_RETRY_NEVER, NULL},
    {"MissingAuthenticationToken", AWS_BAD_KEYS, AWS_RETRY_NEVER, NULL},
    {"MissingAuthenticationTokenException", AWS_BAD_KEYS, AWS_RETRY_NEVER, NULL},
    {"IncompleteSignature", AWS_BAD_KEYS, AWS_RETRY_NEVER, NULL},
    {"ExpiredToken", AWS_EXPIRED, AWS_RETRY_NEVER, NULL},
    {"ExpiredTokenException", AWS_EXPIRED, AWS_RETRY_NEVER, NULL},

    {"AccessDenied", AWS_DENIED, AWS_RETRY_NEVER, NULL},
    {"AccessDeniedException", AWS_DENIED, AWS_RETRY_CLOCK, NULL},
    {"AuthorizationError", AWS_DENIED, AWS_RETRY_NEVER, NULL},
    {"AuthorizationErrorException", AWS_DENIED, AWS_RETRY_NEVER, NULL},
    {"UnauthorizedOperation", AWS_DENIED, AWS_RETRY_NEVER, NULL},
    {"UnauthorizedException", AWS_DENIED, AWS_RETRY_NEVER, NULL},
    {"ForbiddenException", AWS_DENIED, AWS_RETRY_NEVER, NULL},
    {"NotAuthorized", AWS_DENIED, AWS_RETRY_NEVER, NULL},
    {"AllAccessDisabled", AWS_DENIED, AWS_RETRY_NEVER, NULL},

    {"NoSuchEntity", AWS_NOT_FOUND, AWS_RETRY_NEVER, NULL},
    {"NotFound", AWS_NOT_FOUND, AWS_RETRY_NEVER, NULL},
    {"NotFoundException", AWS_NOT_FOUND, AWS_RETRY_NEVER, NULL},
    {"ResourceNotFound", AWS_NOT_FOUND, AWS_RETRY_NEVER, NULL},
    {"ResourceNotFoundException", AWS_NOT_FOUND, AWS_RETRY_NEVER, NULL},
    {"ParameterNotFound", AWS_NOT_FOUND, AWS_RETRY_NEVER, NULL},
    {"DashboardNotFoundError", AWS_NOT_FOUND, AWS_RETRY_NEVER, NULL},
    {"RepositoryNotFoundException", AWS_NOT_FOUND, AWS_RETRY_NEVER, NULL},
    {"RepositoryPolicyNotFoundException", AWS_NOT_FOUND, AWS_RETRY_NEVER, NULL},
    {"LifecyclePolicyNotFoundException", AWS_NOT_FOUND, AWS_RETRY_NEVER, NULL},
    {"InvalidDocument", AWS_NOT_FOUND, AWS_RETRY_NEVER, "ssm"},
    {"AccountNotFoundException", AWS_NOT_FOUND, AWS_RETRY_NEVER, NULL},
    {"InvalidVpcEndpointId.NotFound", AWS_NOT_FOUND, AWS_RETRY_NEVER, "ec2"},
    {"UnknownMonitorException", AWS_NOT_FOUND, AWS_RETRY_NEVER, "ce"},
    {"UnknownSubscriptionException", AWS_NOT_FOUND, AWS_RETRY_NEVER, "ce"},

    {"EntityAlreadyExists", AWS_EXISTS, AWS_RETRY_NEVER, NULL},
    {"AlreadyExistsException", AWS_EXISTS, AWS_RETRY_NEVER, NULL},
    {"ResourceAlreadyExistsException", AWS_EXISTS, AWS_RETRY_NEVER, NULL},
    {"ResourceExistsException", AWS_EXISTS, AWS_RETRY_NEVER, NULL},
    {"ParameterAlreadyExists", AWS_EXISTS, AWS_RETRY_NEVER, NULL},
    {"DuplicateRecordException", AWS_EXISTS, AWS_RETRY_NEVER, NULL},
    {"BucketAlreadyExists", AWS_EXISTS, AWS_RETRY_NEVER, NULL},
    {"BucketAlreadyOwnedByYou", AWS_EXISTS, AWS_RETRY_NEVER, NULL},
};

/* Codes that mean two things, which the message tells apart. */
static const struct {
    struct row row;
    const char *says; /* part of the message */
} told[] = {
    {{"ResourceConflictException", AWS_EXISTS, AWS_RETRY_NEVER, "lambda"}, "already exist"},
    {{"ConflictException", AWS_EXISTS, AWS_RETRY_NEVER, "scheduler"}, "already exist"},
    /* One for each account; others of this code are too many calls. */
    {{"LimitExceededException", AWS_QUOTA, AWS_RETRY_NEVER, "ce"}, "spend monitor creation"},
};

/* What it is of which nothing but the status is known. */
static const struct {
    unsigned status;
    enum aws_error_kind kind;
    enum aws_retry retry;
} statuses[] = {{401, AWS_BAD_KEYS, AWS_RETRY_NEVER},     {403, AWS_DENIED, AWS_RETRY_NEVER},
                {404, AWS_NOT_FOUND, AWS_RETRY_NEVER},    {409, AWS_CONFLICT, AWS_RETRY_NEVER},
                {412, AWS_CONFLICT, AWS_RETRY_NEVER},     {429, AWS_THROTTLED, AWS_RETRY_THROTTLE},
                {509, AWS_THROTTLED, AWS_RETRY_THROTTLE}, {500, AWS_SERVER, AWS_RETRY_TRANSIENT},
                {502, AWS_SERVER, AWS_RETRY_TRANSIENT},   {503, AWS_SERVER, AWS_RETRY_TRANSIENT},
                {504, AWS_SERVER, AWS_RETRY_TRANSIENT}};

static const struct kind_row {
    const char *name, *advice;
} kinds[] = {
    [AWS_OK] = {"ok", ""},
    [AWS_NO_CREDENTIALS] = {"no-credentials",
                            "Set AWS_PROFILE or --profile, sign in (`aws sso login`), or set "
                            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."},
    [AWS_NO_REGION] = {"no-region",
                       "Give it with --region, AWS_REGION or `region` of the profile."},
    [AWS_NO_LIBRARY] = {"no-library",
                        "Install libcurl and OpenSSL (libcurl4 and libssl3 on Debian)."},
    [AWS_UNREACHABLE] = {"unreachable",
                         "Is there a network, or a proxy that HTTPS_PROXY should name?"},
    [AWS_UNTRUSTED] = {"untrusted", "Is a proxy in between that reads what is encrypted? "
                                    "AWS_CA_BUNDLE names the file with its authority."},
    [AWS_TIMEOUT] = {"timeout", "Try again."},
    [AWS_GIVEN_UP] = {"given-up", ""},
    [AWS_CUT] = {"cut", "Try again."},
    [AWS_TOO_BIG] = {"too-big", ""},
    [AWS_STRANGE] = {"strange", "The answer is not AWS's: is a proxy in between, or does "
                                "AWS_ENDPOINT_URL name a server that does not know the call?"},
    [AWS_DENIED] = {"denied", "`opsc iam` prints the policy that opsc needs."},
    [AWS_EXPIRED] = {"expired", "Sign in again, or get new credentials."},
    [AWS_BAD_KEYS] = {"bad-keys", "AWS does not know these credentials: are they of this account "
                                  "and partition, and not deleted?"},
    [AWS_SKEWED] = {"skewed", "Set the clock of this machine."},
    [AWS_THROTTLED] = {"throttled", "Something else in the account uses the same quota; try again "
                                    "later, or ask AWS for more."},
    [AWS_QUOTA] = {"quota", "The account is at its limit: ask AWS for more (Service Quotas), or "
                            "remove what is not needed."},
    [AWS_NOT_FOUND] = {"not-found", ""},
    [AWS_EXISTS] = {"exists", ""},
    [AWS_CONFLICT] = {"conflict", "Something else is changing it; try again when that is done."},
    [AWS_SERVER] = {"server", "Try again; health.aws.amazon.com says whether AWS has a problem."},
    [AWS_INVALID] = {"invalid", ""},
};

struct aws_error aws_error_keep(struct arena *a, const struct aws_error *e) {
    struct aws_error kept = *e;
    str *texts[] = {&kept.code, &kept.message, &kept.request_id, &kept.action};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = arena_str(a, *texts[i]);
    return kept;
}

const char *aws_error_kind_name(enum aws_error_kind k) {
    return kinds[k].name;
}

str aws_error_advice(struct arena *a, const struct aws_error *e) {
    if (e->kind == AWS_DENIED && e->action.n > 0)
        return arena_printf(a, "The permission %.*s is missing. %s", STR_ARG(e->action),
                            kinds[AWS_DENIED].advice);
    return str_c(kinds[e->kind].advice);
}

str aws_header(const struct http_header *headers, uint32_t nheaders, const char *name) {
    for (uint32_t i = 0; i < nheaders; i++) {
        if (str_is_nocase(headers[i].name, name))
            return headers[i].value;
    }
    return (str){NULL, 0};
}

/* ---- what the answer says */

/* One line of text, of what may be any bytes. */
static str clean(struct arena *a, str s, uint32_t max) {
    struct buf b = BUF_INIT((size_t)4 * MESSAGE_MAX);
    for (uint32_t i = 0, n = 0; i < s.n && b.n<max; i += n> 0 ? n : 1) {
        n = utf8_next(s, i);
        if (n == 0 || s.p[i] < ' ' || s.p[i] == 0x7F)
            buf_byte(&b, n == 0 ? '?' : ' ');
        else
            buf_put(&b, str_sub(s, i, i + n));
    }
    return str_trim(buf_keep(&b, a));
}

/* "ns#Code:http://..." */
static str bare_code(str code) {
    code = str_sub(code, 0, str_find(code, ':'));
    uint32_t from = code.n;
    while (from > 0 && code.p[from - 1] != '#')
        from--;
    return str_sub(code, from, code.n);
}

static str json_text(struct arena *a, const cJSON *o, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    return cJSON_IsString(v) ? arena_str(a, str_c(v->valuestring)) : (str){NULL, 0};
}

static str first_of(str a, str b) {
    return a.n > 0 ? a : b;
}

/* False: it is no JSON object, or says nothing. */
static bool read_json(struct arena *a, const struct http_header *headers, uint32_t nheaders,
                      str body, struct aws_error *e) {
    cJSON *o = cJSON_ParseWithLength((const char *)body.p, body.n);
    str header = aws_header(headers, nheaders, "x-amzn-errortype");
    str query = aws_header(headers, nheaders, "x-amzn-query-error");
    e->message = first_of(json_text(a, o, "message"), json_text(a, o, "Message"));
    str code = first_of(json_text(a, o, "__type"),
                        first_of(json_text(a, o, "code"), json_text(a, o, "Code")));
    /* SSO and its like. */
    if (code.n == 0 && (code = json_text(a, o, "error")).n > 0)
        e->message = first_of(e->message, json_text(a, o, "error_description"));
    e->code =
        query.n > 0 ? str_sub(query, 0, str_find(query, ';')) : bare_code(first_of(header, code));
    bool ok = cJSON_IsObject(o) && e->code.n > 0;
    cJSON_Delete(o);
    return ok || (header.n > 0 && body.n == 0);
}

static bool read_xml(struct arena *a, str body, struct aws_error *e) {
    const char *why = NULL;
    const struct xml_node *root = xml_parse(a, body, &why), *error = root;
    if (root == NULL)
        return false;
    if (!str_is(root->name, "Error")) {
        const struct xml_node *errors = xml_child(root, "Errors");
        error = xml_child(errors != NULL ? errors : root, "Error");
    }
    e->code = xml_child_text(error, "Code");
    e->message = xml_child_text(error, "Message");
    e->request_id =
        first_of(xml_child_text(root, "RequestId"),
                 first_of(xml_child_text(root, "RequestID"), xml_child_text(error, "RequestId")));
    return e->code.n > 0;
}

/* A signature that does not match is answered with all that was signed, session token included. */
static str without_signed(str message) {
    for (uint32_t i = 0; i < message.n; i++) {
        str rest = str_sub(message, i, message.n);
        if (str_starts(rest, STR("The Canonical String")) ||
            str_starts(rest, STR("The String-to-Sign")))
            return str_trim(str_sub(message, 0, i));
    }
    return message;
}

static bool is_action(str s) {
    uint32_t colon = str_find(s, ':');
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        if (!(ascii_is_alnum(c) || c == '-' || c == ':'))
            return false;
    }
    return colon > 0 && colon + 1 < s.n;
}

/* "... is not authorized to perform: cloudwatch:DescribeAlarms on resource: ..." */
static str missing_action(struct arena *a, const struct aws_service *s, str operation,
                          str message) {
    static const char sign[] = "not authorized to perform";
    for (uint32_t i = 0; i + sizeof sign < message.n; i++) {
        str rest = str_sub(message, i, message.n);
        if (!str_starts(rest, str_c(sign)))
            continue;
        rest = str_sub(rest, sizeof sign - 1, rest.n);
        while (rest.n > 0 && (rest.p[0] == ':' || rest.p[0] == ' '))
            rest = str_sub(rest, 1, rest.n);
        str action = str_sub(rest, 0, str_find(rest, ' '));
        while (action.n > 0 && (action.p[action.n - 1] == '.' || action.p[action.n - 1] == ','))
            action.n--;
        if (is_action(action))
            return action;
    }
    return arena_printf(a, "%s:%.*s", s->iam, STR_ARG(operation));
}

static bool is_of(const struct row *r, const struct aws_service *s, str code) {
    return str_is(code, r->code) && (r->service == NULL || strcmp(r->service, s->name) == 0);
}

static const struct row *row_of(const struct aws_service *s, const struct aws_error *e) {
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (is_of(&told[i].row, s, e->code) && str_contains(e->message, str_c(told[i].says)))
            return &told[i].row;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (is_of(&rows[i], s, e->code))
            return &rows[i];
    }
    return NULL;
}

static enum aws_error_kind kind_of(const struct aws_service *s, const struct aws_error *e) {
    const struct row *r = row_of(s, e);
    if (r != NULL)
        return r->kind;
    if (str_starts(e->code, STR("NoSuch")) || str_contains(e->code, STR("NotFound")))
        return AWS_NOT_FOUND;
    /* Only in REST it is the thing that is not there; others are all at one place, and AWS's say a
     * code. */
    bool rest = s->protocol == AWS_REST_XML || s->protocol == AWS_REST_JSON;
    if (e->status == 404 && e->code.n == 0 && !rest)
        return AWS_STRANGE;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i].status == e->status && (e->status >= 429 || e->code.n == 0))
            return statuses[i].kind;
    }
    return e->status >= 500 ? AWS_SERVER : AWS_INVALID;
}

static bool is_xml(const struct aws_service *s) {
    return s->protocol == AWS_REST_XML || s->protocol == AWS_QUERY || s->protocol == AWS_EC2;
}

bool aws_error_is_page(str body) {
    static const char *const begins[] = {"<!doctype html", "<html"};
    str s = str_sub(body, str_starts(body, STR("\xEF\xBB\xBF")) ? 3 : 0, body.n);
    s = str_trim(s);
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        if (str_is_nocase(str_sub(s, 0, (uint32_t)strlen(begins[i])), begins[i]))
            return true;
    }
    return false;
}

/* In what an answer that is none of AWS's differs from one: who sends it is found by that. */
static str strangeness(struct arena *a, unsigned status, const struct http_header *headers,
                       uint32_t nheaders, str body) {
    str to = aws_header(headers, nheaders, "location");
    str from = clean(a, aws_header(headers, nheaders, "server"), CODE_MAX);
    str type = clean(a, aws_header(headers, nheaders, "content-type"), CODE_MAX);
    if (status >= 300 && status <= 399 && to.n > 0)
        return arena_printf(a, "the answer has status %u and leads to %.*s", status,
                            STR_ARG(clean(a, http_origin(a, to), CODE_MAX)));
    if (aws_error_is_page(body))
        return arena_printf(a, "the answer has status %u and is a web page%s%.*s%s", status,
                            from.n > 0 ? " (of " : "", STR_ARG(from), from.n > 0 ? ")" : "");
    return arena_printf(a, "the answer has status %u and is not AWS's%s%.*s%s", status,
                        type.n > 0 ? " (" : "", STR_ARG(type), type.n > 0 ? ")" : "");
}

void aws_error_of_item(struct arena *a, const struct aws_service *s, str operation, str code,
                       str message, struct aws_error *ret) {
    struct aws_error e = {.status = 200};
    e.code = clean(a, code, CODE_MAX);
    e.message = secret_hide(a, clean(a, without_signed(message), MESSAGE_MAX));
    e.kind = kind_of(s, &e);
    if (e.kind == AWS_DENIED)
        e.action = missing_action(a, s, operation, e.message);
    *ret = e;
}

void aws_error_read(struct arena *a, const struct aws_service *s, str operation, unsigned status,
                    const struct http_header *headers, uint32_t nheaders, str body,
                    struct aws_error *ret) {
    struct aws_error e = {.status = status};
    bool is_aws = is_xml(s) ? read_xml(a, body, &e) : read_json(a, headers, nheaders, body, &e);
    /* S3 answers HEAD with a status alone, and gateways of AWS with nothing at all. */
    if (!is_aws && body.n == 0)
        e.message = arena_printf(a, "AWS answered with status %u and no word", status);
    else if (!is_aws)
        e = (struct aws_error){.status = status};
    e.request_id =
        first_of(e.request_id, first_of(aws_header(headers, nheaders, "x-amzn-requestid"),
                                        aws_header(headers, nheaders, "x-amz-request-id")));
    e.code = clean(a, e.code, CODE_MAX);
    e.message = secret_hide(a, clean(a, without_signed(e.message), MESSAGE_MAX));
    e.request_id = clean(a, e.request_id, CODE_MAX);
    e.kind = is_aws || body.n == 0 ? kind_of(s, &e) : AWS_STRANGE;
    if (e.kind == AWS_STRANGE)
        e.message = strangeness(a, status, headers, nheaders, body);
    if (e.kind == AWS_DENIED)
        e.action = missing_action(a, s, operation, e.message);
    *ret = e;
}

str aws_error_bucket_region(struct arena *a, unsigned status, const struct http_header *headers,
                            uint32_t nheaders, str body) {
    const char *why = NULL;
    if (status != 301 && status != 302 && status != 307 && status != 400)
        return (str){NULL, 0};
    str region = aws_header(headers, nheaders, "x-amz-bucket-region");
    if (region.n == 0)
        region = xml_child_text(xml_parse(a, body, &why), "Region");
    return aws_region_is_name(region) ? region : (str){NULL, 0};
}

enum aws_retry aws_error_retry(const struct aws_service *s, const struct aws_error *e) {
    const struct row *r = row_of(s, e);
    if (r != NULL)
        return r->retry;
    if (e->kind == AWS_UNREACHABLE || e->kind == AWS_UNTRUSTED || e->kind == AWS_TIMEOUT ||
        e->kind == AWS_CUT)
        return AWS_RETRY_TRANSIENT;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i].status == e->status)
            return statuses[i].retry;
    }
    return AWS_RETRY_NEVER;
}
