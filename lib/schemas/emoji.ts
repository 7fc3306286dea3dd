const EMOJI_PARTS_PATTERN =
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{RI}|\u200d|\ufe0f|[\u{e0020}-\u{e007f}])+$/u;
/** A pictograph, or the two letters of a flag. */
const EMOJI_BASE_PATTERN = /\p{Extended_Pictographic}|^\p{RI}{2}$/u;
const graphemeSegmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Whether a text is one emoji as displayed, including skin tones and joined sequences. */
export function isEmoji(text: string): boolean {
  return (
    EMOJI_PARTS_PATTERN.test(text) &&
    EMOJI_BASE_PATTERN.test(text) &&
    [...graphemeSegmenter.segment(text)].length === 1
  );
}
