import type { Inventory } from 'lambda-lantern-local/template';
import type { PlannedAlarm } from './alarm-plan.ts';
import type { ResourceKind, Resources } from './resource-kinds.ts';

/** Of which resource an alarm is. */
export function identityOf<Kind extends ResourceKind>(
  kind: Kind,
  resource: Resources[Kind],
): PlannedAlarm['resource'] {
  return 'logicalId' in resource
    ? { kind, logicalId: resource.logicalId, key: resource.key }
    : { kind, logicalId: 'Account', key: 'account' };
}

/** What an alarm on a resource is called, in the account and in the template. */
export function namesOf(
  { service, stage }: Pick<Inventory, 'service' | 'stage'>,
  { kind, logicalId, key }: PlannedAlarm['resource'],
  alarm: string,
  part?: string,
): Pick<PlannedAlarm, 'name' | 'logicalId'> {
  // An API has one logical id and a key per stage; a function's key may hold what a logical id may not.
  const resource = kind === 'function' ? logicalId : key;
  const ids = [resource, alarm, part ?? ''].map((name) => capitalised(alphanumeric(name)));
  return {
    name: [service, stage, key, alarm, ...(part === undefined ? [] : [part])].join('-'),
    logicalId: `LanternAlarm${ids.join('')}`,
  };
}

/** A logical id is alphanumeric; the Serverless Framework spells the others out in this way. */
function alphanumeric(name: string): string {
  return name.replaceAll('-', 'Dash').replaceAll('_', 'Underscore').replaceAll('.', 'Dot').replace(/\W/g, '');
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Why no alarm at all would work on a resource. */
export function whyNotAtAll(resource: Resources[ResourceKind]): string | undefined {
  return 'runsAtEdge' in resource && resource.runsAtEdge
    ? "CloudFront runs it, and its metrics are in the region of each request: no region's alarm would see all of them"
    : undefined;
}
