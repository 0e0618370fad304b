import { useEffect, useState } from 'preact/hooks';
import type { ServiceInfo } from '../../console-contract.ts';
import type { ConsoleApi } from '../api/console-api.ts';

/** What runs behind the page; asked again after each reconnection, for it may be another service then. */
export function useService(api: ConsoleApi): ServiceInfo | undefined {
  const [service, setService] = useState<ServiceInfo>();
  useEffect(() => {
    // Without an answer the bar stays without a name; that the connection is lost is said elsewhere.
    const ask = () => api.service().then(setService, () => undefined);
    void ask();
    return api.subscribe((event) => {
      if (event.type === 'connected') void ask();
      else if (event.type === 'service') setService(event.service);
    });
  }, [api]);
  return service;
}
