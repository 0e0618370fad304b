import type { Resources, Tuning } from '../alarms/definition.ts';
import type { AlarmState, Expression } from '../../local/template/index.ts';

/** `custom.lantern.alarms`: `false` for none at all. */
export type AlarmSettings = boolean | AlarmSettingsObject;

export interface AlarmSettingsObject extends StageAlarmSettings {
  /** Laid over the rest while this stage is deployed; `false` for no alarms in it. */
  readonly stages?: Readonly<Record<string, boolean | StageAlarmSettings>>;
}

export interface StageAlarmSettings {
  /** For every resource of a kind. */
  readonly defaults?: { readonly [Kind in keyof Resources]?: ResourceSettings };
  /** For one function, by its key in `serverless.yml`. Wins over `defaults`. */
  readonly functions?: Readonly<Record<string, ResourceSettings>>;
  /** For anything else, by its logical id in the template. Wins over `defaults`. */
  readonly resources?: Readonly<Record<string, ResourceSettings>>;
  /**
   * Whether there is one alarm that stands for the health of the service.
   *
   * @default true
   */
  readonly composite?: boolean;
  readonly actions?: ActionSettings;
}

/** By alarm; `false` for none of its alarms. */
export type ResourceSettings = boolean | Readonly<Record<string, AlarmSetting>>;

/** On, off, or on with some numbers of its own. */
export type AlarmSetting = boolean | Partial<Tuning>;

/** What happens when an alarm changes its state. */
export interface ActionSettings {
  /** The ARN of a topic that exists; without it, the service gets one: `LanternAlarmTopic`. */
  readonly topic?: Expression;
  /**
   * How that topic is encrypted: with a key of its own (1 USD a month), with the key of this ARN, or not at all. SNS' own
   * key would not do: CloudWatch may not use it.
   *
   * @default true
   */
  readonly encryption?: boolean | Expression;
  /** Addresses; each has to confirm by a link in a mail. */
  readonly email?: readonly string[];
  /** Addresses that SNS posts to; each has to confirm. */
  readonly https?: readonly string[];
  readonly slack?: { readonly workspaceId: string; readonly channelId: string };
  readonly teams?: { readonly tenantId: string; readonly teamId: string; readonly channelId: string };
  /**
   * Which changes of state are notified.
   *
   * @default ['ALARM', 'OK']
   */
  readonly states?: readonly AlarmState[];
  /**
   * Whether each alarm notifies, only the one for the service, or both.
   *
   * @default 'each'
   */
  readonly from?: 'each' | 'composite' | 'both';
  /** Sends "CloudWatch Alarm State Change" events of the service's alarms to a function of it, or to an ARN. */
  readonly events?: { readonly function?: string; readonly target?: Expression; readonly role?: Expression };
}
