"""How a CloudFormation type that moto ignores, or handles otherwise than AWS, is handled here.

moto has the APIs of these resources. As in AWS, their handlers are calls of the resource's own public API, with the
properties of the template as parameters: boto3 checks them against AWS's models, so that a property which the API does
not know fails the deployment.
"""

import boto3

# Loads moto's own types, which ours must come after.
import moto.cloudformation.parsing  # noqa: F401
from moto.core.common_models import CloudFormationModel


class Handler:
    """What moto's CloudFormation asks of a resource; `register` makes a subclass of each type.

    `create(aws, properties, name)` returns what `Ref` gives, and the attributes for `Fn::GetAtt`; `name` is the one that
    CloudFormation made up. `remove(aws, name, properties)` undoes it. `aws(service)` is a client.
    """

    def __init__(self, physical_resource_id, attributes, properties):
        self.physical_resource_id = physical_resource_id
        self.attributes = attributes
        self.properties = properties

    @staticmethod
    def cloudformation_name_type():
        return ""

    @classmethod
    def has_cfn_attr(cls, attribute):
        return True

    def get_cfn_attribute(self, attribute):
        return self.attributes[attribute]

    def is_created(self):
        return True

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        return cls(*cls.create(cls.aws(region_name), properties, resource_name), properties)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        if not cls.updates_in_place:
            original_resource.delete(account_id, region_name)
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    def delete(self, account_id, region_name):
        type(self).remove(type(self).aws(region_name), self.physical_resource_id, self.properties)


def register(handlers, url):
    """Handlers by type: `(create, remove)`, or `(create, remove, True)` where creating it again updates it."""

    def aws(region):
        credentials = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return lambda service: boto3.client(service, region_name=region, endpoint_url=url, **credentials)

    for resource_type, (create, remove, *updates_in_place) in handlers.items():
        # moto finds its types among the direct subclasses of CloudFormationModel; the last one of a type counts.
        type(
            resource_type.replace("::", ""),
            (Handler, CloudFormationModel),
            {
                "aws": staticmethod(aws),
                "cloudformation_type": staticmethod(lambda resource_type=resource_type: resource_type),
                "create": staticmethod(create),
                "remove": staticmethod(remove),
                "updates_in_place": bool(updates_in_place),
            },
        )
