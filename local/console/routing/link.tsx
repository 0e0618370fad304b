import type { ComponentChildren } from 'preact';
import { navigate } from './navigation.ts';

export interface LinkProps {
  readonly href: string;
  readonly class?: string;
  readonly title?: string;
  /** `page`: where the reader is; `true`: above where the reader is. */
  readonly 'aria-current'?: 'page' | 'true';
  readonly children: ComponentChildren;
}

/** A link inside the page: a plain click stays here, any other (new tab, download) is the browser's. */
export function Link({ href, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!plain) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a href={href} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
