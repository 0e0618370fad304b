import { useEffect, useState } from 'preact/hooks';
import { parseRoute, type Route } from './route.ts';

/** Goes to another page of Lantern without loading it anew; the state tells that page that it was followed to. */
export function navigate(path: string): void {
  history.pushState('followed', '', path);
  dispatchEvent(new PopStateEvent('popstate'));
  scrollTo(0, 0);
}

/** The page the address bar asks for, also after Back and Forward. */
export function useRoute(): Route {
  const [pathname, setPathname] = useState(location.pathname);
  useEffect(() => {
    const follow = () => setPathname(location.pathname);
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  return parseRoute(pathname);
}
