/**
 * The mark: a normal distribution as an equaliser. Bars are symmetric around the middle of a 64 × 64 square;
 * the icon files use the same numbers.
 */
export const MARK_GEOMETRY = {
  side: 64,
  width: 5.4,
  bars: [8, 17, 33, 46, 33, 17, 8].map((height, i) => ({
    x: 6.2 + i * 7.7,
    y: (64 - height) / 2,
    height,
  })),
} as const;

/** All bars as one path, a third of the markup of seven elements. */
export const MARK_PATH = MARK_GEOMETRY.bars.map(({ x, y, height }) => roundedBar(x, y, height)).join("");

function roundedBar(x: number, y: number, height: number): string {
  const { width } = MARK_GEOMETRY;
  const round = (value: number) => String(Math.round(value * 10) / 10);
  const arc = `a${round(width / 2)} ${round(width / 2)} 0 0 1`;
  const straight = round(height - width);
  return `M${round(x)} ${round(y + width / 2)}${arc} ${round(width)} 0v${straight}${arc} -${round(width)} 0z`;
}
