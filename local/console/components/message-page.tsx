import type { ComponentChildren } from 'preact';
import { Link } from '../routing/link.tsx';
import { hrefOf } from '../routing/route.ts';
import { PageTitle } from './page-title.tsx';

export interface MessagePageProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A page that has nothing to show but the reason why. */
export function MessagePage({ title, children }: MessagePageProps) {
  return (
    <div class="page message-page">
      <PageTitle documentTitle={`${title} – Lambda Lantern`}>{title}</PageTitle>
      {children}
      <p>
        <Link href={hrefOf({ page: 'list' })}>All traces</Link>
      </p>
    </div>
  );
}
