import type { Expression, FunctionResource, Inventory } from 'lambda-lantern-local/template';
import { DESCRIPTION_PARTS, LOG_GROUP_PREFIX, ownersOf, ref } from 'lambda-lantern-local/template';
import type { PlannedAlarm, PlannedComposite } from './alarm-plan.ts';
import { cloudWatchLink, joinTexts } from './console-links.ts';
import type { Resources } from './resource-kinds.ts';
import { resourcesByKind } from './resource-kinds.ts';
import { alarmDescription, MAX_DESCRIPTION_LENGTH, maxLength } from './wording.ts';

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
  const tags = tagsOf(resource, inventory);
  const prefix = `${service}-${stage}-${resource === undefined ? '' : `${resource.key}-`}`;
  const steps: readonly Expression[] = [
    `aws cloudwatch describe-alarms --state-value ALARM --alarm-name-prefix ${prefix} --region ${region}`,
    look(composite, inventory),
    `npx serverless deploy list --stage ${stage}`,
  ];
  const next = fitting(steps, tags, MAX_DESCRIPTION_LENGTH - composite.description.length - 1);
  return {
    ...composite,
    ...(next !== undefined && next !== '' && { next }),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}

/**
 * The same of an alarm on metrics: the page of the console, what the log of the function says or when the alarm rang before, and what was
 * deployed. What a composite reads has none, as that speaks for it.
 */
export function withStepsOfAlarm(alarm: PlannedAlarm, inventory: Inventory): PlannedAlarm {
  if (alarm.isPart === true) return alarm;
  const { stage, region, functions } = inventory;
  const { name, link, resource } = alarm;
  const fn = resource.kind === 'function' ? functions.find(({ key }) => key === resource.key) : undefined;
  const steps: readonly Expression[] = [
    link,
    fn === undefined
      ? `aws cloudwatch describe-alarm-history --alarm-name ${name} --history-item-type StateUpdate --region ${region}`
      : tailOf(fn, region),
    `npx serverless deploy list --stage ${stage}`,
  ];
  // Without steps it ends in the link.
  const room = MAX_DESCRIPTION_LENGTH - maxLength(alarmDescription(alarm)) + maxLength(link);
  const next = fitting(steps, tagsOf(resource, inventory), room, 1);
  return { ...alarm, ...(next !== undefined && { next }) };
}

/** Completes what says of the whole service something by whose it is. */
export function withOwners(description: string, inventory: Inventory): string {
  return [description, ...ownerLines(tagsOf(undefined, inventory))].join('\n');
}

function ownerLines(tags: Readonly<Record<string, string>>): readonly string[] {
  const { owner, runbook } = DESCRIPTION_PARTS;
  return Object.entries(tags).map(([key, value]) => `${key === 'owner' ? owner : runbook}${value}`);
}

/**
 * As many steps as fit, and whose it is: long names may leave no room for all, and that is what only this says.
 *
 * @param room characters
 * @param least steps without which there is nothing
 */
function fitting(
  steps: readonly Expression[],
  tags: Readonly<Record<string, string>>,
  room: number,
  least = 0,
): Expression | undefined {
  const owners = ownerLines(tags);
  const texts = Array.from({ length: steps.length + 1 - least }, (_, left) =>
    steps.slice(0, steps.length - left),
  ).map((some) =>
    textOf(
      some.length === 0
        ? []
        : [DESCRIPTION_PARTS.next, ...some.map((step, index) => joinTexts(`${index + 1}. `, step))],
      owners,
    ),
  );
  return texts.find((text) => maxLength(text) <= room);
}

function textOf(steps: readonly Expression[], owners: readonly string[]): Expression {
  return joinTexts(...[...steps, ...owners].flatMap((line, index) => (index === 0 ? [line] : ['\n', line])));
}

/** The newest errors of a function; of anything else its alarm, which leads to those behind it. */
function look({ name, resource }: PlannedComposite, { functions, region }: Inventory): Expression {
  const fn = resource?.kind === 'function' ? functions.find(({ key }) => key === resource.key) : undefined;
  if (fn === undefined) return cloudWatchLink(region, `#alarmsV2:alarm/${encodeURIComponent(name)}`);
  return tailOf(fn, region);
}

function tailOf(fn: FunctionResource, region: string): Expression {
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

/** Of a resource, or of the service; what its own tags do not say, those of the stack do. */
function tagsOf(
  resource: PlannedAlarm['resource'] | undefined,
  inventory: Inventory,
): Readonly<Record<string, string>> {
  const found = resource === undefined ? undefined : find(resource.kind, resource.key, inventory);
  const { owner, runbook } = {
    ...ownersOf(inventory.tags ?? {}),
    ...ownersOf((found !== undefined && 'tags' in found && found.tags) || {}),
  };
  return {
    ...(owner !== undefined && { owner: owner.slice(0, LONGEST_TAG) }),
    ...(runbook !== undefined && { runbook: runbook.slice(0, LONGEST_TAG) }),
  };
}
