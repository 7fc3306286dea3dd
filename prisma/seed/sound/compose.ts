import { createRandom } from "./sound";
import type { Style } from "./styles";
import type { Note } from "./voices";

/** A hit of a drum, in seconds; loudness 0 to 1. */
export interface Hit {
  at: number;
  level: number;
}

/** All that is played, in seconds. */
export interface Score {
  seconds: number;
  kicks: Hit[];
  snares: Hit[];
  hats: Hit[];
  openHats: Hit[];
  shakers: Hit[];
  bass: Note[];
  chords: Note[];
  lead: Note[];
}

const SIXTEENTHS = 16;
/** For the room to fade. */
const TAIL_SECONDS = 1.5;

const SCALES = {
  minor: [0, 2, 3, 5, 7, 8, 10],
  dorian: [0, 2, 3, 5, 7, 9, 10],
  major: [0, 2, 4, 5, 7, 9, 11],
  phrygian: [0, 1, 3, 5, 7, 8, 10],
} as const;

/** Degrees of the scale that suit any of its chords. */
const PENTATONIC: Readonly<Record<Style["mode"], readonly number[]>> = {
  minor: [0, 2, 3, 4, 6],
  dorian: [0, 2, 3, 4, 6],
  phrygian: [0, 2, 3, 4, 6],
  major: [0, 1, 2, 4, 5],
};

/** Writes a track of a style. The same seed is the same track. */
export function compose(style: Style, seed: number): Score {
  const random = createRandom(seed);
  const sixteenth = 60 / style.bpm / 4;
  const score: Score = {
    ...{ seconds: style.bars * SIXTEENTHS * sixteenth + TAIL_SECONDS },
    ...{ kicks: [], snares: [], hats: [], openHats: [], shakers: [], bass: [], chords: [], lead: [] },
  };
  const startOf = (bar: number, step: number): number =>
    (bar * SIXTEENTHS + step + (step % 2 === 1 ? style.swing : 0)) * sixteenth;
  const degree = (number: number): number => {
    const scale = SCALES[style.mode];
    return (scale[((number % 7) + 7) % 7] ?? 0) + 12 * Math.floor(number / 7);
  };
  const phrases = [writePhrase(style, random), writePhrase(style, random)] as const;
  const pentatonic = PENTATONIC[style.mode];
  let voicing: number[] = [];

  for (let bar = 0; bar < style.bars; bar += 1) {
    const layers = layersOf(bar, style.bars);
    const chordDegree = style.progression[bar % style.progression.length] ?? 0;
    voicing = voiceChord(
      Array.from({ length: style.voices }, (_, n) => style.root + 12 + degree(chordDegree + 2 * n)),
      voicing,
    );
    const hits = (pattern: string, into: Hit[], loud = 1, soft = 0.5) => {
      for (const [step, letter] of [...pattern].entries()) {
        if (letter === ".") continue;
        const level = (letter === "x" ? loud : soft) * (0.88 + 0.24 * random());
        // No one plays exactly: up to four milliseconds late.
        into.push({ at: startOf(bar, step) + random() * 0.004, level });
      }
    };

    if (layers.drums) {
      hits(style.drums.kick, score.kicks, 1, 0.6);
      hits(style.drums.snare, score.snares, 0.8, 0.3);
      hits(style.drums.openHat, score.openHats, 0.5);
    }
    if (layers.tops) {
      hits(style.drums.hat, score.hats, 0.6, 0.32);
      hits(style.drums.shaker, score.shakers, 0.6, 0.3);
    }
    if (layers.fill && style.drums.backbeat !== "none") hits(".........o.oo.ox", score.snares, 0.6, 0.35);

    if (layers.bass) {
      const root = style.root - 12 + degree(chordDegree);
      const bassNote = root > 46 ? root - 12 : root;
      for (const [step, letter] of [...style.bass].entries()) {
        if (letter === ".") continue;
        const next = style.bass.slice(step + 1).search(/[xo]/);
        const length = Math.min(next === -1 ? SIXTEENTHS - step : next + 1, 6);
        score.bass.push({
          note: letter === "o" ? bassNote + 7 : bassNote,
          at: startOf(bar, step),
          length: length * sixteenth * 0.85,
          level: letter === "x" ? 0.8 : 0.6,
        });
      }
    }

    if (layers.chords) {
      if (style.chords === "pad") {
        for (const note of voicing)
          score.chords.push({ note, at: startOf(bar, 0), length: SIXTEENTHS * sixteenth, level: 0.5 });
      } else {
        for (const [step, letter] of [...style.chordPattern].entries()) {
          if (letter === ".") continue;
          const next = style.chordPattern.slice(step + 1).search(/[xo]/);
          const length = Math.min(
            next === -1 ? SIXTEENTHS - step : next + 1,
            style.chords === "keys" ? 10 : 3,
          );
          for (const [n, note] of voicing.entries())
            score.chords.push({
              note,
              // Strummed, from the lowest note.
              at: startOf(bar, step) + n * (style.chords === "stab" ? 0 : 0.012),
              length: length * sixteenth * 0.9,
              level: (letter === "x" ? 0.6 : 0.38) * (0.9 + 0.2 * random()),
            });
        }
      }
    }

    if (layers.lead) {
      // A phrase of two bars, twice, then another, then the first again.
      const phrase = phrases[Math.floor(bar / 2) % 4 === 2 ? 1 : 0];
      for (const { step, length, index, level } of phrase.filter((note) => note.bar === bar % 2)) {
        const octave = Math.floor(index / pentatonic.length);
        const within = pentatonic[((index % pentatonic.length) + pentatonic.length) % pentatonic.length] ?? 0;
        score.lead.push({
          note: style.root + 12 * (style.leadOctave + octave) + degree(within),
          at: startOf(bar, step) + random() * 0.006,
          length: length * sixteenth * 0.9,
          level,
        });
      }
    }
  }
  // The last chord rings.
  for (const note of voicing)
    score.chords.push({ note, at: startOf(style.bars, 0), length: TAIL_SECONDS - 0.6, level: 0.45 });
  return score;
}

/** What plays in a bar: parts enter one after another, the drums rest once, and leave before the end. */
function layersOf(bar: number, bars: number) {
  const at = bar / bars;
  const isBreak = at >= 0.56 && at < 0.69;
  const isEnd = bar >= bars - 1;
  return {
    chords: true,
    tops: at >= 0.1 && !isEnd,
    drums: at >= 0.18 && !isBreak && !isEnd,
    bass: at >= 0.18 && !isEnd,
    lead: at >= 0.3 || isBreak,
    // The bar before the drums return.
    fill: isBreak && (bar + 1) / bars >= 0.69,
  };
}

interface PhraseNote {
  bar: number;
  step: number;
  /** Sixteenths. */
  length: number;
  /** Of the pentatonic scale; may be negative. */
  index: number;
  level: number;
}

/** Two bars of melody: small steps, more often on strong sixteenths, and an end that comes to rest. */
function writePhrase({ leadDensity }: Style, random: () => number): PhraseNote[] {
  const notes: PhraseNote[] = [];
  let index = Math.floor(random() * 5);
  for (let at = 0; at < 2 * SIXTEENTHS - 4; ) {
    const weight = at % 4 === 0 ? 1.7 : at % 2 === 0 ? 1.1 : 0.45;
    if (random() >= leadDensity * weight) {
      at += 1;
      continue;
    }
    const length = [1, 2, 2, 3, 4, 6][Math.floor(random() * 6)] ?? 2;
    notes.push({
      ...{ bar: Math.floor(at / SIXTEENTHS), step: at % SIXTEENTHS, length, index },
      level: 0.55 + 0.3 * random() + (at % 4 === 0 ? 0.1 : 0),
    });
    const step = [-2, -1, -1, 1, 1, 2, 3][Math.floor(random() * 7)] ?? 1;
    index = Math.max(-2, Math.min(8, index + step));
    if (index === -2 || index === 8) index += index < 0 ? 2 : -2;
    at += Math.max(1, length - (random() < 0.3 ? 1 : 0));
  }
  notes.push({ bar: 1, step: 12, length: 4, index: random() < 0.5 ? 0 : 3, level: 0.7 });
  return notes;
}

/** Inverts a chord so that its notes move little from those before, about an octave around the middle C. */
function voiceChord(notes: readonly number[], before: readonly number[]): number[] {
  const target = before.length > 0 ? before.reduce((sum, note) => sum + note, 0) / before.length : 62;
  return notes
    .map((note) => {
      const shifted = note - 12 * Math.round((note - target) / 12);
      return shifted < 52 ? shifted + 12 : shifted;
    })
    .sort((a, b) => a - b);
}
