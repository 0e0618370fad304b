/** What users import in their own tests. */
export type { AlarmState } from '../local/cloudwatch/view.ts';
