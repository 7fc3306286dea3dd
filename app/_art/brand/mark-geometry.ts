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
