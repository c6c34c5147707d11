# SPDX-License-Identifier: MIT
"""Distributions of CloudFront, each attribute changed."""
from drift_account import ACCOUNT, CERTIFICATE, CONTROL, DISTRIBUTION, KEY, TAGS, pairs, setting

CONTROLLED = {"Name": "shop-production-data", "Description": "", "SigningProtocol": "sigv4", "SigningBehavior": "always",
              "OriginAccessControlOriginType": "s3"}
OPTIMIZED, DISABLED = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
FORWARDS, SECURE = "b689b0a8-53d0-40ab-baf2-68738e2966ac", "67f7725c-6f97-4210-82d7-5512b31e9d03"
READING, ALL = ["HEAD", "GET", "OPTIONS"], ["HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"]


def listed(items):
    return {"Quantity": len(items), "Items": items}


def behavior(origin, keeps, compress, **more):
    """As CloudFront tells it, with what nobody asked for."""
    none = {"Quantity": 0}
    return {"TargetOriginId": origin, "TrustedSigners": {"Enabled": False, **none}, "TrustedKeyGroups": {"Enabled": False, **none},
            "ViewerProtocolPolicy": "redirect-to-https", "SmoothStreaming": False, "Compress": compress and keeps,
            "AllowedMethods": {**listed(READING if keeps else ALL), "CachedMethods": listed(["HEAD", "GET"])},
            "LambdaFunctionAssociations": none, "FunctionAssociations": none, "FieldLevelEncryptionId": "", "GrpcConfig": {"Enabled": False},
            "CachePolicyId": OPTIMIZED if keeps else DISABLED, **({} if keeps else {"OriginRequestPolicyId": FORWARDS}),
            "ResponseHeadersPolicyId": SECURE, **more}


class Distribution:
    def __init__(self, account):
        self.account, self.api = account, account.client("cloudfront", "us-east-1")

    def fill(self, origin, paths, kept, compress=True, **more):
        none = {"Quantity": 0}
        origin = {"OriginPath": "", "CustomHeaders": none, "ConnectionAttempts": 3, "ConnectionTimeout": 10,
                  "OriginShield": {"Enabled": False}, "OriginAccessControlId": "", **origin}
        self.config = {
            "CallerReference": "terraform-1", "Aliases": none, "DefaultRootObject": "", "Origins": listed([origin]), "OriginGroups": none,
            "DefaultCacheBehavior": behavior(origin["Id"], kept, compress), "CustomErrorResponses": none,
            "CacheBehaviors": listed([behavior(origin["Id"], True, compress, PathPattern=p) for p in paths]),
            "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""}, "Enabled": True,
            "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}}, "WebACLId": "", "HttpVersion": "http2and3",
            "IsIPV6Enabled": True, "ContinuousDeploymentPolicyId": "", "Staging": False, **more}
        self.make()

    def put(self, config):
        etag = self.api.get_distribution_config(Id=self.id)["ETag"]
        self.api.update_distribution(Id=self.id, IfMatch=etag, DistributionConfig=config)

    def try_parts(self, i):
        """What both have; of the behavior with this number."""
        kept, path = f"CacheBehaviors.Items.{i}", f"ordered_cache_behavior[{i}]"
        parts = [("target_origin_id", "TargetOriginId", "other"), ("viewer_protocol_policy", "ViewerProtocolPolicy", "allow-all"),
                 ("compress", "Compress", lambda b: not b), ("cache_policy_id", "CachePolicyId", FORWARDS),
                 ("origin_request_policy_id", "OriginRequestPolicyId", OPTIMIZED),
                 ("response_headers_policy_id", "ResponseHeadersPolicyId", OPTIMIZED),
                 ("allowed_methods", "AllowedMethods.Items", ["HEAD", "GET"]),
                 ("cached_methods", "AllowedMethods.CachedMethods.Items", ["HEAD", "GET", "OPTIONS"]),
                 ("field_level_encryption_id", "FieldLevelEncryptionId", "E1"), ("smooth_streaming", "SmoothStreaming", True),
                 ("realtime_log_config_arn", "RealtimeLogConfigArn", KEY),
                 ("trusted_signers", "TrustedSigners", {"Enabled": True, **listed([ACCOUNT])}),
                 ("trusted_key_groups", "TrustedKeyGroups", {"Enabled": True, **listed(["k"])}),
                 ("function_association[viewer-request]", "FunctionAssociations", listed([{"FunctionARN": KEY, "EventType": "viewer-request"}])),
                 ("lambda_function_association[viewer-request]", "LambdaFunctionAssociations",
                  listed([{"LambdaFunctionARN": KEY, "EventType": "viewer-request"}]))]
        self.account.together(DISTRIBUTION, DISTRIBUTION, self.config, self.put, [
            ("enabled", setting("Enabled", False)), ("is_ipv6_enabled", setting("IsIPV6Enabled", False)),
            ("http_version", setting("HttpVersion", "http2")), ("price_class", setting("PriceClass", "PriceClass_200")),
            ("aliases", setting("Aliases", listed(["cdn.shop.example", "more.shop.example"]))),
            ("default_root_object", setting("DefaultRootObject", "other.html")), ("web_acl_id", setting("WebACLId", KEY)),
            ("origin.origin_id", setting("Origins.Items.0.Id", "other")),
            ("origin.domain_name", setting("Origins.Items.0.DomainName", "other.s3.eu-west-1.amazonaws.com")),
            ("origin.origin_path", setting("Origins.Items.0.OriginPath", "/other")),
            ("origin.origin_access_control_id", setting("Origins.Items.0.OriginAccessControlId", "EOTHER")),
            ("origin.connection_attempts", setting("Origins.Items.0.ConnectionAttempts", 2)),
            ("origin.connection_timeout", setting("Origins.Items.0.ConnectionTimeout", 5)),
            ("origin.custom_header[X-A]", setting("Origins.Items.0.CustomHeaders", listed([{"HeaderName": "X-A", "HeaderValue": "b"}]))),
            ("restrictions.geo_restriction.restriction_type restrictions.geo_restriction.locations",
             setting("Restrictions.GeoRestriction", {"RestrictionType": "whitelist", **listed(["ES", "PT"])})),
            ("viewer_certificate.minimum_protocol_version", setting("ViewerCertificate.MinimumProtocolVersion", "TLSv1.1_2016")),
            ("custom_error_response[404]", setting("CustomErrorResponses", listed([{"ErrorCode": 404, "ErrorCachingMinTTL": 10}]))),
            ("logging_config", setting("Logging", {"Enabled": True, "IncludeCookies": False, "Bucket": "x.s3.amazonaws.com", "Prefix": "p"})),
            (f"{path}.path_pattern", setting(f"{kept}.PathPattern", "/other/*")), *[
                (f"default_cache_behavior.{p}", setting(f"DefaultCacheBehavior.{name}", value)) for p, name, value in parts], *[
                (f"{path}.{p}", setting(f"{kept}.{name}", value)) for p, name, value in parts[:6:5]],
            (f"ordered_cache_behavior[{self.config['CacheBehaviors']['Quantity']}]",
             lambda c: c["CacheBehaviors"]["Items"].append(behavior(c["Origins"]["Items"][0]["Id"], True, True, PathPattern="/more/*"))),
            (None, setting("DefaultCacheBehavior.AllowedMethods.Items", lambda m: m[::-1]))])

    def try_bucket(self):
        """What only a distribution before a bucket has."""
        a = self.account
        a.together(DISTRIBUTION, DISTRIBUTION, self.config, self.put, [
            # The name by which others find it tells that it is this one.
            ("comment", setting("Comment", "somebody's")),
            ("viewer_certificate.acm_certificate_arn", setting("ViewerCertificate.ACMCertificateArn", KEY)),
            ("viewer_certificate.ssl_support_method", setting("ViewerCertificate.SSLSupportMethod", "vip")),
            ("origin.s3_origin_config", setting("Origins.Items.0.S3OriginConfig.OriginAccessIdentity", "origin-access-identity/cloudfront/E1"))])

        def put(config):
            self.api.update_origin_access_control(Id=self.control, OriginAccessControlConfig=config)
        a.together(CONTROL, CONTROL, CONTROLLED, put, [
            ("origin_access_control_origin_type", setting("OriginAccessControlOriginType", "lambda")),
            ("signing_behavior", setting("SigningBehavior", "never"))])
        self.try_none()

    def try_none(self):
        def delete():
            self.put({**self.config, "Enabled": False})
            etag = self.api.get_distribution_config(Id=self.id)["ETag"]
            self.api.delete_distribution(Id=self.id, IfMatch=etag)
        self.account.one(DISTRIBUTION, ("create", DISTRIBUTION, None), delete, self.make)

    def make(self):
        config = {"DistributionConfig": self.config, "Tags": {"Items": pairs(TAGS)}}
        self.id = self.api.create_distribution_with_tags(DistributionConfigWithTags=config)["Distribution"]["Id"]

    def try_application(self):
        """What only a distribution before an application has."""
        custom = "Origins.Items.0.CustomOriginConfig"
        self.account.together(DISTRIBUTION, DISTRIBUTION, self.config, self.put, [
            ("origin.custom_origin_config.http_port", setting(f"{custom}.HTTPPort", 81)),
            ("origin.custom_origin_config.https_port", setting(f"{custom}.HTTPSPort", 444)),
            ("origin.custom_origin_config.origin_protocol_policy", setting(f"{custom}.OriginProtocolPolicy", "match-viewer")),
            ("origin.custom_origin_config.origin_ssl_protocols", setting(f"{custom}.OriginSslProtocols", listed(["TLSv1", "TLSv1.2"]))),
            ("origin.custom_origin_config.origin_read_timeout", setting(f"{custom}.OriginReadTimeout", 31)),
            ("origin.custom_origin_config.origin_keepalive_timeout", setting(f"{custom}.OriginKeepaliveTimeout", 6)),
            ("origin", lambda c: c.update(Origins=listed([*c["Origins"]["Items"], {**c["Origins"]["Items"][0], "Id": "more"}]))),
            ("viewer_certificate.cloudfront_default_certificate viewer_certificate.acm_certificate_arn", setting("ViewerCertificate", {
                "CloudFrontDefaultCertificate": False, "ACMCertificateArn": CERTIFICATE, "MinimumProtocolVersion": "TLSv1"})),
            # The first of two that fit is taken.
            ("ordered_cache_behavior[0].path_pattern ordered_cache_behavior[1].path_pattern", lambda c: c["CacheBehaviors"]["Items"].reverse()),
            (None, setting("ViewerCertificate.SSLSupportMethod", "sni-only"))])
        self.try_none()
