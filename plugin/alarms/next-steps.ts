import type { Expression, Inventory } from 'lambda-lantern-local/template';
import { LOG_GROUP_PREFIX, ref } from 'lambda-lantern-local/template';
import type { PlannedAlarm, PlannedComposite } from './alarm-plan.ts';
import { cloudWatchLink, joinTexts } from './console-links.ts';
import type { Resources } from './resource-kinds.ts';
import { resourcesByKind } from './resource-kinds.ts';
import { MAX_DESCRIPTION_LENGTH, maxLength } from './wording.ts';

/** Keys of tags that say who looks after a resource, and where it is written what to do; in any case. */
const OWNER = ['owner', 'team'];
const RUNBOOK = ['runbook'];

/** The description of an alarm has 1,024 characters for everything. */
const LONGEST_TAG = 200;

/**
 * Completes an alarm that tells people something: three things to look at next, which alarms behind it are in ALARM, what the log
 * says, and what was deployed; then owner and runbook, from the tags of the resource. No code runs for it: it is the description.
 */
export function withNextSteps(composite: PlannedComposite, inventory: Inventory): PlannedComposite {
  if (composite.tells === undefined) return composite;
  const { service, stage, region } = inventory;
  const { resource } = composite;
  const tags = resource === undefined ? {} : tagsOf(resource, inventory);
  const prefix = `${service}-${stage}-${resource === undefined ? '' : `${resource.key}-`}`;
  const steps: readonly Expression[] = [
    `1. aws cloudwatch describe-alarms --state-value ALARM --alarm-name-prefix ${prefix} --region ${region}`,
    joinTexts('2. ', look(composite, inventory)),
    `3. npx serverless deploy list --stage ${stage}`,
  ];
  const owners = Object.entries(tags).map(
    ([key, value]) => `${key === 'owner' ? 'Owner' : 'Runbook'}: ${value}`,
  );
  // Long names may leave no room for all: whose it is, is what only this says.
  const texts = [3, 2, 1, 0].map((count) =>
    textOf(count === 0 ? [] : ['Next:', ...steps.slice(0, count)], owners),
  );
  const next = texts.find(
    (text) => composite.description.length + 1 + maxLength(text) <= MAX_DESCRIPTION_LENGTH,
  );
  return {
    ...composite,
    ...(next !== undefined && next !== '' && { next }),
    ...(owners.length > 0 && { tags }),
  };
}

function textOf(steps: readonly Expression[], owners: readonly string[]): Expression {
  return joinTexts(...[...steps, ...owners].flatMap((line, index) => (index === 0 ? [line] : ['\n', line])));
}

/** The newest errors of a function; of anything else its alarm, which leads to those behind it. */
function look({ name, resource }: PlannedComposite, { functions, region }: Inventory): Expression {
  const fn = resource?.kind === 'function' ? functions.find(({ key }) => key === resource.key) : undefined;
  if (fn === undefined) return cloudWatchLink(region, `#alarmsV2:alarm/${encodeURIComponent(name)}`);
  const logGroup = fn.logGroup === undefined ? joinTexts(LOG_GROUP_PREFIX, fn.name) : ref(fn.logGroup);
  return joinTexts('aws logs tail ', logGroup, ` --since 30m --filter-pattern ERROR --region ${region}`);
}

function find(
  kind: PlannedAlarm['resource']['kind'],
  key: string,
  inventory: Inventory,
): Resources[PlannedAlarm['resource']['kind']] | undefined {
  const list: ReadonlyArray<Resources[typeof kind]> = resourcesByKind(inventory)[kind];
  return list.find((one) => 'key' in one && one.key === key);
}

function tagsOf(
  { kind, key }: PlannedAlarm['resource'],
  inventory: Inventory,
): Readonly<Record<string, string>> {
  const found = find(kind, key, inventory);
  const given = Object.entries((found !== undefined && 'tags' in found && found.tags) || {});
  const valueOf = (keys: readonly string[]): string | undefined =>
    given.find(([name]) => keys.includes(name.toLowerCase()))?.[1];
  const [owner, runbook] = [valueOf(OWNER), valueOf(RUNBOOK)];
  return {
    ...(owner !== undefined && { owner: owner.slice(0, LONGEST_TAG) }),
    ...(runbook !== undefined && { runbook: runbook.slice(0, LONGEST_TAG) }),
  };
}
