import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AlarmState, TreatMissingData } from '../../../local/cloudwatch/alarm-terms.ts';

interface Row {
  readonly datapoints: string;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
}

/** `RETAIN` stands for the state before. */
type Expected = Readonly<Record<TreatMissingData, AlarmState | 'RETAIN'>>;

export interface AlarmVectors {
  readonly tables: ReadonlyArray<
    Row & { readonly id: string; readonly filled: number; readonly expected: Expected }
  >;
  readonly prose: ReadonlyArray<Row & { readonly alarm: boolean }>;
  readonly figure: {
    readonly datapoints: string;
    readonly evaluationPeriods: number;
    readonly states: readonly AlarmState[];
  };
  readonly lowSamples: ReadonlyArray<{ readonly percentile: number; readonly samples: number }>;
  readonly suppressionPeriods: { readonly wait: number; readonly extension: number };
  readonly suppression: ReadonlyArray<{
    readonly id: string;
    readonly composite: Readonly<Record<string, AlarmState>>;
    readonly suppressor: Readonly<Record<string, AlarmState>>;
    readonly actionsAt: number | null;
  }>;
  readonly derived: ReadonlyArray<Row & { readonly why: string; readonly expected: Expected }>;
}

export const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/cloudwatch/alarm-vectors.json'), 'utf8'),
) as AlarmVectors;

export const STATES: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];
export const TREATMENTS: readonly TreatMissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** Held against a threshold of 1 with GreaterThanThreshold: a datapoint of 0 is one that is there. */
export function readDatapoints(notation: string): (number | null)[] {
  return notation.split(' ').map((sign) => {
    if (sign === '-') return null;
    return sign === 'X' ? 2 : 0;
  });
}
