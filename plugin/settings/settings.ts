import type { Inventory } from 'lambda-lantern-local/template';
import { ALARM_STATES, isObject } from 'lambda-lantern-local/template';
import type { Tuning } from '../alarms/default-alarm.ts';
import { DEFAULTS } from '../alarms/defaults.ts';
import type { ResourceKind } from '../alarms/resource-kinds.ts';
import { resourcesByKind } from '../alarms/resource-kinds.ts';
import { CATEGORIES } from '../data-protection/data-identifiers.ts';
import type { ServiceNames, Setting, ValueOf, ValuesOf } from './vocabulary.ts';
import {
  aBoolean,
  aCount,
  aDuration,
  aLineCount,
  aLogSchedule,
  aMuteDuration,
  aMuteSchedule,
  aFunction,
  allOf,
  anArn,
  anAvailability,
  anEmail,
  anEndpoint,
  anObject,
  anyNames,
  anExpression,
  anHttpsUrl,
  aNumber,
  aPeriod,
  aPositiveCount,
  aPositiveNumber,
  aRetention,
  aShare,
  aStatistic,
  aTarget,
  aText,
  aTime,
  aTimezone,
  aWarmUp,
  checkedFirst,
  checkedHere,
  expected,
  group,
  listOf,
  mistakesByName,
  oneOf,
  orAnything,
  orSwitch,
  perStage,
  someOf,
  suggestion,
} from './vocabulary.ts';

/**
 * Every setting of `custom.lantern`, once: the types that the plugin reads, the schema that the framework checks, and the messages
 * for mistakes all come from these lists. A new setting is a line here.
 */

/** What `serverless local` says, and who calls it; see docs/local.md. */
const LOCAL = {
  /** Commands shown when the service has started; `{api}` becomes the address of its first API. */
  tryThis: listOf(aText),
  /** Whether functions stand still between invocations, as in Lambda. @default true */
  freeze: aBoolean,
  /** Whether APIs give functions the names of headers in lower case, as they arrive over HTTP/2. @default false */
  lowerCaseHeaders: aBoolean,
  /** Where calls to a service of AWS go, by its name: the address of an emulator, or `aws` for AWS itself. */
  endpoints: anyNames(anEndpoint, 'addresses by name of a service of AWS'),
  /**
   * Where the contents of layers are that AWS has: folders or archives (zip), relative to the service. By the ARN of a layer, with or
   * without its version, its name, or the logical id of the resource that makes it.
   */
  layers: anyNames(aText, 'folders or archives (zip) by ARN or name of a layer'),
  /** What only AWS knows, by the name of its placeholder: `ssm:/shop/key`, `cf:stack.Output`, `import:name`. */
  values: anObject,
  /** By the name of an authorizer. */
  authorizers: anyNames(
    group({
      /** URL or file of the JWKS that signatures of its tokens are checked with. */
      keys: aText,
      /** Who a request without a token comes from. */
      claims: anObject,
    }),
    'settings by name of an authorizer',
  ),
};

/** Who turns the tracing of functions on and off; see docs/tracing-on-demand.md. */
const TRACING = {
  /** The function that alarms call. */
  onAlarm: aFunction,
  /** How long tracing stays on at most. @default '1h' */
  longest: aDuration,
  /** Functions that are never to be traced. */
  never: listOf(aFunction),
};

/** Which dashboards there are; see docs/dashboards.md. */
const DASHBOARDS = {
  /** The service at a glance. @default true */
  service: aBoolean,
  /** Every function and resource by itself. @default true */
  resources: aBoolean,
};

/** What happens when an alarm changes its state. */
const ACTIONS = {
  /** The ARN of a topic that exists; without it, the service gets one: `LanternAlarmTopic`. */
  topic: anArn,
  /**
   * How that topic is encrypted: with a key of its own (1 USD a month), with the key of this ARN, or not at all. SNS' own
   * key would not do: CloudWatch may not use it.
   *
   * @default true
   */
  encryption: orSwitch(anExpression),
  /**
   * Has a function of the service compose the messages; without it they are CloudWatch's own. The function is one line that exports
   * `handler` of `serverless-lambda-lantern/tell-alarm`.
   */
  message: group(
    {
      function: aFunction,
      /** Where an event of each message goes as well: `default`, the name or the ARN of a bus. */
      bus: anExpression,
    },
    {
      together: (values, path) =>
        'function' in values
          ? []
          : [`${path}.function: it is missing; name the function that composes the messages`],
    },
  ),
  /** Addresses; each has to confirm by a link in a mail. */
  email: listOf(anEmail),
  /** Addresses that SNS posts to; each has to confirm. */
  https: listOf(anHttpsUrl),
  slack: allOf({ workspaceId: aText, channelId: aText }),
  teams: allOf({ tenantId: aText, teamId: aText, channelId: aText }),
  /** Which changes of state are notified. @default ['ALARM', 'OK'] */
  states: listOf(oneOf(...ALARM_STATES)),
  /** Whether each alarm notifies, only the one for the service, or both. @default 'each' */
  from: oneOf('each', 'composite', 'both'),
  /** Sends "CloudWatch Alarm State Change" events of the service's alarms to a function of it, or to an ARN. */
  events: group(
    { function: aFunction, target: anArn, role: anArn },
    {
      together: (values, path) =>
        'function' in values === 'target' in values
          ? [`${path}: expected either a function or a target`]
          : [],
    },
  ),
};

/** The numbers of an alarm. The compiler sees to it that none is missing. */
const TUNING: { readonly [Name in keyof Tuning]-?: Setting<NonNullable<Tuning[Name]>> } = {
  threshold: aNumber,
  share: aShare,
  minimum: aCount,
  statistic: aStatistic,
  period: aPeriod,
  evaluationPeriods: aPositiveCount,
  datapointsToAlarm: aPositiveCount,
  treatMissingData: oneOf('missing', 'ignore', 'breaching', 'notBreaching'),
  anomaly: aPositiveNumber,
};

/** Only where the default has them: not every threshold is a part of a limit, nor guarded by a count. */
const DERIVED: readonly string[] = ['share', 'minimum'];

/** On, off, or on with some numbers of its own. */
export type AlarmSetting = boolean | Partial<Tuning>;

/** By alarm; `false` for none of its alarms. */
export type ResourceSettings = boolean | Readonly<Record<string, AlarmSetting>>;

/** By kind, key or logical id. */
type AlarmsByName = Readonly<Record<string, ResourceSettings>>;

const BOOLEAN = { type: 'boolean' };
const NUMBER_OR_TEXT = { anyOf: [{ type: 'number' }, { type: 'string' }] };
function byName(form: object) {
  return orAnything({ type: 'object', additionalProperties: form });
}

/** Which alarm a resource has, and which number an alarm, is more than the framework knows. */
const ALARMS_BY_NAME = byName({
  anyOf: [BOOLEAN, byName({ anyOf: [BOOLEAN, byName(NUMBER_OR_TEXT)] })],
});

/** The alarms that can be put on a resource, by its kind. */
const ALARMS_ON = Object.fromEntries(
  Object.entries(DEFAULTS).map(([kind, alarms]) => {
    const list = alarms.map(({ name, tuning }) => {
      const numbers = Object.entries(TUNING).filter(
        ([number]) => !DERIVED.includes(number) || number in tuning,
      );
      const setting = orSwitch(group(Object.fromEntries(numbers), { what: 'option of this alarm' }));
      return [name, setting] as const;
    });
    return [kind, orSwitch(group(Object.fromEntries(list), { what: `alarm of a ${kind}` }))] as const;
  }),
) as Readonly<Record<string, Setting<ResourceSettings>>>;

const byKind: Setting<{ readonly [Kind in ResourceKind]?: ResourceSettings }> = {
  form: ALARMS_BY_NAME,
  mistakes: group(ALARMS_ON, { what: 'kind of resource' }).mistakes,
};

const byFunction: Setting<AlarmsByName> = {
  form: ALARMS_BY_NAME,
  mistakes: (value, path, names) =>
    mistakesByName(value, path, names.functions, 'function', (_key, alarms, at) =>
      ALARMS_ON.function?.mistakes(alarms, at, names),
    ),
};

const byLogicalId: Setting<AlarmsByName> = {
  form: ALARMS_BY_NAME,
  mistakes: (value, path, names) => {
    const { functions, resources = new Map<string, ResourceKind>() } = names;
    if (!isObject(value)) return [expected(path, 'settings by logical id', value)];
    return Object.entries(value).flatMap(([key, alarms]) => {
      const at = `${path}.${key}`;
      const kind = resources.get(key);
      if (kind !== undefined) return ALARMS_ON[kind]?.mistakes(alarms, at, names) ?? [];
      return functions.includes(key)
        ? [`${at}: this is a function; its settings stand in functions.${key}`]
        : [
            `${at}: the template has no such resource that can be watched${suggestion(key, [...resources.keys()])}`,
          ];
    });
  },
};

/** Planned work, while which nobody is told. */
const MUTE = group(
  {
    /** When it begins: `cron(0 2 * * SUN)`, or once: `at(2027-01-31T22:00)`. */
    schedule: aMuteSchedule,
    /** How long it takes. */
    duration: aMuteDuration,
    /** @default UTC */
    timezone: aTimezone,
  },
  {
    together: (values, path) =>
      ['schedule', 'duration']
        .filter((name) => !(name in values))
        .map((name) => `${path}.${name}: it is missing`),
  },
) as Setting<MuteSettings>;

export interface MuteSettings {
  readonly schedule: string;
  readonly duration: string;
  readonly timezone?: string;
}

/** An alarm on the error lines of the functions; see docs/alarms.md, "Error lines". */
const LOGS = {
  /** How many lines its message holds: these leave the logs of the account for whomever the alarm tells. @default 0 */
  lines: aLineCount,
  /** How often it looks, and at how long a time. @default '5m' */
  every: aLogSchedule,
  /** It rings when there are more lines than this in that time. @default 0 */
  threshold: aCount,
};

/** Which alarms there are, and whom they tell; see docs/alarms.md. */
const ALARMS = {
  /** For every resource of a kind. */
  defaults: byKind,
  /** What `serverless alarms --learn --write` has written, in the form of `functions`. Wins over `defaults`. */
  learned: byFunction,
  /** For one function, by its key in `serverless.yml`. Wins over `defaults` and `learned`. */
  functions: byFunction,
  /** For anything else, by its logical id in the template. Wins over `defaults`. */
  resources: byLogicalId,
  /** Whether there is one alarm that stands for the health of the service. @default true */
  composite: aBoolean,
  /** Whether there is an alarm on error lines: it has queries of Logs Insights scan them. @default false */
  logs: orSwitch(group(LOGS)),
  /** How long an alarm that a deployment made or changed waits for data before it judges. @default not at all */
  warmUp: aWarmUp,
  /** Windows of planned work. */
  mute: listOf(MUTE),
  /** Whom they tell. */
  actions: checkedHere(
    group(ACTIONS, {
      together: (values, path) =>
        'topic' in values && 'encryption' in values
          ? [`${path}.encryption: it is of the topic that is made here, but ${path}.topic names another`]
          : [],
    }),
  ),
};

/** What a function or an API promises; see docs/alarms.md, "Error budgets". */
const ERROR_BUDGET = group(
  {
    /** Percent of the invocations or requests that succeed. */
    availability: anAvailability,
    /**
     * How long most of them take at most: answers of an API, invocations of a function; messages in the queues of a function
     * that reads some.
     */
    latency: allOf({ under: aTime, target: aTarget }),
    /** With fewer failures, or slow ones, in a long window, it says nothing. @default 6 */
    minimum: aPositiveCount,
  },
  {
    together: (values, path) =>
      'availability' in values || 'latency' in values
        ? []
        : [
            `${path}.availability: it is missing; give the percentage that is to succeed, such as 99.9, or a latency, such as ` +
              '{ under: 500ms, target: 99 }',
          ],
  },
);

export type ErrorBudget = ValueOf<typeof ERROR_BUDGET>;

/** By key or logical id. */
type ErrorBudgets = Readonly<Record<string, ErrorBudget>>;

const budgetsOfFunctions: Setting<ErrorBudgets> = {
  form: byName(ERROR_BUDGET.form),
  mistakes: (value, path, names) =>
    mistakesByName(value, path, names.functions, 'function', (_key, budget, at) =>
      ERROR_BUDGET.mistakes(budget, at, names),
    ),
};

const budgetsOfApis: Setting<ErrorBudgets> = {
  form: byName(ERROR_BUDGET.form),
  mistakes: (value, path, names) => {
    const { functions, resources = new Map<string, ResourceKind>() } = names;
    if (!isObject(value)) return [expected(path, 'error budgets by logical id', value)];
    const apis = [...resources].flatMap(([key, kind]) => (kind === 'api' ? [key] : []));
    return Object.entries(value).flatMap(([key, budget]) => {
      const at = `${path}.${key}`;
      const kind = resources.get(key);
      if (kind === 'api') return ERROR_BUDGET.mistakes(budget, at, names);
      if (functions.includes(key))
        return [`${at}: this is a function; its budget stands in functions.${key}`];
      if (kind === undefined) return [`${at}: the template has no such API${suggestion(key, apis)}`];
      return [
        kind === 'queue'
          ? `${at}: a queue fails nothing itself; give the budget to the function that reads it, in functions`
          : `${at}: error budgets are of functions and APIs, and this is a ${kind}`,
      ];
    });
  },
};

/** Whom error budgets tell; each is the ARN of a topic, by default the one that the alarms tell. */
const BUDGET_ACTIONS = {
  /** When the budget is spent so fast that somebody has to look at once. */
  page: anArn,
  /** When it is spent so slowly that working hours will do. */
  ticket: anArn,
};

/** What the service promises, by what its alarms are to be measured. */
const SLO = {
  /** For a function, also one that reads a queue, by its key in `serverless.yml`. */
  functions: budgetsOfFunctions,
  /** For an API, by its logical id. */
  resources: budgetsOfApis,
  actions: group(BUDGET_ACTIONS),
  /** Makes objectives of CloudWatch Application Signals of the promises, beside their alarms. */
  as: oneOf('ServiceLevelObjective'),
};

/** What CloudWatch Logs looks for in the log groups of the functions; see docs/security.md. */
const DATA_PROTECTION = {
  /** What it looks for. @default all */
  categories: someOf(
    oneOf(...CATEGORIES),
    'leave it out for all categories, or set dataProtection: false for none',
  ),
  /**
   * Whether each finding is reported in a log group of its own, and for how many days that is kept.
   *
   * @default { retention: 365 }
   */
  findings: orSwitch(group({ retention: aRetention })),
  /** Whether what is found is masked for those who may not unmask it. @default false */
  deidentify: aBoolean,
  /** Whether an alarm rings when something is found: `function.personalData`. @default true */
  alarm: aBoolean,
};

const LANTERN = {
  local: checkedFirst(LOCAL),
  alarms: orSwitch(perStage(ALARMS)),
  slo: perStage(SLO),
  tracing: checkedFirst(TRACING),
  dashboards: orSwitch(checkedHere(perStage(DASHBOARDS))),
  dataProtection: orSwitch(perStage(DATA_PROTECTION)),
};

/** `custom.lantern` in `serverless.yml`. */
export type LanternSettings = ValuesOf<typeof LANTERN>;

export type AlarmSettings = ValueOf<typeof LANTERN.alarms>;
export type StageAlarmSettings = ValuesOf<typeof ALARMS>;
export type LogSettings = StageAlarmSettings['logs'];
export type SloSettings = ValueOf<typeof LANTERN.slo>;
export type StageSloSettings = ValuesOf<typeof SLO>;
export type BudgetActionSettings = ValuesOf<typeof BUDGET_ACTIONS>;
export type ActionSettings = ValuesOf<typeof ACTIONS>;
export type TracingSettings = ValuesOf<typeof TRACING>;
export type DashboardSettings = ValueOf<typeof LANTERN.dashboards>;
export type StageDashboardSettings = ValuesOf<typeof DASHBOARDS>;
export type DataProtectionSettings = ValueOf<typeof LANTERN.dataProtection>;
export type StageDataProtectionSettings = ValuesOf<typeof DATA_PROTECTION>;

/** JSON schema of `custom`, for the framework. */
export const SETTINGS_SCHEMA = { type: 'object', properties: { lantern: checkedFirst(LANTERN).form } };

/**
 * Looks for the mistakes that the schema does not see, in what is whatever stands in `serverless.yml`. Pure.
 *
 * @returns one sentence per mistake, each beginning with its path; empty when there is none.
 */
export function checkSettings(
  part: keyof LanternSettings,
  settings: unknown,
  names: ServiceNames,
): readonly string[] {
  return settings === undefined ? [] : LANTERN[part].mistakes(settings, `custom.lantern.${part}`, names);
}

/** What the settings of a service may name. */
export function namesIn(inventory: Inventory): ServiceNames {
  const { function: functions, ...others } = resourcesByKind(inventory);
  return {
    functions: functions.map(({ key }) => key),
    resources: new Map(
      Object.entries(others).flatMap(([kind, list]) =>
        list.flatMap((item) => ('key' in item ? [[item.key, kind as ResourceKind] as const] : [])),
      ),
    ),
  };
}
