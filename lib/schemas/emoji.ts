/**
 * One emoji by Unicode's grammar (UTS #51), without variation selectors: a flag, a flag of tags, or pictographs joined
 * into one, each with a skin tone where it takes one.
 */
const EMOJI_PATTERN = new RegExp(
  [
    "^\\p{RI}{2}$",
    "^\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{3,6}\\u{e007f}$",
    "^PART(?:\\u200dPART)*$".replaceAll(
      "PART",
      "(?:\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}|\\p{Extended_Pictographic})",
    ),
  ].join("|"),
  "u",
);
const VARIATION_SELECTORS = /[\ufe00-\ufe0f]/g;
/** Pictographs that are shown as text unless a variation selector follows, with what follows them. */
const TEXT_PICTOGRAPH = /\p{Extended_Pictographic}(?!\p{Emoji_Modifier})/gu;
const graphemeSegmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * The one form of an emoji: keyboards differ in where they put variation selectors, which are invisible. Here they stand
 * exactly where a pictograph would else be shown as text. A text that is no emoji is returned without selectors.
 */
export function toCanonicalEmoji(text: string): string {
  return text
    .replace(VARIATION_SELECTORS, "")
    .replace(TEXT_PICTOGRAPH, (pictograph) =>
      /\p{Emoji}/u.test(pictograph) && !/\p{Emoji_Presentation}/u.test(pictograph)
        ? `${pictograph}\ufe0f`
        : pictograph,
    );
}

/** Whether a text is one emoji as displayed, including skin tones and joined sequences. */
export function isEmoji(text: string): boolean {
  return (
    EMOJI_PATTERN.test(text.replace(VARIATION_SELECTORS, "")) &&
    [...graphemeSegmenter.segment(text)].length === 1
  );
}
