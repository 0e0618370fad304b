import type { JsonObject } from '../../json.ts';
import { present } from '../../json.ts';
import { AwsApiError } from '../../http/aws-error.ts';
import type { Account, Settings } from './account.ts';
import { arnOf } from './account.ts';
import {
  invalidRequest,
  optionalNumber,
  optionalObject,
  optionalText,
  requiredNumber,
  requiredObject,
  requiredObjects,
  requiredText,
  requiredTime,
} from '../../http/api-input.ts';

/** X-Ray's API Reference, `SamplingRule`. */
interface SamplingRule {
  readonly RuleName: string;
  readonly RuleARN: string;
  readonly ResourceARN: string;
  readonly Priority: number;
  readonly FixedRate: number;
  readonly ReservoirSize: number;
  readonly ServiceName: string;
  readonly ServiceType: string;
  readonly Host: string;
  readonly HTTPMethod: string;
  readonly URLPath: string;
  readonly Version: number;
  readonly Attributes: Readonly<Record<string, string>>;
  readonly SamplingRateBoost?: { readonly MaxRate: number; readonly CooldownWindowMinutes: number };
}

interface RuleRecord {
  readonly SamplingRule: SamplingRule;
  /** Epoch seconds. */
  readonly CreatedAt: number;
  readonly ModifiedAt: number;
}

/** What SDKs said of their decisions. */
interface Statistics {
  readonly RuleName: string;
  readonly Timestamp: number;
  readonly RequestCount: number;
  readonly BorrowCount: number;
  readonly SampledCount: number;
}

/** AWS General Reference, "X-Ray endpoints and quotas": rules beside the default one. */
const MAX_RULES = 25;

const DEFAULT_RULE = 'Default';
const SETTING = 'sampling-rules';

/** Seconds until an SDK asks again, and what it may take of a reservoir holds a little longer. */
const INTERVAL = 10;
const QUOTA_SECONDS = 30;

/** Summaries kept of what SDKs said, the newest. */
const MAX_SUMMARIES = 1000;

const MAX_PRIORITY = 9999;
const MAX_RESERVOIR = 2 ** 31 - 1;

/** Lengths that the API Reference gives of texts in rules. */
const TEXT_LENGTHS = {
  ResourceARN: 500,
  ServiceName: 64,
  ServiceType: 64,
  Host: 64,
  HTTPMethod: 10,
  URLPath: 128,
} as const;

/**
 * The sampling rules that SDKs ask for. Until somebody makes others there is the default one, which unlike AWS's takes
 * everything: on a developer's machine a request that leaves no trace is a riddle.
 */
export class Sampling {
  readonly #account: Account;
  readonly #settings: Settings;
  readonly #rules: Map<string, RuleRecord>;
  #summaries: Statistics[] = [];

  constructor(account: Account, settings: Settings) {
    this.#account = account;
    this.#settings = settings;
    const kept = settings.read(SETTING) as RuleRecord[] | undefined;
    this.#rules = new Map(
      (kept ?? [this.#defaultRule()]).map((record) => [record.SamplingRule.RuleName, record]),
    );
  }

  /** By priority, as an SDK goes through them. */
  list(): object {
    const records = [...this.#rules.values()].sort(
      ({ SamplingRule: one }, { SamplingRule: other }) =>
        one.Priority - other.Priority || (one.RuleName < other.RuleName ? -1 : 1),
    );
    return { SamplingRuleRecords: records };
  }

  create(input: JsonObject): object {
    const asked = requiredObject(input, 'SamplingRule');
    const name = requiredText(asked, 'RuleName', 32);
    if (this.#rules.has(name))
      throw invalidRequest(`There is a sampling rule ${name} already; update that one.`);
    if (this.#rules.size > MAX_RULES) {
      const message = `There are ${MAX_RULES} sampling rules already, and there may not be more; delete one first.`;
      throw new AwsApiError(400, 'RuleLimitExceededException', message);
    }
    const rule: SamplingRule = present<SamplingRule>({
      RuleName: name,
      RuleARN: arnOf(this.#account, `sampling-rule/${name}`),
      ResourceARN: requiredText(asked, 'ResourceARN', TEXT_LENGTHS.ResourceARN),
      Priority: requiredNumber(asked, 'Priority', { from: 1, to: MAX_PRIORITY, whole: true }),
      FixedRate: requiredNumber(asked, 'FixedRate', { from: 0, to: 1 }),
      ReservoirSize: requiredNumber(asked, 'ReservoirSize', { from: 0, to: MAX_RESERVOIR, whole: true }),
      ServiceName: requiredText(asked, 'ServiceName', TEXT_LENGTHS.ServiceName),
      ServiceType: requiredText(asked, 'ServiceType', TEXT_LENGTHS.ServiceType),
      Host: requiredText(asked, 'Host', TEXT_LENGTHS.Host),
      HTTPMethod: requiredText(asked, 'HTTPMethod', TEXT_LENGTHS.HTTPMethod),
      URLPath: requiredText(asked, 'URLPath', TEXT_LENGTHS.URLPath),
      Version: requiredNumber(asked, 'Version', { from: 1, to: 1, whole: true }),
      Attributes: attributesIn(asked) ?? {},
      SamplingRateBoost: boostIn(asked),
    });
    const now = Date.now() / 1000;
    return this.#keep({ SamplingRule: rule, CreatedAt: now, ModifiedAt: now });
  }

  update(input: JsonObject): object {
    const asked = requiredObject(input, 'SamplingRuleUpdate');
    const { SamplingRule: rule, CreatedAt } = this.#find(asked);
    const isDefault = rule.RuleName === DEFAULT_RULE;
    const texts = Object.entries(TEXT_LENGTHS).map(
      ([name, longest]) => [name, optionalText(asked, name, longest)] as const,
    );
    const changes = present<Partial<SamplingRule>>({
      ...Object.fromEntries(texts),
      Priority: optionalNumber(asked, 'Priority', { from: 1, to: MAX_PRIORITY, whole: true }),
      Attributes: attributesIn(asked),
    });
    if (isDefault && Object.keys(changes).length > 0) {
      const given = Object.keys(changes).join(', ');
      throw invalidRequest(`Of the rule Default, FixedRate and ReservoirSize can be updated; got ${given}.`);
    }
    const numbers = present<Partial<SamplingRule>>({
      FixedRate: optionalNumber(asked, 'FixedRate', { from: 0, to: 1 }),
      ReservoirSize: optionalNumber(asked, 'ReservoirSize', { from: 0, to: MAX_RESERVOIR, whole: true }),
      SamplingRateBoost: boostIn(asked),
    });
    return this.#keep({
      SamplingRule: { ...rule, ...changes, ...numbers },
      CreatedAt,
      ModifiedAt: Date.now() / 1000,
    });
  }

  delete(input: JsonObject): object {
    const record = this.#find(input);
    const { RuleName: name } = record.SamplingRule;
    if (name === DEFAULT_RULE) throw invalidRequest('The rule Default cannot be deleted.');
    this.#rules.delete(name);
    this.#write();
    return { SamplingRuleRecord: record };
  }

  /** One SDK is all there is, so it gets the whole reservoir. */
  targets(input: JsonObject): object {
    const statistics = requiredObjects(input, 'SamplingStatisticsDocuments').map(readStatistics);
    const known = statistics.filter(({ RuleName }) => this.#rules.has(RuleName));
    const now = Date.now() / 1000;
    this.#summaries = [...known, ...this.#summaries].slice(0, MAX_SUMMARIES);
    return {
      SamplingTargetDocuments: [...new Set(known.map(({ RuleName }) => RuleName))].map((name) => {
        const { FixedRate, ReservoirSize } = this.#find({ RuleName: name }).SamplingRule;
        return {
          RuleName: name,
          FixedRate,
          ReservoirQuota: ReservoirSize,
          ReservoirQuotaTTL: Math.ceil(now + QUOTA_SECONDS),
          Interval: INTERVAL,
        };
      }),
      LastRuleModification: Math.max(...Array.from(this.#rules.values(), ({ ModifiedAt }) => ModifiedAt)),
      UnprocessedStatistics: statistics
        .filter(({ RuleName }) => !this.#rules.has(RuleName))
        .map(({ RuleName }) => ({ RuleName, ErrorCode: '400', Message: 'There is no such sampling rule.' })),
    };
  }

  statistics(): object {
    return { SamplingStatisticSummaries: this.#summaries };
  }

  has(arn: string): boolean {
    return Array.from(this.#rules.values()).some(({ SamplingRule: { RuleARN } }) => RuleARN === arn);
  }

  #find(input: JsonObject): RuleRecord {
    const [name, arn] = [optionalText(input, 'RuleName', 32), optionalText(input, 'RuleARN')];
    if ((name === undefined) === (arn === undefined)) {
      throw invalidRequest('A sampling rule is named by either RuleName or RuleARN.');
    }
    const found = [...this.#rules.values()].find(
      ({ SamplingRule: { RuleName, RuleARN } }) => RuleName === name || RuleARN === arn,
    );
    if (found === undefined) throw invalidRequest(`There is no sampling rule ${name ?? arn ?? ''}.`);
    return found;
  }

  #keep(record: RuleRecord): object {
    this.#rules.set(record.SamplingRule.RuleName, record);
    this.#write();
    return { SamplingRuleRecord: record };
  }

  #write(): void {
    this.#settings.write(SETTING, [...this.#rules.values()]);
  }

  /** SDKs take a rule only with version 1, the resource `*` and empty attributes. */
  #defaultRule(): RuleRecord {
    const rule: SamplingRule = {
      RuleName: DEFAULT_RULE,
      RuleARN: arnOf(this.#account, `sampling-rule/${DEFAULT_RULE}`),
      ResourceARN: '*',
      Priority: 10_000,
      FixedRate: 1,
      ReservoirSize: 1,
      ServiceName: '*',
      ServiceType: '*',
      Host: '*',
      HTTPMethod: '*',
      URLPath: '*',
      Version: 1,
      Attributes: {},
    };
    return { SamplingRule: rule, CreatedAt: 0, ModifiedAt: 0 };
  }
}

function readStatistics(statistics: JsonObject): Statistics {
  const count = (name: string): number =>
    optionalNumber(statistics, name, { from: 0, to: MAX_RESERVOIR, whole: true }) ?? 0;
  return {
    RuleName: requiredText(statistics, 'RuleName', 32),
    Timestamp: requiredTime(statistics, 'Timestamp'),
    RequestCount: count('RequestCount'),
    BorrowCount: count('BorrowCount'),
    SampledCount: count('SampledCount'),
  };
}

function attributesIn(input: JsonObject): SamplingRule['Attributes'] | undefined {
  const attributes = optionalObject(input, 'Attributes');
  if (attributes === undefined) return undefined;
  return Object.fromEntries(
    Object.keys(attributes).map((name) => [name, requiredText(attributes, name, 32)]),
  );
}

function boostIn(input: JsonObject): SamplingRule['SamplingRateBoost'] {
  const boost = optionalObject(input, 'SamplingRateBoost');
  return (
    boost && {
      MaxRate: requiredNumber(boost, 'MaxRate', { from: 0, to: 1 }),
      CooldownWindowMinutes: requiredNumber(boost, 'CooldownWindowMinutes', {
        from: 0,
        to: MAX_RESERVOIR,
        whole: true,
      }),
    }
  );
}
