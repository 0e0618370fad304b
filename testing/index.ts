/** What users import in their own tests. */
export type { AlarmState } from '../local/cloudwatch/view.ts';
export { expectNoLeak } from './expect-no-leak.ts';
export type { ExpectNoLeakOptions } from './expect-no-leak.ts';
