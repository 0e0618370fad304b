import type { ServiceInfo } from '../../console-contract.ts';
import type { TraceListState } from '../list/trace-list-state.ts';
import { Link } from '../routing/link.tsx';
import type { Address } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';
import { HelpSheet } from './help-sheet.tsx';
import { ThemeToggle } from '../theme/theme-toggle.tsx';
import { PageLinks } from './page-links.tsx';
import { tracingText } from './tracing-text.ts';

const CONNECTION_LABELS: Readonly<Record<TraceListState['connection'], string>> = {
  connecting: 'Connecting',
  connected: 'Live',
  lost: 'Reconnecting',
};

export interface TopBarProps {
  readonly service: ServiceInfo | undefined;
  readonly connection: TraceListState['connection'];
  readonly address: Address;
  /** How many alarms are in ALARM state. */
  readonly alarming: number;
}

export function TopBar({ service, connection, address, alarming }: TopBarProps) {
  return (
    <header class="top-bar">
      <Link class="brand" href={hrefOf({ page: 'list' })} title="All traces">
        <img src="/lantern.svg" alt="" width="28" height="28" />
        <span>Lambda Lantern</span>
      </Link>
      <PageLinks route={address.route} span={address.span} alarming={alarming} />
      <p class="service">
        {service !== undefined && (
          <>
            <span class="service-name">
              {service.services?.map(({ name }) => name).join(', ') ?? service.name}
            </span>
            <span class="service-place">
              {service.stage} · {service.region}
            </span>
            <span class={service.tracing ? 'tracing on' : 'tracing'} role="status">
              {tracingText(service)}
            </span>
          </>
        )}
      </p>
      <span class={`connection ${connection}`}>{CONNECTION_LABELS[connection]}</span>
      <HelpSheet />
      <ThemeToggle />
    </header>
  );
}
