// The alarms of tools/bench/spec.py as Terraform's JSON.
local spec = std.extVar('spec');
local prefix = spec.project + '-' + spec.environment + '-';

{
  'main.tf.json': {
    resource: {
      aws_cloudwatch_metric_alarm: {
        [std.strReplace(a.name, '-', '_')]: {
          alarm_name: prefix + a.name,
          alarm_description: a.description,
          alarm_actions: ['${aws_sns_topic.' + a.severity + '.arn}'],
          ok_actions: ['${aws_sns_topic.' + a.severity + '.arn}'],
          namespace: a.namespace,
          metric_name: a.metric,
          dimensions: { [a.dimension]: a.resource },
          [if std.startsWith(a.stat, 'p') then 'extended_statistic' else 'statistic']: a.stat,
          comparison_operator: a.operator,
          threshold: a.threshold,
          period: a.period,
          evaluation_periods: a.evaluations,
          datapoints_to_alarm: a.evaluations,
          treat_missing_data: a.missing,
        }
        for a in spec.alarms
      },
      aws_sns_topic: { [s]: { name: prefix + s } for s in ['info', 'warning', 'critical'] },
    },
  },
}
