import { scaleBand, scaleLinear } from "d3-scale";
import { cn } from "./cn";

const WIDTH = 1_000;
const HEIGHT = 100;
/** Share of a bar's room that is left free. */
const GAP = 0.2;
/** Keeps a count of one visible beside a count of a million. */
const MIN_BAR_HEIGHT = 2;

interface Bar {
  key: string;
  /** Each from the foot of the bar, the later over the earlier. */
  parts: readonly { value: number; className: string }[];
}

interface Props {
  /** What a screen reader says instead of the picture. */
  label: string;
  bars: readonly Bar[];
  /** Of the axis, which begins at 0. */
  max: number;
  /** Where lines cross the picture. */
  lines?: readonly number[];
  /** Height of a bar of 0, in percent. */
  zeroHeight?: number;
  className?: string | undefined;
}

/** Bars of equal width as a picture that fills its box, rendered on the server. */
export function Bars({ label, bars, max, lines = [], zeroHeight = 0, className }: Props) {
  const x = scaleBand(
    bars.map(({ key }) => key),
    [0, WIDTH],
  ).padding(GAP);
  const y = scaleLinear([0, Math.max(1, max)], [0, HEIGHT]);
  const height = (value: number) => (value === 0 ? zeroHeight : Math.max(MIN_BAR_HEIGHT, y(value)));
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
      preserveAspectRatio="none"
      className={cn("block w-full", className)}
    >
      {lines.map((value) => (
        <line
          key={value}
          x1={0}
          x2={WIDTH}
          y1={HEIGHT - y(value)}
          y2={HEIGHT - y(value)}
          className="stroke-line"
          vectorEffect="non-scaling-stroke"
        />
      ))}
      {bars.flatMap(({ key, parts }) =>
        parts.map(({ value, className: partClassName }) => (
          <rect
            key={`${key} ${partClassName}`}
            x={x(key)}
            y={HEIGHT - height(value)}
            width={x.bandwidth()}
            height={height(value)}
            className={partClassName}
          />
        )),
      )}
    </svg>
  );
}
