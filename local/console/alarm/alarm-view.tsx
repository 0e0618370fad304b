import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { AlarmPage, TimeRange } from '../../cloudwatch/view.ts';
import { worstFirst } from '../alarms/alarm-list-state.ts';
import { AlarmTable } from '../alarms/alarm-table.tsx';
import { Chart } from '../chart/chart.tsx';
import { useNow } from '../components/use-now.ts';
import { Properties } from '../details/properties.tsx';
import { RangeControl } from '../range/range-control.tsx';
import { navigate, showSpan } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { AlarmHeader } from './alarm-header.tsx';
import { AlarmHistory } from './alarm-history.tsx';
import { linkedText } from '../format/text.ts';

const CLOCK_EVERY_MS = 5000;

/** Pixels. */
const CHART_HEIGHT = 280;

/** Characters; a longer rule takes the place of the alarms that it names, so it is opened by hand. */
const MAX_OPEN_RULE = 300;

export interface AlarmViewProps {
  readonly page: AlarmPage;
  readonly span: TimeSpan | undefined;
}

/** A loaded alarm: its state and why, its metric or its rule, and what happened before. */
export function AlarmView({ page, span }: AlarmViewProps) {
  const { alarm, chart, children, history, message, settings } = page;
  const now = Math.max(useNow(CLOCK_EVERY_MS), alarm.since / 1000);
  const openTraces = (range: TimeRange) =>
    navigate(hrefOf({ page: 'list' }, { kind: 'between', ...range }, alarm.name));
  return (
    <div class="page">
      <AlarmHeader alarm={alarm} chart={chart} span={span} now={now} />
      {message !== undefined && (
        <Panel title="Message">
          <Description text={message} isMessage />
        </Panel>
      )}
      {chart !== undefined && (
        <Panel title="Metric" controls={<RangeControl span={span} otherwise="Newest" />}>
          <Chart
            chart={chart}
            height={CHART_HEIGHT}
            onOpen={openTraces}
            onZoom={(range) => showSpan({ kind: 'between', ...range })}
          />
          <p class="hint">
            Click a point for the traces of its period; drag over the chart for a closer look.
          </p>
        </Panel>
      )}
      {alarm.kind === 'composite' && (
        <section aria-labelledby="children-heading">
          <h2 id="children-heading">Alarms of the rule</h2>
          <details class="rule" open={alarm.condition.length <= MAX_OPEN_RULE}>
            <summary>Rule</summary>
            <code>{alarm.condition}</code>
          </details>
          {children.length > 0 ? (
            <AlarmTable label="Alarms of the rule" alarms={worstFirst(children)} span={span} />
          ) : (
            <p class="hint">The rule names no alarm that runs here.</p>
          )}
        </section>
      )}
      <div class="columns">
        {alarm.description !== undefined && alarm.description !== '' && (
          <Panel title="What it means">
            <Description text={alarm.description} />
          </Panel>
        )}
        <Panel title="Settings">
          <Properties of={settings.map(({ name, value }) => [name, value] as const)} />
        </Panel>
      </div>
      <Panel title="History">
        <AlarmHistory history={history} now={now} />
      </Panel>
    </div>
  );
}

interface DescriptionProps {
  readonly text: string;
  /** Whether it is the message that people are told, in the form of a mail. */
  readonly isMessage?: boolean;
}

/** What an alarm says about itself, as text with its line breaks; only https addresses can be followed. */
function Description({ text, isMessage = false }: DescriptionProps) {
  return (
    <p class={isMessage ? 'description message' : 'description'}>
      {linkedText(text).map(({ text: piece, href }, index) =>
        href === undefined ? (
          piece
        ) : (
          <a key={index} href={href} target="_blank" rel="noopener noreferrer">
            {piece}
          </a>
        ),
      )}
    </p>
  );
}

interface PanelProps {
  readonly title: string;
  /** Beside the title. */
  readonly controls?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of a page with a frame and a title. */
function Panel({ title, controls, children }: PanelProps) {
  const heading = useId();
  return (
    <section class="panel" aria-labelledby={heading}>
      <div class="section-header">
        <h2 id={heading}>{title}</h2>
        {controls}
      </div>
      <div class="panel-body">{children}</div>
    </section>
  );
}
