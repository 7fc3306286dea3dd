import { arcs } from "./families/arcs";
import { beams } from "./families/beams";
import { grooves } from "./families/grooves";
import { halftone } from "./families/halftone";
import { isolines } from "./families/isolines";
import { moire } from "./families/moire";
import { ridges } from "./families/ridges";
import { scope } from "./families/scope";
import { waveform } from "./families/waveform";
import { type Family, SIDE } from "./family";
import { ANY_SCHEME, paletteOf, type Schemes } from "./palette";
import { pick, randomFrom } from "./random";

const FAMILIES: readonly [Family, ...Family[]] = [
  waveform,
  grooves,
  isolines,
  moire,
  ridges,
  halftone,
  arcs,
  beams,
  scope,
];

/** Lamps need the dark. */
const LIT_BY_LAMPS: Schemes = ["night"];

/**
 * The cover of a post that has none of its own: the same id always gives the same picture. It is a
 * plain function of its id, so the page and the Open Graph image draw one and the same.
 *
 * @param uid prefix for the ids inside, unique within the document
 */
export function coverArt(id: string, uid: string) {
  const random = randomFrom(`cover:${id}`);
  const family = pick(random, FAMILIES);
  const palette = paletteOf(id, random, family === beams ? LIT_BY_LAMPS : ANY_SCHEME);
  return (
    <>
      <rect width={SIDE} height={SIDE} fill={palette.ground} />
      {family({ random, palette, uid })}
    </>
  );
}
