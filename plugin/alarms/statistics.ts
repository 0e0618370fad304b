/** `p99`, `p99.9`: a percentile of CloudWatch, from p0.0 to p100. */
export const isPercentile = (statistic: string): boolean => /^p(100|\d{1,2})(\.\d+)?$/.test(statistic);

const PLAIN = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'];

/** Whether CloudWatch takes it as a statistic of an alarm; trimmed means and the like are not for these metrics. */
export const isStatistic = (statistic: string): boolean =>
  PLAIN.includes(statistic) || isPercentile(statistic);
