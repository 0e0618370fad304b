export interface FreshButtonProps {
  /** What has come meanwhile: `3 new traces`. */
  readonly text: string;
  readonly onShow: () => void;
}

/** Says over a list that is read what waits above it, and leads there. */
export function FreshButton({ text, onShow }: FreshButtonProps) {
  return (
    <button
      type="button"
      class="button primary fresh"
      onClick={() => {
        scrollTo(0, 0);
        onShow();
      }}
    >
      ↑ {text}
    </button>
  );
}
