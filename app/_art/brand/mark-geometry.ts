const WIDTH = 5.4;

/** Of the square in which the mark is drawn. */
export const MARK_SIDE = 64;
export const MARK_VIEW_BOX = `0 0 ${String(MARK_SIDE)} ${String(MARK_SIDE)}`;

/**
 * The mark: a normal distribution as an equaliser, symmetric around the middle of its square. Each bar has the attributes
 * of a `rect`; the icon files use the same numbers.
 */
export const MARK_BARS = [8, 17, 33, 46, 33, 17, 8].map((height, index) => ({
  x: 6.2 + index * 7.7,
  y: (MARK_SIDE - height) / 2,
  width: WIDTH,
  height,
  rx: WIDTH / 2,
}));

/** All bars as one path, a third of the markup of seven elements. */
export const MARK_PATH = MARK_BARS.map(({ x, y, height }) => roundedBar(x, y, height)).join("");

function roundedBar(x: number, y: number, height: number): string {
  const round = (value: number) => String(Math.round(value * 10) / 10);
  const arc = `a${round(WIDTH / 2)} ${round(WIDTH / 2)} 0 0 1`;
  const straight = round(height - WIDTH);
  return `M${round(x)} ${round(y + WIDTH / 2)}${arc} ${round(WIDTH)} 0v${straight}${arc} -${round(WIDTH)} 0z`;
}
