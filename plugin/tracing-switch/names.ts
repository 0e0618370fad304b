/** Names that the switch shares with what deploys it and with who looks at a function in the AWS console. */

/** What decides in a function's process whether it records; Lambda's own mode decides whether anything is sampled. */
export const TRACING_VARIABLE = 'POWERTOOLS_TRACE_ENABLED';

/** Tags of a function. All but the first exist only while there is something to remember. */
export const TAG = {
  /** `never`: nobody is to turn on the tracing of this function. */
  setting: 'lantern:tracing',
  /** The alarm, or the person, that turned tracing on. */
  by: 'lantern:tracing-by',
  /** When it was turned on, ISO 8601. */
  since: 'lantern:tracing-since',
  /** Why: the reason that CloudWatch gives for the alarm's state. */
  reason: 'lantern:tracing-reason',
  /** What was before, and will be again: see `formatBefore`. */
  before: 'lantern:tracing-before',
  /** When it is turned off at the latest, ISO 8601. */
  until: 'lantern:tracing-until',
  /** What was last heard of each alarm: see `alarm-ledger.ts`. */
  alarms: 'lantern:tracing-alarms',
} as const;

export const NEVER = 'never';

/** Variables of the function that turns tracing on and off. */
export const VARIABLE = {
  /** The group of schedules that turn tracing off when its longest time is over. */
  scheduleGroup: 'LANTERN_TRACING_SCHEDULE_GROUP',
  /** The ARN of the role with which a schedule calls the function. */
  scheduleRole: 'LANTERN_TRACING_SCHEDULE_ROLE',
  /** Minutes that tracing stays on at most. */
  longest: 'LANTERN_TRACING_LONGEST',
} as const;
