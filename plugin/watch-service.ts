import type { Inventory } from 'lambda-lantern-local/template';
import { asObject, readInventory } from 'lambda-lantern-local/template';
import {
  ALARM_TOPIC,
  alarmTopicResources,
  MESSAGE_TOPIC,
  messageTopicResources,
} from './actions/alarm-topic.ts';
import { planMessenger } from './actions/messenger.ts';
import { muteRuleResources } from './actions/mute-rules.ts';
import type { ActionPlan } from './actions/plan-actions.ts';
import { planActions } from './actions/plan-actions.ts';
import type { AlarmPlan } from './alarms/alarm-plan.ts';
import type { ResourceMap } from './alarms/alarm-resources.ts';
import { alarmResources } from './alarms/alarm-resources.ts';
import { logAlarmResources } from './alarms/log-alarms.ts';
import { checkAlarms } from './alarms/check/check-alarms.ts';
import { countEvents } from './alarms/count-events.ts';
import { planAlarms } from './alarms/plan-alarms.ts';
import { serviceLevelObjectives } from './alarms/service-level-objectives.ts';
import type { PlannedDashboard } from './dashboard/plan-dashboards.ts';
import { dashboardResources, planDashboards } from './dashboard/plan-dashboards.ts';
import { conditionsOf } from './dashboard/render-body.ts';
import type { DataProtection } from './data-protection/protect-logs.ts';
import { addPolicies, protectLogs } from './data-protection/protect-logs.ts';
import { roleDefaultsOf } from './own-role.ts';
import type { Serverless } from './serverless.ts';
import { refuse } from './serverless.ts';
import {
  dashboardsForStage,
  dataProtectionForStage,
  settingsForStage,
  sloForStage,
} from './settings/resolve-settings.ts';
import type { ActionSettings } from './settings/settings.ts';
import { checkSettings, namesIn } from './settings/settings.ts';

/** What the plugin has made of a service. */
export interface WatchedService {
  readonly inventory: Inventory;
  readonly plan: AlarmPlan;
  readonly dashboards: readonly PlannedDashboard[];
  readonly dataProtection: DataProtection;
  /** What was added to the template. */
  readonly resources: ResourceMap;
  /** What works only half, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Adds the alarms of a service, whom they tell, its dashboards, and the protection of its logs to its compiled template. Runs when
 * everything else is in there.
 *
 * @throws Serverless' own error, which stops the packaging: for mistakes in the settings, and for an alarm that would not
 * work.
 */
export function watchService(serverless: Serverless): WatchedService {
  const template = asObject(serverless.service.provider.compiledCloudFormationTemplate);
  const {
    alarms: settings,
    slo,
    dashboards: dashboardSettings,
    dataProtection: protectionSettings,
  } = serverless.service.custom?.lantern ?? {};
  const read = inventoryOf(serverless);
  const known = namesIn(read);
  refuse(serverless, 'The settings of the alarms have mistakes:', checkSettings('alarms', settings, known));
  refuse(serverless, 'The settings of the error budgets have mistakes:', checkSettings('slo', slo, known));
  refuse(
    serverless,
    'The settings of the dashboards have mistakes:',
    checkSettings('dashboards', dashboardSettings, known),
  );
  refuse(
    serverless,
    'The settings of data protection have mistakes:',
    checkSettings('dataProtection', protectionSettings, known),
  );

  const found = withWhatAlarmsCall(read, serverless);
  const dataProtection = protectLogs(
    found,
    template,
    dataProtectionForStage(protectionSettings, found.stage),
  );
  const { inventory } = dataProtection;
  const alarmPlan = planAlarms(inventory, settings, slo);
  const plan = { ...alarmPlan, skipped: [...alarmPlan.skipped, ...dataProtection.skipped] };
  refuse(
    serverless,
    'These alarms would not work, so nothing is packaged. Change their settings, or switch them off:',
    checkAlarms(plan, inventory),
  );

  const forStage = settingsForStage(settings, inventory.stage);
  const actions = (forStage === false ? undefined : forStage.actions) ?? {};
  const [refersToTopic, refersToMessages] = [ALARM_TOPIC, MESSAGE_TOPIC].map((id) =>
    new RegExp(`\\b${id}\\b`).test(JSON.stringify(template)),
  ) as [boolean, boolean];
  refuse(serverless, 'The alarms tell another topic:', topicProblems(actions, refersToTopic));
  refuse(serverless, 'The messages of the alarms have mistakes:', messengerProblems(serverless, actions));

  const shown = dashboardsForStage(dashboardSettings, inventory.stage, isWatched(plan));
  const dashboards = planDashboards(inventory, plan, shown);
  const promised = sloForStage(slo, inventory.stage);
  const planned = planActions(inventory, actions, promised.actions);
  const names = new Map(
    Object.entries(serverless.service.functions).map(([key, { name }]) => [key, name ?? key]),
  );
  const all = template.Resources as Record<string, unknown>;
  const messenger = planMessenger(all as ResourceMap, {
    inventory,
    // Where nothing is watched, nobody is told.
    actions: isWatched(plan) ? actions : {},
    names,
  });
  const mute = (forStage === false ? undefined : forStage.mute) ?? [];
  const resources = {
    ...resourcesFor(inventory, plan, planned, { refersToTopic, refersToMessages }),
    ...logAlarmResources(plan.logAlarms, planned, roleDefaultsOf(all as ResourceMap)),
    ...muteRuleResources(inventory, plan, mute),
    ...(promised.as === 'ServiceLevelObjective' && serviceLevelObjectives(plan.objectives)),
    ...dashboardResources(dashboards, conditionsOf(template)),
    ...dataProtection.resources,
    ...messenger.resources,
  };
  refuse(
    serverless,
    'Lambda Lantern and the service use the same logical ids:',
    Object.keys(resources).filter((logicalId) => Object.hasOwn(all, logicalId)),
  );
  Object.assign(all, resources, messenger.changed);
  addPolicies(template, dataProtection.policies);
  countEvents(template, plan.eventSources);
  return { inventory, plan, dashboards, dataProtection, resources, warnings: messenger.warnings };
}

function inventoryOf(serverless: Serverless): Inventory {
  const { service } = serverless;
  const aws = serverless.getProvider('aws');
  const keys = new Map(Object.entries(service.functions).map(([key, { name }]) => [name ?? key, key]));
  return readInventory({
    template: service.provider.compiledCloudFormationTemplate,
    service: service.service,
    stage: aws.getStage(),
    region: aws.getRegion(),
    functionKeyOf: (name) => keys.get(name),
  });
}

function withWhatAlarmsCall(inventory: Inventory, { service }: Serverless): Inventory {
  const { tracing, alarms } = service.custom?.lantern ?? {};
  const forStage = settingsForStage(alarms, inventory.stage);
  const messenger = forStage === false ? undefined : forStage.actions?.message?.function;
  const stackTags = Object.entries(service.provider.stackTags ?? {}).filter(
    (tag): tag is [string, string] => typeof tag[1] === 'string',
  );
  return {
    ...inventory,
    ...(stackTags.length > 0 && { tags: Object.fromEntries(stackTags) }),
    // The topic of the alarms calls them; their subscriptions are added when there is that topic, which is after this.
    functions: inventory.functions.map((fn) => {
      const called = { ...fn, isAsync: true, isCalledByAlarms: true } as const;
      if (fn.key === messenger) return { ...called, hasDestination: true };
      return fn.key === tracing?.onAlarm ? called : fn;
    }),
  };
}

function topicProblems({ topic }: ActionSettings, refersToTopic: boolean): readonly string[] {
  return topic !== undefined && refersToTopic
    ? [
        `the service refers to ${ALARM_TOPIC}, which is not made: custom.lantern.alarms.actions.topic names a topic that ` +
          'exists. Refer to that one.',
      ]
    : [];
}

/** The two have different events to try again, and different rights. */
function messengerProblems({ service }: Serverless, { message }: ActionSettings): readonly string[] {
  const onAlarm = service.custom?.lantern?.tracing?.onAlarm;
  return message?.function !== undefined && message.function === onAlarm
    ? [
        `custom.lantern.alarms.actions.message.function: ${onAlarm} turns tracing on and off (custom.lantern.tracing.onAlarm); have ` +
          "another function export the handler of 'serverless-lambda-lantern/tell-alarm'",
      ]
    : [];
}

function isWatched({ alarms, logAlarms }: AlarmPlan): boolean {
  return alarms.length > 0 || logAlarms.length > 0;
}

function resourcesFor(
  inventory: Inventory,
  plan: AlarmPlan,
  planned: ActionPlan,
  { refersToTopic, refersToMessages }: Readonly<Record<'refersToTopic' | 'refersToMessages', boolean>>,
): ResourceMap {
  if (isWatched(plan)) return { ...alarmResources(plan, planned), ...planned.resources };
  // What subscribes to a topic is deployed in every stage, also where there are no alarms: then nothing is ever published.
  return {
    ...(refersToTopic && alarmTopicResources(inventory, { encryption: false })),
    ...(refersToMessages && messageTopicResources(inventory, { encryption: false })),
  };
}
