import { useCallback } from 'preact/hooks';
import type { AlarmPage as Page } from '../../cloudwatch/view.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { useLive } from '../api/use-live.ts';
import { MessagePage } from '../components/message-page.tsx';
import type { TimeSpan } from '../routing/time-span.ts';
import { isOpen, rangeOf } from '../routing/time-span.ts';
import { AlarmView } from './alarm-view.tsx';

export interface AlarmPageProps {
  readonly api: ConsoleApi;
  readonly name: string;
  readonly span: TimeSpan | undefined;
}

export function AlarmPage({ api, name, span }: AlarmPageProps) {
  const load = useCallback(() => api.alarm(name, rangeOf(span, Date.now())), [api, name, span]);
  const live = useLive<Page>(api, {
    load,
    // A composite alarm changes with those that its rule names.
    concerns: (event, known) =>
      event.type === 'alarm' &&
      [name, ...(known?.children ?? []).map((child) => child.name)].includes(event.alarm.name),
    growing: () => isOpen(span, Date.now()),
  });
  switch (live.status) {
    case 'loading':
      return null;
    case 'missing':
      return (
        <MessagePage title="No such alarm">
          <p>
            The service that runs has no alarm <code>{name}</code>.
          </p>
        </MessagePage>
      );
    case 'failed':
      return (
        <MessagePage title="The alarm could not be read">
          <p>{live.message}</p>
        </MessagePage>
      );
    case 'loaded':
      return <AlarmView page={live.value} span={span} />;
  }
}
