"""The alarms of tools/bench/spec.py as HCL: JSON (which is YAML, for PyYAML's fast loader) and a Jinja2 template."""
import os
import sys

import jinja2
import yaml

TEMPLATE = """
{%- for a in alarms %}
resource "aws_cloudwatch_metric_alarm" "{{ a.name | replace("-", "_") }}" {
  alarm_name          = "{{ project }}-{{ environment }}-{{ a.name }}"
  alarm_description   = "{{ a.description }}"
  alarm_actions       = [aws_sns_topic.{{ a.severity }}.arn]
  ok_actions          = [aws_sns_topic.{{ a.severity }}.arn]
  namespace           = "{{ a.namespace }}"
  metric_name         = "{{ a.metric }}"
  dimensions          = { {{ a.dimension }} = "{{ a.resource }}" }
  {{ "extended_statistic" if a.stat.startswith("p") else "statistic" }} = "{{ a.stat }}"
  comparison_operator = "{{ a.operator }}"
  threshold           = {{ a.threshold }}
  period              = {{ a.period }}
  evaluation_periods  = {{ a.evaluations }}
  datapoints_to_alarm = {{ a.evaluations }}
  treat_missing_data  = "{{ a.missing }}"
}
{% endfor %}
{%- for s in ["info", "warning", "critical"] %}
resource "aws_sns_topic" "{{ s }}" {
  name = "{{ project }}-{{ environment }}-{{ s }}"
}
{% endfor %}"""


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "alarms.json"), encoding="utf-8") as f:
        spec = yaml.load(f, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    os.makedirs(os.path.join(folder, "out"))
    with open(os.path.join(folder, "out", "main.tf"), "w", encoding="utf-8") as f:
        f.write(jinja2.Environment(autoescape=False).from_string(TEMPLATE).render(spec))


main()
