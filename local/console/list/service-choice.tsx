import type { ServiceInfo } from '../../console-contract.ts';
import { filterForAnyService } from '../../xray/filter/write-filter.ts';

export interface ServiceChoiceProps {
  readonly service: ServiceInfo | undefined;
  readonly onChoose: (condition: string) => void;
}

/** Where several services run: a way to the traces that reach one of them. The condition stands in the search, as any other. */
export function ServiceChoice({ service, onChoose }: ServiceChoiceProps) {
  const { services = [], functions = [] } = service ?? {};
  if (services.length < 2) return null;
  const conditionOf = (name: string): string =>
    filterForAnyService(functions.filter((each) => each.service === name).map((each) => each.name));
  return (
    <select
      class="button"
      aria-label="Traces of a service"
      value=""
      onChange={({ currentTarget }) => {
        onChoose(conditionOf(currentTarget.value));
        currentTarget.value = '';
      }}
    >
      <option value="">Service…</option>
      {services.map(({ name }) => (
        <option key={name} value={name} disabled={conditionOf(name) === ''}>
          {name}
        </option>
      ))}
    </select>
  );
}
