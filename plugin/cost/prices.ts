import { LAMBDA_PRICES } from '../advise/lambda-prices.ts';

/**
 * List prices of what the plugin adds, in US dollars, without taxes and discounts. In brackets: the source, below.
 *
 * AWS prices per region; here are those of us-east-1, and of eu-west-1 where they differ. What `unverified` names was not
 * seen for that region and is taken to be as in us-east-1. AWS changes prices without notice: look at the page of a
 * price before you rely on it.
 */
export const PRICES = {
  unitPrices: {
    /** Per metric of a standard-resolution alarm and month. [cloudwatch] */
    alarmMetric: 0.1,
    /** Per metric of an alarm with a period below a minute, and month. [cloudwatch] */
    highResolutionAlarmMetric: 0.3,
    /** Per composite alarm and month. [cloudwatch] */
    compositeAlarm: 0.5,
    /** Per custom metric and month, the first 10,000 of an account; a metric filter makes one. [cloudwatch] */
    customMetric: 0.3,
    /** Per dashboard and month; the same everywhere, dashboards belong to no region. [cloudwatch] */
    dashboard: 3,
    /** Per GB that queries of Logs Insights scan. [cloudwatch] */
    logsScannedGb: 0.005,
    /** Per GB that data protection of CloudWatch Logs looks through: as others quote the page. [cloudwatch] */
    dataProtectionGb: 0.12,
    /** Per trace recorded. [x-ray] */
    tracesRecorded: 0.000_005,
    /** Per customer managed key and month. [kms] */
    key: 1,
    /** Per request to KMS. [kms] */
    keyRequest: 0.000_003,
    /** Per message published to a standard topic. [sns] */
    snsPublish: 0.000_000_5,
    /** Per e-mail delivered. [sns] */
    snsEmail: 0.000_02,
    /** Per GB-second that a function runs on x86_64, and on arm64: as others quote the page. [lambda] */
    lambdaGbSecond: LAMBDA_PRICES.gbSecond.x86_64,
    lambdaGbSecondArm: LAMBDA_PRICES.gbSecond.arm64,
  },
  regions: {
    'us-east-1': { prices: {}, unverified: [] },
    'eu-west-1': {
      prices: { logsScannedGb: 0.005_7 },
      unverified: [
        'compositeAlarm',
        'dataProtectionGb',
        'highResolutionAlarmMetric',
        'lambdaGbSecond',
        'lambdaGbSecondArm',
        'snsPublish',
      ],
    },
  },
  /** Per month and account, all regions together, and for whatever uses it first. */
  freeTier: {
    /** Of standard resolution. [cloudwatch] */
    alarmMetrics: 10,
    /** [cloudwatch] */
    customMetrics: 10,
    /** [cloudwatch] */
    dashboards: 3,
    /** A dashboard with more metrics than this is not free. [cloudwatch] */
    metricsOfFreeDashboard: 50,
    /** Shared with writing and keeping logs. [cloudwatch] */
    logsScannedGb: 5,
    /** [x-ray] */
    tracesRecorded: 100_000,
    /** Retrieved or scanned. [x-ray] */
    tracesRead: 1_000_000,
    /** [kms] */
    keyRequests: 20_000,
    /** [sns] */
    snsPublishes: 1_000_000,
    /** [sns] */
    snsEmails: 1_000,
    /** [lambda] */
    gbSeconds: 400_000,
    /** [eventbridge] */
    schedulerInvocations: 14_000_000,
  },
  /** An anomaly band makes two metrics of its own beside the one it follows: its upper and its lower bound. [cloudwatch] */
  metricsOfAnomalyBand: 2,
  /** The page to look at, and of when the figures are. */
  sources: {
    /** Price list of us-east-1. The dashboards, anomaly bands and free tier are not on that list, but on the page. */
    cloudwatch: { page: 'https://aws.amazon.com/cloudwatch/pricing/', seen: '2025-10-28' },
    'x-ray': { page: 'https://aws.amazon.com/xray/pricing/', seen: '2026-04-13' },
    kms: { page: 'https://aws.amazon.com/kms/pricing/', seen: '2026-03-14' },
    sns: { page: 'https://aws.amazon.com/sns/pricing/', seen: '2026-06-13' },
    lambda: { page: LAMBDA_PRICES.page, seen: LAMBDA_PRICES.seen },
    eventbridge: { page: 'https://aws.amazon.com/eventbridge/pricing/', seen: '2026-03-13' },
  },
} as const;

export type PriceName = keyof typeof PRICES.unitPrices;

/** The prices of one region, and what is not certain about them. */
export interface PriceList {
  readonly unitPrices: Readonly<Record<PriceName, number>>;
  readonly caveats: readonly string[];
}

/** A region that the list does not have gets the prices of us-east-1, and a caveat that says so. */
export function priceListOf(region: string): PriceList {
  const known = Object.entries(PRICES.regions).find(([name]) => name === region)?.[1];
  if (known === undefined) {
    const regions = Object.keys(PRICES.regions).join(' and ');
    return {
      unitPrices: PRICES.unitPrices,
      caveats: [`No prices are known for ${region}, only for ${regions}: these are those of us-east-1.`],
    };
  }
  return {
    unitPrices: { ...PRICES.unitPrices, ...known.prices },
    caveats:
      known.unverified.length === 0
        ? []
        : [`Not verified for ${region}, and taken from us-east-1: ${known.unverified.join(', ')}.`],
  };
}

/** From when to when the figures are, as dates. */
export function datesOfPrices(): { readonly oldest: string; readonly newest: string } {
  const dates = Object.values(PRICES.sources)
    .map(({ seen }) => seen)
    .sort();
  return { oldest: dates[0] ?? '', newest: dates.at(-1) ?? '' };
}
