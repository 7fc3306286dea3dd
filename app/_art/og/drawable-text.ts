import type { FontFamily } from "./image-fonts";

/** A text as the image renderer draws it. */
export interface DrawableText {
  text: string;
  family: FontFamily;
}

/** What an emoji has besides its characters, and other characters that are never drawn by themselves. */
const INVISIBLE = /\p{Cf}|[\ufe00-\ufe0f]|\u20e3/gu;

/**
 * A text in the first family that has all its letters. For characters that no font has, emoji above all, the renderer
 * would fetch a picture over the network, so symbols are left out; a text without one of its letters would be a
 * different text, so then there is none. The renderer does not place marks on letters: only composed letters count.
 *
 * @returns null when a letter, a digit or a mark cannot be drawn, or nothing is left
 */
export function toDrawableText(source: string, families: readonly FontFamily[]): DrawableText | null {
  const characters = [...source.normalize("NFC").replace(INVISIBLE, "").replace(/\s+/gu, " ")];
  for (const family of families) {
    const canDraw = (character: string) =>
      family.metrics.advance(character.codePointAt(0) ?? 0) !== undefined;
    if (characters.some((character) => isLetter(character) && (isMark(character) || !canDraw(character))))
      continue;
    const text = characters
      .map((character) => (canDraw(character) ? character : " "))
      .join("")
      .replace(/ +/g, " ")
      .trim();
    return text === "" ? null : { text, family };
  }
  return null;
}

const isLetter = (character: string) => /[\p{L}\p{N}\p{M}]/u.test(character);
const isMark = (character: string) => /\p{M}/u.test(character);

interface Area {
  width: number;
  height: number;
  lineHeight: number;
}

const MAX_FONT_SIZE = 64;
const MIN_FONT_SIZE = 18;
const FONT_SIZE_STEP = 2;

/** The largest font size (px) at which a text fits an area and no word is broken; the smallest for one that never does. */
export function fitFontSize({ text, family }: DrawableText, { width, height, lineHeight }: Area): number {
  const wordWidths = text.split(" ").map((word) => measure(word, family));
  const spaceWidth = measure(" ", family);
  for (let size = MAX_FONT_SIZE; size > MIN_FONT_SIZE; size -= FONT_SIZE_STEP) {
    const lines = countLines(wordWidths, spaceWidth, width / size);
    if (lines !== null && lines * lineHeight * size <= height) return size;
  }
  return MIN_FONT_SIZE;
}

/** Width as a part of the font size. */
function measure(text: string, { metrics }: FontFamily): number {
  let width = 0;
  for (const character of text) width += metrics.advance(character.codePointAt(0) ?? 0) ?? 0;
  return width;
}

/** @returns null when a word does not fit a line */
function countLines(wordWidths: readonly number[], spaceWidth: number, lineWidth: number): number | null {
  let lines = 1;
  let filled = 0;
  for (const wordWidth of wordWidths) {
    if (wordWidth > lineWidth) return null;
    const withWord = filled === 0 ? wordWidth : filled + spaceWidth + wordWidth;
    if (withWord <= lineWidth) filled = withWord;
    else {
      lines += 1;
      filled = wordWidth;
    }
  }
  return lines;
}
