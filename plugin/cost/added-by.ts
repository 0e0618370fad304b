import type { WatchedService } from '../watch-service.ts';
import type { Added } from './estimate-cost.ts';

/** What the plugin has added to a service, as far as it is billed. */
export function addedBy({
  plan,
  dashboards,
  resources,
}: Pick<WatchedService, 'plan' | 'dashboards' | 'resources'>): Added {
  const all = Object.values(resources);
  return {
    alarms: plan.alarms,
    compositeAlarms: plan.composites.length,
    metricFilters: plan.filters.length,
    dashboards,
    keys: all.filter(({ Type }) => Type === 'AWS::KMS::Key').length,
    emailSubscriptions: all.filter(
      ({ Type, Properties }) => Type === 'AWS::SNS::Subscription' && Properties.Protocol === 'email',
    ).length,
  };
}
