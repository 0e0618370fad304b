import { linkedText } from '../format/linked-text.ts';

export interface DescriptionProps {
  readonly text: string;
}

/** What an alarm says about itself, as text with its line breaks; only https addresses can be followed. */
export function Description({ text }: DescriptionProps) {
  return (
    <p class="description">
      {linkedText(text).map(({ text: piece, href }, index) =>
        href === undefined ? (
          piece
        ) : (
          <a key={index} href={href} target="_blank" rel="noopener noreferrer">
            {piece}
          </a>
        ),
      )}
    </p>
  );
}
