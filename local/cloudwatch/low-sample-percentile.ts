/**
 * The fewest samples of which CloudWatch takes a percentile for significant: 10/(1 - p) from the median upwards, 10/p
 * below it ("Percentiles and low data samples", CloudWatch user guide). Fewer make an alarm keep its state, when it is set
 * to `EvaluateLowSampleCountPercentile: ignore`.
 *
 * @param percentile 99 for p99; above 0 and below 100.
 */
export const minimumSamples = (percentile: number): number => {
  const away = percentile >= 50 ? 100 - percentile : percentile;
  // In hundredths of a percent, lest 10/(1 - 0.99) be 999.9999999999991.
  return Math.ceil(100_000 / Math.round(away * 100));
};
