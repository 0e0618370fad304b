import type { CloudWatchView } from '../cloudwatch/view.ts';

/** Real milliseconds of a minute, where no clock says otherwise. */
const MINUTE_MS = 60_000;

/** What a page is shown where nothing is measured: no alarms, no metrics, and no failure. */
export const noCloudWatch: CloudWatchView = {
  alarms: () => ({ alarms: [], minuteMs: MINUTE_MS }),
  alarm: () => undefined,
  metrics: (range = { from: 0, to: 0 }) => ({ groups: [], range, minuteMs: MINUTE_MS }),
  subscribe: () => () => undefined,
};
