/** Numbers of EventBridge Scheduler, from its API reference and quotas. */

/** What the name of a schedule or of a group may be ("CreateSchedule", "CreateScheduleGroup"). */
export const NAME = /^[0-9a-zA-Z-_.]{1,64}$/;

/** Bytes of a request: the input of a target has at most 256 KB. */
export const MAX_REQUEST = 1_048_576;

/** Schedules, or groups, in one answer of a list. */
export const MAX_RESULTS = 100;
