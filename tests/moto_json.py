# SPDX-License-Identifier: MIT
"""What moto lacks of query and JSON services, by AWS's documentation of these operations: keys, classes and filters of log groups,
client ids of identity providers, the rotation of secrets that have no value yet, and no description of one; pages of tagged
resources as long as they are asked for: without TagsPerPage their tags are not counted, where moto ends a page at 100 tags."""
from moto.core.responses import BaseResponse, EmptyResult
from moto.iam.responses import IamResponse
from moto.kms.models import KmsBackend
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse
from moto.resourcegroupstaggingapi.responses import ResourceGroupsTaggingAPIResponse
from moto.secretsmanager.models import SecretsManagerBackend
from moto.secretsmanager.responses import SecretsManagerResponse

own_create_log_group, own_describe_dict, own_delete_log_group = (
    LogsResponse.create_log_group, LogGroup.to_describe_dict, LogsResponse.delete_log_group)
LogGroup.log_group_class = "STANDARD"


def group_of(self):
    return self.logs_backend.groups[self._get_param("logGroupName")]


def create_log_group(self):
    answer = own_create_log_group(self)
    group_of(self).log_group_class = self._get_param("logGroupClass") or LogGroup.log_group_class
    return answer


def describe_log_group(self):
    return {**own_describe_dict(self), "logGroupClass": self.log_group_class}


def delete_log_group(self):
    """Its filters go with it."""
    name = self._get_param("logGroupName")
    for f in list(self.logs_backend.filters.metric_filters):
        if f["logGroupName"] == name:
            self.logs_backend.filters.metric_filters.remove(f)
    return own_delete_log_group(self)


def associate_kms_key(self):
    group_of(self).kms_key_id = self._get_param("kmsKeyId")
    return "{}"


def disassociate_kms_key(self):
    group_of(self).kms_key_id = None
    return "{}"


def clients_of(self):
    return self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn")).client_id_list


def add_client_id_to_open_id_connect_provider(self):
    clients_of(self).append(self._get_param("ClientID"))
    return EmptyResult()


def remove_client_id_from_open_id_connect_provider(self):
    clients_of(self).remove(self._get_param("ClientID"))
    return EmptyResult()


own_rotate_secret, own_update_secret = SecretsManagerBackend.rotate_secret, SecretsManagerResponse.update_secret


def rotate_secret(self, secret_id, client_request_token=None, rotation_lambda_arn=None, rotation_rules=None, rotate_immediately=True):
    secret = self.secrets[secret_id]
    if secret.versions or rotate_immediately:
        return own_rotate_secret(self, secret_id, client_request_token, rotation_lambda_arn, rotation_rules, rotate_immediately)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn, secret.auto_rotate_after_days = rotation_lambda_arn, rotation_rules["AutomaticallyAfterDays"]
    return secret.to_short_dict()


def update_secret(self):
    answer = own_update_secret(self)
    if self._get_param("Description") == "":
        self.backend.secrets[self._get_param("SecretId")].description = ""
    return answer


def create_key(self, policy, key_usage, *more):
    """What a key is for when nobody says it (CreateKey, API Reference)."""
    return own_create_key(self, policy, key_usage or "ENCRYPT_DECRYPT", *more)


own_create_key, KmsBackend.create_key = KmsBackend.create_key, create_key


def number_of_tagging(self, name, default=None):
    return BaseResponse._get_int_param(self, name, 1 << 30 if name == "TagsPerPage" else default)


SecretsManagerResponse.update_secret = update_secret
ResourceGroupsTaggingAPIResponse._get_int_param = number_of_tagging
LogGroup.to_describe_dict, SecretsManagerBackend.rotate_secret = describe_log_group, rotate_secret
for operation in (create_log_group, delete_log_group, associate_kms_key, disassociate_kms_key):
    setattr(LogsResponse, operation.__name__, operation)
for operation in (add_client_id_to_open_id_connect_provider, remove_client_id_from_open_id_connect_provider):
    setattr(IamResponse, operation.__name__, operation)
