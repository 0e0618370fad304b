export interface TextFilterProps {
  /** What to look for, as an example. */
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A field that filters what the page shows by words. */
export function TextFilter({ placeholder, value, onChange }: TextFilterProps) {
  return (
    <input
      type="search"
      class="text-filter"
      aria-label="Filter by words"
      placeholder={placeholder}
      value={value}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
