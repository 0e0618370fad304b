/** Lambda refuses to trace a function whose role may not write traces; the framework allows it only where tracing is configured. */
import { logicalIdIn } from '../../local/template/index.ts';
import { XRAY_STATEMENT } from './switch-role.ts';
import type { ChangedTemplate, Resource, Resources } from './template.ts';
import { functionNamed, withProperties } from './template.ts';

/** In a role that may write traces already: a statement, or one of the managed policies of AWS. */
const MAY_TRACE = /xray:(PutTraceSegments|Put\*|\*)|XRayDaemonWriteAccess|XrayWriteOnlyAccess/i;

/** Lets the roles of these functions write traces, where the template has the roles. */
export function allowTraces(template: Resources, names: readonly string[]): ChangedTemplate {
  let resources = template;
  const warnings: string[] = [];
  for (const functionName of names) {
    const [, { Properties: properties }] = functionNamed(template, functionName);
    const { Role: role } = properties;
    const logicalId = logicalIdIn(role);
    const resource = logicalId === undefined ? undefined : resources[logicalId];
    if (logicalId === undefined || resource?.Type !== 'AWS::IAM::Role') {
      warnings.push(
        `The role of ${functionName} is not in the template: it has to allow ${XRAY_STATEMENT.Action.join(' and ')}, or Lambda will refuse to trace the function.`,
      );
    } else if (!MAY_TRACE.test(JSON.stringify(resource.Properties))) {
      resources = { ...resources, [logicalId]: withPolicy(resource) };
    }
  }
  return { resources, warnings };
}

function withPolicy(role: Resource): Resource {
  const { Policies: policies } = role.Properties as { readonly Policies?: readonly unknown[] };
  const policy = {
    PolicyName: 'lantern-traces',
    PolicyDocument: { Version: '2012-10-17', Statement: [XRAY_STATEMENT] },
  };
  return withProperties(role, { Policies: [...(policies ?? []), policy] });
}
