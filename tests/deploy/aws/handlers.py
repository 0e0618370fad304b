"""The handlers: types that moto ignores, and some of its own that store or remove less than AWS would.

`AWS::S3::BucketPolicy` is left out on purpose: moto's S3 ignores the conditions of a policy, so that the framework's
own policy ("no access without TLS") would refuse everything.
"""

import json

from moto.apigateway.models import RestAPI, apigateway_backends
from moto.cloudwatch.responses import CloudWatchResponse


def as_text(value):
    return value if isinstance(value, str) else json.dumps(value)


def lower_keys(value):
    """CloudWatch Logs spells its parameters `filterName` where CloudFormation has `FilterName`."""
    if isinstance(value, list):
        return [lower_keys(each) for each in value]
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: lower_keys(each) for key, each in value.items()}
    return value


def without(properties, *names):
    return {key: value for key, value in properties.items() if key not in names}


def put_alarm(aws, properties, name):
    parameters = {"AlarmName": name, **properties}
    composite = "AlarmRule" in parameters
    put = aws("cloudwatch").put_composite_alarm if composite else aws("cloudwatch").put_metric_alarm
    put(**parameters)
    kind = "CompositeAlarm" if composite else "MetricAlarm"
    found = aws("cloudwatch").describe_alarms(AlarmNames=[parameters["AlarmName"]], AlarmTypes=[kind])
    return parameters["AlarmName"], {"Arn": found[f"{kind}s"][0]["AlarmArn"]}


def delete_alarm(aws, name, properties):
    aws("cloudwatch").delete_alarms(AlarmNames=[name])


def put_metric_filter(aws, properties, name):
    parameters = {"filterName": name, **lower_keys(properties)}
    for transformation in parameters["metricTransformations"]:
        if "dimensions" in transformation:
            transformation["dimensions"] = {each["key"]: each["value"] for each in transformation["dimensions"]}
    aws("logs").put_metric_filter(**parameters)
    return parameters["filterName"], {}


def delete_metric_filter(aws, name, properties):
    aws("logs").delete_metric_filter(logGroupName=properties["LogGroupName"], filterName=name)


def create_topic(aws, properties, name):
    attributes = {key: str(value) for key, value in without(properties, "TopicName", "Subscription", "Tags").items()}
    topic = aws("sns").create_topic(Name=properties.get("TopicName", name), Tags=properties.get("Tags", []))["TopicArn"]
    for attribute, value in attributes.items():
        aws("sns").set_topic_attributes(TopicArn=topic, AttributeName=attribute, AttributeValue=value)
    for subscription in properties.get("Subscription", []):
        aws("sns").subscribe(TopicArn=topic, **subscription)
    return topic, {"TopicArn": topic, "TopicName": topic.rsplit(":", 1)[1]}


def delete_topic(aws, name, properties):
    aws("sns").delete_topic(TopicArn=name)


def subscribe(aws, properties, name):
    attributes = without(properties, "TopicArn", "Protocol", "Endpoint", "Region")
    answer = aws("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        Attributes={key: as_text(value) for key, value in attributes.items()},
        ReturnSubscriptionArn=True,
    )
    return answer["SubscriptionArn"], {}


def unsubscribe(aws, name, properties):
    aws("sns").unsubscribe(SubscriptionArn=name)


def put_topic_policy(aws, properties, name):
    policy = as_text(properties["PolicyDocument"])
    for topic in properties["Topics"]:
        aws("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    return name, {}


def put_queue_policy(aws, properties, name):
    for queue in properties["Queues"]:
        aws("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": as_text(properties["PolicyDocument"])})
    return name, {}


def goes_with_its_resource(aws, name, properties):
    """A policy is gone with what it protects."""


def create_role(aws, properties, name):
    """moto's own keeps policies in a form that it cannot give back, and does not update them."""
    name = properties.get("RoleName", name)
    given = without(properties, "RoleName", "AssumeRolePolicyDocument", "Policies", "ManagedPolicyArns")
    trust = as_text(properties["AssumeRolePolicyDocument"])
    role = aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust, **given)["Role"]
    for policy in properties.get("Policies", []):
        document = as_text(policy["PolicyDocument"])
        aws("iam").put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)
    for policy in properties.get("ManagedPolicyArns", []):
        aws("iam").attach_role_policy(RoleName=name, PolicyArn=policy)
    return name, {"Arn": role["Arn"], "RoleId": role["RoleId"]}


def delete_role(aws, name, properties):
    for policy in aws("iam").list_role_policies(RoleName=name)["PolicyNames"]:
        aws("iam").delete_role_policy(RoleName=name, PolicyName=policy)
    for policy in properties.get("ManagedPolicyArns", []):
        aws("iam").detach_role_policy(RoleName=name, PolicyArn=policy)
    aws("iam").delete_role(RoleName=name)


def create_key(aws, properties, name):
    """moto's own keeps the policy in a form that it cannot give back, and never deletes a key."""
    given = without(properties, "KeyPolicy", "EnableKeyRotation", "PendingWindowInDays", "Enabled", "Tags")
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
    key = aws("kms").create_key(Policy=as_text(properties["KeyPolicy"]), Tags=tags, **given)["KeyMetadata"]
    if properties.get("EnableKeyRotation"):
        aws("kms").enable_key_rotation(KeyId=key["KeyId"])
    return key["KeyId"], {"Arn": key["Arn"], "KeyId": key["KeyId"]}


def delete_key(aws, name, properties):
    aws("kms").schedule_key_deletion(KeyId=name, PendingWindowInDays=properties.get("PendingWindowInDays", 30))


def create_schedule(aws, properties, name):
    parameters = {"Name": name, **properties}
    return parameters["Name"], {"Arn": aws("scheduler").create_schedule(**parameters)["ScheduleArn"]}


def delete_schedule(aws, name, properties):
    aws("scheduler").delete_schedule(Name=name, GroupName=properties.get("GroupName", "default"))


def create_schedule_group(aws, properties, name):
    parameters = {"Name": name, **properties}
    return parameters["Name"], {"Arn": aws("scheduler").create_schedule_group(**parameters)["ScheduleGroupArn"]}


def delete_schedule_group(aws, name, properties):
    aws("scheduler").delete_schedule_group(Name=name)


def put_event_invoke_config(aws, properties, name):
    aws("lambda").put_function_event_invoke_config(**properties)
    return f"{properties['FunctionName']}|{properties['Qualifier']}", {}


def delete_event_invoke_config(aws, name, properties):
    function, qualifier = name.split("|")
    aws("lambda").delete_function_event_invoke_config(FunctionName=function, Qualifier=qualifier)


HANDLERS = {
    "AWS::CloudWatch::Alarm": (put_alarm, delete_alarm, True),
    "AWS::CloudWatch::CompositeAlarm": (put_alarm, delete_alarm, True),
    "AWS::IAM::Role": (create_role, delete_role),
    "AWS::KMS::Key": (create_key, delete_key),
    "AWS::Lambda::EventInvokeConfig": (put_event_invoke_config, delete_event_invoke_config),
    "AWS::Logs::MetricFilter": (put_metric_filter, delete_metric_filter, True),
    "AWS::SNS::Subscription": (subscribe, unsubscribe),
    "AWS::SNS::Topic": (create_topic, delete_topic, True),
    "AWS::SNS::TopicPolicy": (put_topic_policy, goes_with_its_resource, True),
    "AWS::SQS::QueuePolicy": (put_queue_policy, goes_with_its_resource, True),
    "AWS::Scheduler::Schedule": (create_schedule, delete_schedule),
    "AWS::Scheduler::ScheduleGroup": (create_schedule_group, delete_schedule_group),
}


def delete_rest_api(self, account_id, region_name):
    """moto's own is never removed."""
    apigateway_backends[account_id][region_name].delete_rest_api(self.id)


RestAPI.delete = delete_rest_api

# moto's put_metric_alarm keeps and describes rules too; only the name of the call is missing. A suppressor is not kept.
CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm
