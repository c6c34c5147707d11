"""Where the catalog and AWS's list of metrics (metric_metadata.json) differ, and why. suite_catalog.py says when a row is no longer needed."""

# Namespaces that the list lacks: their documentation is the source.
NO_NAMESPACE = {
    "AWS/ApplicationELB": "docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html",
    "AWS/NetworkELB": "docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html",
    "AWS/Billing": "docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html",
    "AWS/States": "docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
}

# Metrics that AWS documents and the list lacks: (namespace, name): where.
_SERVERLESS = "docs.aws.amazon.com/AmazonElastiCache/latest/dg/serverless-metrics-events-redis.html"
NOT_LISTED = {
    ("AWS/ElastiCache", "ElastiCacheProcessingUnits"): _SERVERLESS,
    ("AWS/ElastiCache", "ThrottledCmds"): _SERVERLESS,
    ("AWS/ElastiCache", "TotalCmdsCount"): _SERVERLESS,
}

# The list names a unit in other words, or another column has slipped into its place.
OTHER_UNITS = {
    # CloudWatch says None; what is counted is said here, so that `5 GiB` and `per 1m` have something to fit.
    ("AWS/AutoScaling", "GroupMinSize"): "Count",
    ("AWS/AutoScaling", "GroupMaxSize"): "Count",
    ("AWS/AutoScaling", "GroupDesiredCapacity"): "Count",
    ("AWS/AutoScaling", "GroupInServiceInstances"): "Count",
    ("AWS/AutoScaling", "GroupInServiceCapacity"): "Count",
    ("AWS/AutoScaling", "GroupPendingInstances"): "Count",
    ("AWS/AutoScaling", "GroupStandbyInstances"): "Count",
    ("AWS/AutoScaling", "GroupTerminatingInstances"): "Count",
    ("AWS/AutoScaling", "GroupTotalInstances"): "Count",
    ("AWS/AutoScaling", "WarmPoolWarmedCapacity"): "Count",
    ("AWS/AutoScaling", "WarmPoolDesiredCapacity"): "Count",
    ("AWS/CloudFront", "Requests"): "Count",
    ("AWS/CloudFront", "BytesDownloaded"): "Bytes",
    ("AWS/CloudFront", "BytesUploaded"): "Bytes",
    ("AWS/CloudFront", "FunctionInvocations"): "Count",
    ("AWS/CloudFront", "FunctionExecutionErrors"): "Count",
    ("AWS/CloudFront", "FunctionValidationErrors"): "Count",
    ("AWS/CloudFront", "FunctionThrottles"): "Count",
    ("AWS/CertificateManager", "DaysToExpiry"): "Count",  # Integer
    ("AWS/EC2", "MetadataNoToken"): "Count",  # None on Nitro types, Count on Xen
    ("AWS/EC2", "MetadataNoTokenRejected"): "Count",  # the same
    ("AWS/ECS", "CPUUtilization"): "Percent",  # AWS/ECS: the statistics stand in the column of the units
    ("AWS/ECS", "MemoryUtilization"): "Percent",
    ("AWS/ECS", "EBSFilesystemUtilization"): "Percent",
    ("AWS/ECS", "CPUReservation"): "Percent",
    ("AWS/ECS", "MemoryReservation"): "Percent",
    ("AWS/ECS", "RequestCount"): "Count",
    ("AWS/ECS", "HTTPCode_Target_5XX_Count"): "Count",
    ("AWS/ECS", "TargetResponseTime"): "Milliseconds",
    ("AWS/ECS", "ActiveConnectionCount"): "Count",
    ("AWS/EFS", "ClientConnections"): "Count",  # "Count of client connections", and the rows of EFS are one off
    ("AWS/EFS", "StorageBytes"): "Bytes",
    ("AWS/ElastiCache", "MemoryFragmentationRatio"): "None",  # Number: a ratio
    ("AWS/ElastiCache", "SaveInProgress"): "None",  # Boolean: 0 or 1
    ("AWS/ElastiCache", "TrafficManagementActive"): "None",  # the same
    ("AWS/RDS", "DBLoad"): "Count",  # average active sessions
    ("AWS/RDS", "DBLoadCPU"): "Count",
    ("AWS/RDS", "DBLoadNonCPU"): "Count",
}

# Statistics that the list does not recommend and that are right here.
OTHER_STATS = {
    # The agent sends one value a minute for each; the sum over disks or over minutes means nothing, the worst one does.
    ("CWAgent", "mem_available_percent"): "Minimum",
    ("CWAgent", "disk_inodes_free"): "Minimum",
    ("CWAgent", "processes_total"): "Maximum",
    ("CWAgent", "processes_blocked"): "Maximum",
    ("CWAgent", "processes_zombies"): "Maximum",
    ("CWAgent", "netstat_tcp_established"): "Maximum",
    ("CWAgent", "netstat_tcp_time_wait"): "Maximum",
    # One value every 15 minutes: over a longer time the sum would count the same bytes again.
    ("AWS/EFS", "StorageBytes"): "Average",
    # The month's total at each time: AWS's own recommended alarm takes the maximum.
    ("AWS/SNS", "SMSMonthToDateSpentUSD"): "Maximum",
}


def _d(*names):
    return frozenset(names)


_ROUTES = "one alarm for every route or method is the user's choice; it needs detailed metrics, which are billed"
_CONTAINERS = "a container of a task: task-memory-high and the service's own alarms see it"
_CLUSTER = "the average over a whole cluster hides a single service; each service has its own"
_AURORA = "a metric of the cluster; the kind rds is an instance"

# Alarms that AWS recommends and the catalog does not have: (namespace, metric, dimensions; None: any).
NOT_OURS = {
    ("AWS/ApiGateway", "Count", _d("ApiName", "Stage", "Resource", "Method")): _ROUTES,
    ("AWS/ApiGateway", "Count", _d("ApiId", "Stage", "Resource", "Method")): _ROUTES,
    ("AWS/ApiGateway", "Latency", _d("ApiName", "Stage", "Resource", "Method")): _ROUTES,
    ("AWS/ApiGateway", "Latency", _d("ApiId", "Stage", "Resource", "Method")): _ROUTES,
    ("AWS/ApiGateway", "IntegrationLatency", _d("ApiId", "Stage", "Route")): _ROUTES,
    ("AWS/ApiGateway", "MessageCount", _d("ApiId", "Stage", "Route")): _ROUTES,
    ("AWS/DynamoDB", "AccountProvisionedReadCapacityUtilization", None): "of the account, not of a table",
    ("AWS/DynamoDB", "AccountProvisionedWriteCapacityUtilization", None): "of the account, not of a table",
    ("AWS/DynamoDB", "SystemErrors", _d("TableName")): "it exists with Operation only; system-errors adds the operations up",
    ("ECS/ContainerInsights", "TaskCpuUtilization", _d("ClusterName")): _CLUSTER,
    ("ECS/ContainerInsights", "TaskMemoryUtilization", _d("ClusterName")): _CLUSTER,
    ("ECS/ContainerInsights", "TaskEphemeralStorageUtilization", _d("ClusterName")): _CLUSTER,
    ("ECS/ContainerInsights", "TaskEphemeralStorageUtilization", _d("ClusterName", "ServiceName")):
        "ephemeral-full has it from the two numbers that standard Container Insights has as well",
    ("ECS/ContainerInsights", "ContainerCpuUtilization", None): _CONTAINERS,
    ("ECS/ContainerInsights", "ContainerMemoryUtilization", None): _CONTAINERS,
    ("ECS/ContainerInsights", "instance_filesystem_utilization", None): "of an instance of the cluster: the agent of an ec2 has it",
    # Service Connect publishes these with TargetDiscoveryName; ServiceName beside it is the service that calls.
    ("AWS/ECS", "HTTPCode_Target_5XX_Count", _d("ClusterName", "ServiceName")): "failures-high has it by TargetDiscoveryName",
    ("AWS/ECS", "TargetResponseTime", _d("ClusterName", "ServiceName")): "latency-high has it by TargetDiscoveryName",
    # The same metrics exist by CacheClusterId alone: of the one node that a cluster of Valkey or Redis has, of all nodes of Memcached.
    ("AWS/ElastiCache", "CPUUtilization", _d("CacheClusterId", "CacheNodeId")): "cpu-high has it by CacheClusterId",
    ("AWS/ElastiCache", "CurrConnections", _d("CacheClusterId", "CacheNodeId")): "connections-high has it by CacheClusterId",
    ("AWS/RDS", "AuroraBinlogReplicaLag", None): _AURORA,
    ("AWS/RDS", "StorageNetworkThroughput", None): _AURORA,
    ("AWS/RDS", "EngineUptime", None): _AURORA + "; cpu-high of the instance breaches without data, as when the engine is down",
    # AWS alarms on all groups together; ours are by group, which the metrics have as well.
    ("AWS/Scheduler", "TargetErrorThrottledCount", _d()): "by ScheduleGroup here",
    ("AWS/Scheduler", "InvocationThrottleCount", _d()): "by ScheduleGroup here",
    ("AWS/Scheduler", "InvocationDroppedCount", _d()): "by ScheduleGroup here",
    ("AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount", _d()): "by ScheduleGroup here",
    # Text messages are sent to a number, not to a topic: the numbers are the account's.
    ("AWS/SNS", "SMSMonthToDateSpentUSD", _d("TopicName")): "of the account here",
    ("AWS/SNS", "SMSSuccessRate", _d("TopicName")): "of the account here",
}
