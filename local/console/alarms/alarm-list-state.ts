import type { AlarmListing, AlarmState, AlarmSummary } from '../../cloudwatch/view.ts';
import { containsWordsOf } from '../format/text.ts';

/** The worst first, as the list shows them. */
export const alarmStates: readonly AlarmState[] = ['ALARM', 'INSUFFICIENT_DATA', 'OK'];

/** What is known of the alarms. */
export interface AlarmListState {
  /** The list has been received at least once. */
  readonly loaded: boolean;
  /** Why the list could not be read, until it can. */
  readonly failure: string | undefined;
  readonly alarms: ReadonlyMap<string, AlarmSummary>;
  /** Names heard of since the connection stands; a list asked for earlier may hold older states. */
  readonly heard: ReadonlySet<string>;
}

export type AlarmListAction =
  | { readonly type: 'connected' }
  | { readonly type: 'listed'; readonly listing: AlarmListing }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'arrived'; readonly alarms: readonly AlarmSummary[] };

export const initialAlarmList: AlarmListState = {
  loaded: false,
  failure: undefined,
  alarms: new Map(),
  heard: new Set(),
};

export function alarmListReducer(state: AlarmListState, action: AlarmListAction): AlarmListState {
  switch (action.type) {
    case 'connected':
      return { ...state, heard: new Set() };
    case 'listed': {
      const heard = [...state.alarms.values()].filter(({ name }) => state.heard.has(name));
      const alarms = new Map([...action.listing.alarms, ...heard].map((alarm) => [alarm.name, alarm]));
      return { ...state, loaded: true, failure: undefined, alarms };
    }
    case 'failed':
      return { ...state, failure: action.message };
    case 'arrived':
      return {
        ...state,
        alarms: new Map([...state.alarms, ...action.alarms.map((alarm) => [alarm.name, alarm] as const)]),
        heard: new Set([...state.heard, ...action.alarms.map(({ name }) => name)]),
      };
  }
}

export interface AlarmFilter {
  readonly state: AlarmState | undefined;
  /** Words that all must occur, in whatever case. */
  readonly text: string;
}

/** The alarms to show, the worst first and by name within. */
export function shownAlarms({ alarms }: AlarmListState, filter: AlarmFilter): readonly AlarmSummary[] {
  const contains = containsWordsOf(filter.text);
  return worstFirst(
    [...alarms.values()]
      .filter(({ state }) => filter.state === undefined || state === filter.state)
      .filter((alarm) => contains(textOf(alarm))),
  );
}

/** By state, and by name within. */
export function worstFirst(alarms: readonly AlarmSummary[]): readonly AlarmSummary[] {
  return alarms.toSorted(
    (one, other) =>
      alarmStates.indexOf(one.state) - alarmStates.indexOf(other.state) || (one.name < other.name ? -1 : 1),
  );
}

/** How many alarms are in a state. */
export function countOf({ alarms }: AlarmListState, state: AlarmState): number {
  return [...alarms.values()].filter((alarm) => alarm.state === state).length;
}

function textOf({ name, resource, condition, reason, description = '' }: AlarmSummary): string {
  const watched = resource === undefined ? '' : `${resource.kind} ${resource.name}`;
  return [name, watched, condition, reason, description].join('\n');
}
