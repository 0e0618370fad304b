/**
 * List prices of running functions, in US dollars, of us-east-1 and its first tier, without taxes and free tier. They are as
 * others quote them: the page of AWS has them by region and memory size. Look there before you rely on them.
 */
export const LAMBDA_PRICES = {
  page: 'https://aws.amazon.com/lambda/pricing/',
  seen: '2026-11-30',
  /** Per GB-second that a function runs. */
  gbSecond: { x86_64: 0.000_016_666_7, arm64: 0.000_013_333_4 },
  /** Per GB-second that an environment is kept ready, used or not. */
  provisionedGbSecond: { x86_64: 0.000_004_166_7, arm64: 0.000_003_333_4 },
  /** Per GB of log lines that CloudWatch takes in, class Standard. */
  logsGb: 0.5,
  /** Per trace that X-Ray records. */
  trace: 0.000_005,
} as const;
