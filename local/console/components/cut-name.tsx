import { splitName } from '../format/text.ts';

export interface CutNameProps {
  readonly name: string;
}

/** A name that loses its middle where it is too long for its place, and is whole in its title. */
export function CutName({ name }: CutNameProps) {
  const [head, tail] = splitName(name);
  return (
    <span class="name" title={name}>
      <span class="name-head" dir="auto">
        {head}
      </span>
      <span class="name-tail">{tail}</span>
    </span>
  );
}
