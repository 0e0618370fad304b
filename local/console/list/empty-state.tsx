import type { ServiceInfo } from '../../console-contract.ts';
import { CopyButton } from '../components/copy-button.tsx';

export interface EmptyStateProps {
  readonly service: ServiceInfo | undefined;
}

/** Nothing has been traced yet: what to do about it. */
export function EmptyState({ service }: EmptyStateProps) {
  const commands = service?.tryThis ?? [];
  return (
    <section class="empty" aria-labelledby="empty-heading">
      <img src="/lantern.svg" alt="" width="72" height="72" />
      <h2 id="empty-heading">No traces yet</h2>
      <p>Call your service, and its trace appears here while it runs.</p>
      {service?.tracing === false && (
        <p>Tracing is off: functions run, but show nothing of what happens inside them.</p>
      )}
      {commands.length > 0 && (
        <>
          <h3>Try this</h3>
          <ul class="commands">
            {commands.map((command) => (
              <li key={command}>
                <code>{command}</code>
                <CopyButton text={command} what="command" />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
