import { createHash } from "node:crypto";
import { type Html, html } from "../../http/html";

const COVER_SIZE = 160;
const RING_COUNT = 4;

/** A cover for each session, generated from its id: no request and no placeholder. */
export function coverSvg(id: string): Html {
  const bytes = createHash("sha256").update(id).digest();
  const byte = (index: number): number => bytes[index] ?? 0;
  const hue = Math.round((byte(0) / 255) * 360);
  const rings = Array.from({ length: RING_COUNT }, (_, index) => {
    const radius = COVER_SIZE * (0.16 + 0.17 * index);
    const x = (byte(2 * index + 1) / 255) * COVER_SIZE;
    const y = (byte(2 * index + 2) / 255) * COVER_SIZE;
    const fill = `hsl(${(hue + index * 38) % 360} 70% ${26 + index * 11}%)`;
    return html`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(1)}" fill="${fill}"/>`;
  }).reverse();
  return html`<svg class="cover" viewBox="0 0 ${COVER_SIZE} ${COVER_SIZE}" aria-hidden="true"><rect width="${COVER_SIZE}" height="${COVER_SIZE}" fill="hsl(${hue} 55% 18%)"/>${rings}</svg>`;
}
