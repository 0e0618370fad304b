import type { JSX } from 'preact';
import type { Sign } from './service-type.ts';

const line = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': 1.6,
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
} as const;

/** In a square of 20. */
const signs: Readonly<Record<Sign, JSX.Element>> = {
  client: (
    <path d="M10 3a3 3 0 1 1 0 6.2A3 3 0 0 1 10 3zM3.5 17c.6-3.6 3-5.4 6.5-5.4s5.9 1.8 6.5 5.4" {...line} />
  ),
  api: <path d="M6 4 2.5 10 6 16M14 4l3.5 6-3.5 6M11.5 4.5l-3 11" {...line} />,
  service: <path d="M10 2.5 16.5 6v8L10 17.5 3.5 14V6zM3.5 6 10 9.7 16.5 6M10 9.7v7.8" {...line} />,
  function: <path d="M5 3h2.2c.9 0 1.3.4 1.7 1.2L15 17M9.3 8.5 4.8 17" {...line} />,
  table: (
    <path
      d="M3.5 5c0-1.3 2.9-2.3 6.5-2.3s6.5 1 6.5 2.3-2.9 2.3-6.5 2.3S3.5 6.3 3.5 5zv10c0 1.3 2.9 2.3 6.5 2.3s6.5-1 6.5-2.3V5M3.5 10c0 1.3 2.9 2.3 6.5 2.3s6.5-1 6.5-2.3"
      {...line}
    />
  ),
  queue: <path d="M2.5 5.5h4v9h-4zM8.5 5.5h4v9h-4zM15 10h3M16.5 8.2 18.3 10l-1.8 1.8" {...line} />,
  topic: <path d="M3 8v4h3l6 4V4L6 8zM15 7.5a4 4 0 0 1 0 5M17 5a7.5 7.5 0 0 1 0 10" {...line} />,
  bucket: <path d="M3.5 5h13l-1.8 11.5H5.3zM3.5 5c0-1.4 2.9-2 6.5-2s6.5.6 6.5 2" {...line} />,
  workflow: <path d="M7 3h6v4H7zM2.5 13h6v4h-6zM11.5 13h6v4h-6zM10 7v3M5.5 13v-3h9v3" {...line} />,
  event: <path d="M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM10 5.5V10l3 2" {...line} />,
  remote: (
    <path
      d="M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM2.5 10h15M10 2.5c-4.5 4.5-4.5 10.5 0 15M10 2.5c4.5 4.5 4.5 10.5 0 15"
      {...line}
    />
  ),
};

export interface ServiceSignProps {
  readonly sign: Sign;
}

/** Decoration beside words that say the same; 20 pixels wide, for the inside of a drawing. */
export function ServiceSign({ sign }: ServiceSignProps) {
  return <g class="service-sign">{signs[sign]}</g>;
}
