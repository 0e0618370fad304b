import type { FunctionResource, Inventory } from 'lambda-lantern-local/template';
import { asObject, ref } from 'lambda-lantern-local/template';
import { identityOf } from '../alarms/alarm-names.ts';
import type { SkippedAlarm } from '../alarms/alarm-plan.ts';
import type { ResourceMap } from '../alarms/alarm-resources.ts';
import type { DataProtectionChoice } from '../settings/resolve-settings.ts';
import { dataIdentifiers } from './data-identifiers.ts';

/** The log group that the reports of findings go to. */
const FINDINGS_LOG_GROUP = 'LanternFindingsLogGroup';

/** Data protection of a service's log groups, before it is in the template. */
export interface DataProtection {
  /** By the logical id of the log group: its `DataProtectionPolicy`. */
  readonly policies: ReadonlyMap<string, object>;
  /** What is added beside the policies. */
  readonly resources: ResourceMap;
  /** The functions, whose findings an alarm is to follow where the settings ask for one: one of each log group. */
  readonly inventory: Inventory;
  /** Functions whose logs are not protected, and why. */
  readonly skipped: readonly SkippedAlarm[];
  /** The share of the functions whose logs are looked through, 0 to 1. */
  readonly share: number;
}

/**
 * Plans a policy of CloudWatch Logs data protection for each log group of the functions. Pure: nothing that is given is changed.
 *
 * @param template the compiled template, whose log groups may have policies of their own: those stay.
 */
export function protectLogs(
  inventory: Inventory,
  template: unknown,
  choice: false | DataProtectionChoice,
): DataProtection {
  if (choice === false) {
    return { policies: new Map(), resources: {}, inventory, skipped: [], share: 0 };
  }
  const resources = asObject(asObject(template).Resources);
  const { service, stage, region } = inventory;
  const policyName = `lantern-${service}-${stage}`;
  const policies = new Map<string, object>();
  const skipped: SkippedAlarm[] = [];
  const functions = inventory.functions.map((fn): FunctionResource => {
    const { logGroup } = fn;
    const why = whyNot(fn, resources);
    if (why !== undefined || logGroup === undefined) {
      skipped.push({ id: 'function.dataProtection', resource: identityOf('function', fn), why: why ?? '' });
      return fn;
    }
    if (policies.has(logGroup)) return fn;
    policies.set(logGroup, policyDocument(policyName, choice, region));
    return choice.alarm ? { ...fn, findingsPolicy: policyName } : fn;
  });
  return {
    policies,
    resources: policies.size > 0 ? findingsLogGroup(inventory, choice) : {},
    inventory: { ...inventory, functions },
    skipped,
    share: functions.length === 0 ? 0 : (functions.length - skipped.length) / functions.length,
  };
}

function whyNot(
  { logGroup, runsAtEdge }: FunctionResource,
  resources: Readonly<Record<string, unknown>>,
): string | undefined {
  if (runsAtEdge) return 'CloudFront runs it, and its logs are in the region of each request: not protected';
  if (logGroup === undefined) {
    return 'its log group is not in the template, so it is not protected (disableLogs, or a group made elsewhere)';
  }
  const properties = asObject(asObject(resources[logGroup]).Properties);
  if (properties.LogGroupClass === 'DELIVERY') {
    return `its log group ${logGroup} is of the class DELIVERY, which has no data protection: make it STANDARD or INFREQUENT_ACCESS`;
  }
  return 'DataProtectionPolicy' in properties
    ? `its log group ${logGroup} has a DataProtectionPolicy of its own, which stays, and is not watched`
    : undefined;
}

/** CloudWatch Logs, "PutDataProtectionPolicy": the lists of both statements must be the same, and `MaskConfig` empty. */
function policyDocument(
  name: string,
  { categories, deidentify, retention }: DataProtectionChoice,
  region: string,
): object {
  const DataIdentifier = dataIdentifiers(categories, region);
  const FindingsDestination =
    retention === undefined ? {} : { CloudWatchLogs: { LogGroup: ref(FINDINGS_LOG_GROUP) } };
  return {
    Name: name,
    Version: '2021-06-01',
    Statement: [
      { Sid: 'audit', DataIdentifier, Operation: { Audit: { FindingsDestination } } },
      ...(deidentify ? [{ Sid: 'mask', DataIdentifier, Operation: { Deidentify: { MaskConfig: {} } } }] : []),
    ],
  };
}

function findingsLogGroup(
  { service, stage }: Pick<Inventory, 'service' | 'stage'>,
  { retention }: DataProtectionChoice,
): ResourceMap {
  if (retention === undefined) return {};
  return {
    [FINDINGS_LOG_GROUP]: {
      Type: 'AWS::Logs::LogGroup',
      Properties: {
        // With this prefix, it takes no room in the account's resource policy, which is limited to 5,120 characters.
        LogGroupName: `/aws/vendedlogs/${service}-${stage}-findings`,
        RetentionInDays: retention,
      },
    },
  };
}

/** Puts the policies into the log groups of the template. */
export function addPolicies(template: unknown, policies: DataProtection['policies']): void {
  const resources = asObject(asObject(template).Resources) as Record<string, unknown>;
  for (const [logicalId, DataProtectionPolicy] of policies) {
    const group = asObject(resources[logicalId]);
    resources[logicalId] = { ...group, Properties: { ...asObject(group.Properties), DataProtectionPolicy } };
  }
}
