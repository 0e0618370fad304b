/** A rule of a composite alarm; CloudWatch, "PutCompositeAlarm" and "Create a composite alarm". */
export const LONGEST_RULE = 10_240;
export const MOST_CHILDREN = 100;

/** Lambda stops an environment that is not ready by then; Lambda, "Understanding the Lambda execution environment". */
export const INIT_LIMIT_MS = 10_000;
