import { useCallback, useEffect, useReducer } from 'preact/hooks';
import type { AlarmSummary } from '../../cloudwatch/view.ts';
import { createBatcher } from '../api/batcher.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { messageOf } from '../format/text.ts';
import type { AlarmListState } from './alarm-list-state.ts';
import { alarmListReducer, initialAlarmList } from './alarm-list-state.ts';

/** On a fast clock every alarm changes every second; they are drawn together this often. */
const DRAW_EVERY_MS = 100;

export interface AlarmList {
  readonly state: AlarmListState;
  readonly reload: () => void;
}

/** The alarms, kept up to date for as long as the page is open. */
export function useAlarmList(api: ConsoleApi): AlarmList {
  const [state, dispatch] = useReducer(alarmListReducer, initialAlarmList);

  const reload = useCallback(() => {
    api.alarms().then(
      (listing) => dispatch({ type: 'listed', listing }),
      (error: unknown) => dispatch({ type: 'failed', message: messageOf(error) }),
    );
  }, [api]);

  useEffect(() => {
    const batcher = createBatcher<AlarmSummary>(
      (alarms) => dispatch({ type: 'arrived', alarms }),
      DRAW_EVERY_MS,
    );
    const unsubscribe = api.subscribe((event) => {
      if (event.type === 'alarm') batcher.add(event.alarm);
      if (event.type !== 'connected') return;
      batcher.drop();
      dispatch({ type: 'connected' });
      reload();
    });
    return () => {
      batcher.drop();
      unsubscribe();
    };
  }, [api, reload]);

  return { state, reload };
}
