import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export interface PageTitleProps {
  /** What the browser's tab says. */
  readonly documentTitle: string;
  readonly children: ComponentChildren;
}

/** The heading of a page. Takes the focus when the reader came from another page of Lantern. */
export function PageTitle({ documentTitle, children }: PageTitleProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = documentTitle;
  }, [documentTitle]);
  useEffect(() => {
    const cameFromAnotherPage = document.activeElement === document.body && history.state === 'followed';
    if (cameFromAnotherPage) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
