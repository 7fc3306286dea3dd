import { arcs } from "./families/arcs";
import { beams } from "./families/beams";
import { grooves } from "./families/grooves";
import { halftone } from "./families/halftone";
import { isolines } from "./families/isolines";
import { moire } from "./families/moire";
import { ridges } from "./families/ridges";
import { scope } from "./families/scope";
import { waveform } from "./families/waveform";
import { COVER_SIZE, type Family } from "./family";
import { ALL_SCHEMES, createPalette, type Schemes } from "./palette";
import { pickRandom, seededRandom } from "./random";

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

/** Light beams need a dark ground. */
const DARK_SCHEMES: Schemes = ["night"];

/**
 * The generated cover of a post: a pure function of the id, so the page and the Open Graph image match.
 *
 * @param uid prefix for the element ids inside, unique within the document
 */
export function coverArt(id: string, uid: string) {
  const random = seededRandom(`cover:${id}`);
  const family = pickRandom(random, FAMILIES);
  const palette = createPalette(id, random, family === beams ? DARK_SCHEMES : ALL_SCHEMES);
  return (
    <>
      <rect width={COVER_SIZE} height={COVER_SIZE} fill={palette.ground} />
      {family({ random, palette, uid })}
    </>
  );
}
