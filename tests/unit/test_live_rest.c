/* SPDX-License-Identifier: MIT */
/* Answers of REST services as AWS's documentation has them, where the emulator has others. */
#include "unit.h"

#include "live/answer.h"
#include "live/items.h"
#include "live/live.h"
#include "model/value_json.h"

static void put(struct buf *b, const struct resource_attr *rows, uint32_t n,
                struct value *const *attrs);

static void put_one(struct buf *b, const struct resource_attr *row, const struct value *v) {
    if (v->type == VALUE_BLOCK) {
        buf_byte(b, '{');
        put(b, row->block, row->nblock, v->block.attrs);
        buf_byte(b, '}');
    } else if (v->type == VALUE_LIST && row->type >= ATTR_BLOCK) {
        for (uint32_t i = 0; i < v->list.n; i++)
            put_one(b, row, v->list.items[i]);
    } else {
        value_put_json(b, v);
    }
}

static void put(struct buf *b, const struct resource_attr *rows, uint32_t n,
                struct value *const *attrs) {
    bool first = true;
    for (uint32_t i = 0; i < n; i++) {
        if (attrs[i] == NULL)
            continue;
        buf_printf(b, "%s%s=", first ? "" : " ", rows[i].tf);
        put_one(b, &rows[i], attrs[i]);
        first = false;
    }
}

struct rest {
    const struct resource_kind *kind;
    uint32_t read; /* which of its reads */
    const char *asked, *body, *is;
    struct http_header header;
};

/* All nodes, each in brackets; or why there are none. */
static str read_all(struct arena *a, const struct rest *r) {
    const char *why = NULL;
    str strange = STR("");
    const struct resource_read *read = &r->kind->reads[r->read];
    struct aws_answer answer = {.status = 200,
                                .body = str_c(r->body),
                                .headers = &r->header,
                                .nheaders = r->header.name.n > 0 ? 1 : 0};
    struct arena *scratch = arena_small(a);
    struct items to = {.into = graph_new(a), .own = a};
    struct items_from from = {
        .kind = r->kind,
        .read = read,
        .asked = value_of_json(scratch, str_c(r->asked == NULL ? "{}" : r->asked), &why),
        .answer = answer_to(scratch, read->call, &answer, &why)};
    assert_non_null(from.answer);
    if (!items_add(&to, scratch, &from, &strange))
        return arena_cat(a, STR("strange: "), strange);
    /* Nothing of the answer is in the nodes. */
    arena_free(scratch);
    struct buf b = BUF_INIT(65536);
    for (uint32_t i = 0; i < to.into->nodes.n; i++) {
        buf_byte(&b, '[');
        put(&b, r->kind->attrs, r->kind->nattrs, to.into->nodes.at[i]->attrs);
        buf_byte(&b, ']');
    }
    return buf_keep(&b, a);
}

static void check(struct arena *a, const struct rest *cases, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        assert_text(read_all(a, &cases[i]), cases[i].is);
}
#define CHECK(a, cases) check((a), (cases), sizeof(cases) / sizeof(cases)[0])

#define OF_B "{\"Bucket\":\"b\"}"
#define XMLNS " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
#define RULE(more) "<LifecycleConfiguration" XMLNS "><Rule>" more "</Rule></LifecycleConfiguration>"

static void buckets(void **state) {
    static const struct rest cases[] = {
        {.kind = &resource_s3_bucket,
         .body = "<ListAllMyBucketsResult" XMLNS "><Owner><ID>x</ID></Owner><Buckets><Bucket>"
                 "<Name>b</Name><BucketRegion>eu-west-1</BucketRegion></Bucket><Bucket><Name>c"
                 "</Name></Bucket></Buckets></ListAllMyBucketsResult>",
         .is = "[bucket=\"b\"][bucket=\"c\"]"},
        {.kind = &resource_s3_bucket,
         .body = "<ListAllMyBucketsResult" XMLNS "><Buckets/></ListAllMyBucketsResult>",
         .is = ""},
        {.kind = &resource_s3_bucket,
         .read = 1,
         .asked = OF_B,
         .body = "<ObjectLockConfiguration" XMLNS "><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
                 "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention>"
                 "</Rule></ObjectLockConfiguration>",
         .is = "[bucket=\"b\" object_lock_enabled=true]"},
        {.kind = &resource_s3_ownership,
         .asked = OF_B,
         .body = "<OwnershipControls" XMLNS "><Rule><ObjectOwnership>BucketOwnerEnforced"
                 "</ObjectOwnership></Rule></OwnershipControls>",
         .is = "[bucket=\"b\" rule={object_ownership=\"BucketOwnerEnforced\"}]"},
        /* A bucket that never had versions. */
        {.kind = &resource_s3_versioning,
         .asked = OF_B,
         .body = "<VersioningConfiguration" XMLNS "/>",
         .is = ""},
        {.kind = &resource_s3_versioning,
         .asked = OF_B,
         .body = "<VersioningConfiguration" XMLNS "><Status>Suspended</Status>"
                 "<MfaDelete>Disabled</MfaDelete></VersioningConfiguration>",
         .is = "[bucket=\"b\" versioning_configuration={status=\"Suspended\"}]"},
        {.kind = &resource_s3_public_access,
         .asked = OF_B,
         .body = "<PublicAccessBlockConfiguration" XMLNS "><BlockPublicAcls>true</BlockPublicAcls>"
                 "<IgnorePublicAcls>false</IgnorePublicAcls></PublicAccessBlockConfiguration>",
         .is = "[bucket=\"b\" block_public_acls=\"true\" ignore_public_acls=\"false\"]"},
        /* What S3 has of a new bucket. */
        {.kind = &resource_s3_encryption,
         .asked = OF_B,
         .body = "<ServerSideEncryptionConfiguration" XMLNS "><Rule>"
                 "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
                 "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled>"
                 "<BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType>"
                 "</BlockedEncryptionTypes></Rule></ServerSideEncryptionConfiguration>",
         .is = "[bucket=\"b\" rule={bucket_key_enabled=\"false\" "
               "apply_server_side_encryption_by_default={sse_algorithm=\"AES256\"}}]"},
        /* The answer is the policy itself. */
        {.kind = &resource_s3_policy,
         .asked = OF_B,
         .body = "{\"Version\":\"2012-10-17\",\"Statement\":[]}",
         .is = "[bucket=\"b\" policy={\"Statement\":[], \"Version\":\"2012-10-17\"}]"},
        {.kind = &resource_s3_policy,
         .asked = OF_B,
         .body = "<html/>",
         .is = "[bucket=\"b\" policy=\"<html/>\"]"},
    };
    CHECK(*state, cases);
}

static void lifecycles(void **state) {
    static const struct rest cases[] = {
        {.kind = &resource_s3_lifecycle,
         .asked = OF_B,
         .body = RULE("<ID>a</ID><Filter><Prefix/></Filter><Status>Enabled</Status>"),
         .header = {STR_INIT("x-amz-transition-default-minimum-object-size"),
                    STR_INIT("varies_by_storage_class")},
         .is = "[bucket=\"b\" transition_default_minimum_object_size=\"varies_by_storage_class\" "
               "rule={id=\"a\" status=\"Enabled\" filter={prefix=\"\"}}]"},
        /* No filter; an empty one; and rules as they were made before filters. */
        {.kind = &resource_s3_lifecycle,
         .asked = OF_B,
         .body = RULE("<ID>a</ID><Status>Enabled</Status>"),
         .is = "[bucket=\"b\" rule={id=\"a\" status=\"Enabled\"}]"},
        {.kind = &resource_s3_lifecycle,
         .asked = OF_B,
         .body = RULE("<ID>a</ID><Filter/><Status>Enabled</Status>"),
         .is = "[bucket=\"b\" rule={id=\"a\" status=\"Enabled\"}]"},
        {.kind = &resource_s3_lifecycle,
         .asked = OF_B,
         .body = RULE("<ID>a</ID><Prefix>x/</Prefix><Status>Enabled</Status>"),
         .is = "[bucket=\"b\" rule={id=\"a\" status=\"Enabled\" filter={prefix=\"x/\"}}]"},
        {.kind = &resource_s3_lifecycle,
         .asked = OF_B,
         .body = RULE("<ID>a</ID><Filter><And><Prefix>x/</Prefix><Tag><Key>k</Key><Value>v</Value>"
                      "</Tag><Tag><Key>l</Key><Value>w</Value></Tag><ObjectSizeGreaterThan>5"
                      "</ObjectSizeGreaterThan></And></Filter><Status>Enabled</Status>"),
         .is = "[bucket=\"b\" rule={id=\"a\" status=\"Enabled\" filter={and={prefix=\"x/\" "
               "object_size_greater_than=\"5\" tags={\"k\":\"v\", \"l\":\"w\"}}}}]"},
        {.kind = &resource_s3_lifecycle,
         .asked = OF_B,
         .body = RULE("<ID>a</ID><Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>"
                      "<Status>Disabled</Status><Transition><Days>30</Days><StorageClass>GLACIER"
                      "</StorageClass></Transition><Transition><Date>2027-01-01T00:00:00.000Z"
                      "</Date><StorageClass>DEEP_ARCHIVE</StorageClass></Transition>"
                      "<NoncurrentVersionTransition><NoncurrentDays>3</NoncurrentDays>"
                      "<StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition>"),
         .is = "[bucket=\"b\" rule={id=\"a\" status=\"Disabled\" filter={tag={key=\"k\" "
               "value=\"v\"}} transition={days=\"30\" storage_class=\"GLACIER\"}"
               "{date=\"2027-01-01T00:00:00.000Z\" storage_class=\"DEEP_ARCHIVE\"} "
               "noncurrent_version_transition={noncurrent_days=\"3\" storage_class=\"GLACIER\"}}]"},
    };
    CHECK(*state, cases);
}

#define PERMISSION(who, more)                                                                      \
    "{\"Policy\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{" more                  \
    "\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":" who ",\\\"Action\\\":\\\"a\\\","             \
    "\\\"Condition\\\":{\\\"ArnLike\\\":{\\\"AWS:SourceArn\\\":\\\"s\\\"},"                        \
    "\\\"StringEquals\\\":{\\\"AWS:SourceAccount\\\":\\\"1\\\"}}}]}\",\"RevisionId\":\"1\"}"
#define SID "\\\"Sid\\\":\\\"s1\\\","
#define IS_PERMISSION(who)                                                                         \
    "[statement_id=\"s1\" action=\"a\" function_name=\"f\" principal=\"" who                       \
    "\" source_arn=\"s\" "                                                                         \
    "source_account=\"1\"]"

static void functions(void **state) {
    static const struct rest cases[] = {
        {.kind = &resource_lambda_permission,
         .asked = "{\"FunctionName\":\"f\"}",
         .body = PERMISSION("{\\\"Service\\\":\\\"sns.amazonaws.com\\\"}", SID),
         .is = IS_PERMISSION("sns.amazonaws.com")},
        {.kind = &resource_lambda_permission,
         .asked = "{\"FunctionName\":\"f\"}",
         .body = PERMISSION("{\\\"AWS\\\":\\\"arn:aws:iam::1:root\\\"}", SID),
         .is = IS_PERMISSION("arn:aws:iam::1:root")},
        {.kind = &resource_lambda_permission,
         .asked = "{\"FunctionName\":\"f\"}",
         .body = PERMISSION("\\\"*\\\"", SID),
         .is = IS_PERMISSION("*")},
        {.kind = &resource_lambda_permission,
         .asked = "{\"FunctionName\":\"f\"}",
         .body = PERMISSION("\\\"*\\\"", ""),
         .is = ""},
        /* Of a function without a network. */
        {.kind = &resource_lambda_function,
         .body = "{\"Functions\":[{\"FunctionName\":\"f\",\"VpcConfig\":{\"SubnetIds\":[],"
                 "\"SecurityGroupIds\":[],\"VpcId\":\"\"},\"Environment\":{\"Variables\":{}},"
                 "\"Layers\":null}],\"NextMarker\":null}",
         .is = "[function_name=\"f\" environment={variables={}} vpc_config={subnet_ids=[] "
               "security_group_ids=[]}]"},
        /* Variables that may not be decrypted are not none. */
        {.kind = &resource_lambda_function,
         .body = "{\"Functions\":[{\"FunctionName\":\"f\",\"Environment\":{\"Error\":{"
                 "\"ErrorCode\":\"AccessDeniedException\",\"Message\":\"m\"}}}]}",
         .is = "strange: Environment of Lambda function is not one with anything that opsc knows"},
        {.kind = &resource_scheduler_schedule,
         .body = "{\"Name\":\"s\",\"GroupName\":\"default\",\"Description\":null,\"StartDate\":"
                 "1.5,\"State\":\"DISABLED\",\"Target\":{\"Arn\":\"a\",\"RoleArn\":\"r\","
                 "\"RetryPolicy\":{\"MaximumRetryAttempts\":0}}}",
         .is = "[name=\"s\" state=\"DISABLED\" start_date=1.5 target={arn=\"a\" role_arn=\"r\" "
               "retry_policy={maximum_retry_attempts=0}}]"},
    };
    CHECK(*state, cases);
}

#define DISTRIBUTION(more)                                                                         \
    "<Distribution><Id>E1</Id><ARN>arn:aws:cloudfront::1:distribution/E1</ARN><DomainName>d"       \
    "</DomainName><DistributionConfig><Comment>c</Comment>" more                                   \
    "</DistributionConfig></Distribution>"
#define IS_DISTRIBUTION(more)                                                                      \
    "[comment=\"c\" " more "id=\"E1\" arn=\"arn:aws:cloudfront::1:distribution/E1\" "              \
    "domain_name=\"d\"]"

static void edges(void **state) {
    static const struct rest cases[] = {
        {.kind = &resource_cloudfront,
         .body = DISTRIBUTION("<Aliases><Quantity>0</Quantity></Aliases>"),
         .is = IS_DISTRIBUTION("")},
        {.kind = &resource_cloudfront,
         .body = DISTRIBUTION("<Aliases><Quantity>1</Quantity><Items><CNAME>a</CNAME></Items>"
                              "</Aliases><CacheBehaviors><Quantity>0</Quantity></CacheBehaviors>"),
         .is = IS_DISTRIBUTION("aliases=[\"a\"] ")},
        {.kind = &resource_cloudfront,
         .body = DISTRIBUTION(
             "<DefaultCacheBehavior><TrustedSigners><Enabled>false</Enabled><Quantity>0"
             "</Quantity></TrustedSigners><AllowedMethods><Quantity>2</Quantity><Items><Method>HEAD"
             "</Method><Method>GET</Method></Items><CachedMethods><Quantity>1</Quantity><Items>"
             "<Method>GET</Method></Items></CachedMethods></AllowedMethods>"
             "</DefaultCacheBehavior>"),
         .is = IS_DISTRIBUTION("default_cache_behavior={allowed_methods=[\"HEAD\", \"GET\"] "
                               "cached_methods=[\"GET\"]} ")},
        /* More than Terraform has room for. */
        {.kind = &resource_cloudfront,
         .body = DISTRIBUTION("<Origins><Quantity>2</Quantity><Items><Origin><Id>a</Id></Origin>"
                              "<Origin><Id>b</Id></Origin></Items></Origins>"),
         .is = IS_DISTRIBUTION("origin={origin_id=\"a\"}{origin_id=\"b\"} ")},
        {.kind = &resource_cloudfront_access,
         .body = "<OriginAccessControlList><MaxItems>100</MaxItems><Quantity>0</Quantity>"
                 "</OriginAccessControlList>",
         .is = ""},
        {.kind = &resource_vpc_endpoint,
         .body = "<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>e"
                 "</vpcEndpointId><vpcId>v</vpcId><serviceName>s</serviceName><routeTableIdSet/>"
                 "<tagSet><item><key>k</key><value>v</value></item></tagSet></item>"
                 "</vpcEndpointSet></DescribeVpcEndpointsResponse>",
         .is = "[vpc_id=\"v\" service_name=\"s\" route_table_ids=[] id=\"e\" "
               "tags_all={\"k\":\"v\"}]"},
        {.kind = &resource_vpc_endpoint,
         .body = "<DescribeVpcEndpointsResponse><vpcEndpointSet/></DescribeVpcEndpointsResponse>",
         .is = ""},
    };
    CHECK(*state, cases);
}

/* The policy of a function says nothing of those of its versions and aliases. */
static void qualified(void **state) {
    struct arena *a = *state;
    static const struct {
        const char *function;
        bool unread;
    } cases[] = {{"page", false},
                 {"arn:aws:lambda:eu-west-1:123456789012:function:page", false},
                 {"arn:aws:lambda:eu-west-1:123456789012:function:page:live", true}};
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct graph *g = graph_new(a);
        struct node *n = graph_add(g, &resource_lambda_permission, STR("p"), SPAN_NONE);
        node_set(n, "function_name", value_str(a, str_c(cases[i].function), SPAN_NONE));
        assert_int_equal(live_unread(n) != NULL, cases[i].unread);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {UNIT_TEST(buckets), UNIT_TEST(lifecycles),
                                       UNIT_TEST(functions), UNIT_TEST(edges),
                                       UNIT_TEST(qualified)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
