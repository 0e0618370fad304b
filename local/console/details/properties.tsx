import type { ComponentChildren } from 'preact';

/** A name and its value; a pair whose value is undefined is left out. */
export type Property = readonly [name: string, value: ComponentChildren];

export interface PropertiesProps {
  readonly of: readonly Property[];
}

export function Properties({ of: properties }: PropertiesProps) {
  return (
    <dl class="properties">
      {properties
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
