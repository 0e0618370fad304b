import { entriesOf, inlineText } from '../format/value.ts';
import { Properties } from './properties.tsx';

export interface AnnotationsSectionProps {
  readonly annotations: unknown;
}

export function AnnotationsSection({ annotations }: AnnotationsSectionProps) {
  return (
    <section aria-labelledby="annotations-heading">
      <h3 id="annotations-heading">Annotations</h3>
      <Properties of={entriesOf(annotations).map(([key, value]) => [key, inlineText(value)])} />
    </section>
  );
}
