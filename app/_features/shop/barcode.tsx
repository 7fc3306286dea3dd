import { randomInteger, seededRandom } from "@/app/_art/random";

const HEIGHT = 100;
const WIDTH = 30;

/** A decorative barcode drawn from the text; scanners cannot read it. */
export function Barcode({ text, className }: { text: string; className?: string }) {
  const random = seededRandom(`bars:${text}`);
  const bars: { y: number; height: number }[] = [];
  for (let y = 0; y < HEIGHT; ) {
    const height = randomInteger(random, 1, 4);
    bars.push({ y, height: Math.min(height, HEIGHT - y) });
    y += height + randomInteger(random, 1, 3);
  }
  return (
    <svg
      viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
      className={className}
    >
      <path
        fill="currentColor"
        d={bars.map(({ y, height }) => `M0 ${y}h${WIDTH}v${height}h-${WIDTH}z`).join("")}
      />
    </svg>
  );
}
