/** Names that the switch shares with what deploys it and with who looks at a function in the AWS console. */

/** What decides in a function's process whether it records; Lambda's own mode decides whether anything is sampled. */
export const TRACING_VARIABLE = 'POWERTOOLS_TRACE_ENABLED';

/**
 * A variable of a function while the switch has its tracing on: what was before, and will be again (see `formatBefore`). It
 * is written together with what is switched, so neither is ever there without the other.
 */
export const BEFORE_VARIABLE = 'LANTERN_TRACING_BEFORE';

/** The tag of a function of which nobody is to turn on the tracing: its value is {@link NEVER}. */
export const SETTING_TAG = 'lantern:tracing';

/** Tags of what was heard of a function's alarms: see `alarm-ledger.ts`. */
export const ENTRY_PREFIX = 'lantern:tracing:';

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
