import { consoleLink, joinTexts } from '../../alarms/console-links.ts';
import type { ResourceKind, Resources } from '../../alarms/resource-kinds.ts';
import type { Panel } from '../body.ts';
import { markdownLink } from '../links.ts';
import { text } from '../panels.ts';

export interface Heading<Kind extends ResourceKind> {
  readonly kind: Kind;
  readonly resource: Resources[Kind];
  readonly region: string;
  readonly title: string;
  /** What the charts below do not say, in one line. */
  readonly about: string;
}

/** The line above the charts of one function or resource, with a link to its page of the console. */
export function sectionHeading<Kind extends ResourceKind>(heading: Heading<Kind>): Panel {
  const { kind, resource, region, title, about } = heading;
  const condition = 'condition' in resource ? resource.condition : undefined;
  const facts = [about, condition === undefined ? '' : `deployed only where ${condition} holds`];
  const link = markdownLink('console', consoleLink(kind, resource, { region }));
  return text(
    joinTexts(`## ${title}\n`, ...facts.filter((fact) => fact !== '').map((fact) => `${fact} · `), link),
    2,
  );
}
