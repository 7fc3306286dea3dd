/** How an artist sounds. Patterns have one character for each sixteenth of a bar: `x` hit, `o` soft one, `.` none. */
export interface Style {
  bpm: number;
  /** About half a minute. */
  bars: number;
  /** How late every other sixteenth is, as a part of one: 0 to 0.35. */
  swing: number;
  /** MIDI number of the key's note, about 45 to 57. */
  root: number;
  mode: "minor" | "dorian" | "major" | "phrygian";
  /** Degree of the scale of each bar's chord, from 0; repeated. */
  progression: readonly number[];
  /** Notes of a chord: 3, or 4 with the seventh. */
  voices: 3 | 4;
  chords: "pad" | "stab" | "keys" | "strings";
  /** When chords that are no pad are struck. */
  chordPattern: string;
  drums: {
    kick: string;
    snare: string;
    /** What strikes the snare's pattern. */
    backbeat: "snare" | "clap" | "none";
    hat: string;
    openHat: string;
    shaker: string;
    /** Seconds; long ones are an 808's. */
    kickDecay: number;
  };
  bass: string;
  lead: "keys" | "bell" | "string" | "flute";
  /** How many of a phrase's sixteenths have a note, 0 to 1. */
  leadDensity: number;
  /** Octaves above the chords. */
  leadOctave: number;
  /** Of the echo, in sixteenths. */
  echo: number;
  /** 0 to 1. */
  room: number;
  /** 0 to 1: how far kicks push the rest down. */
  pump: number;
  air: { level: number; hertz: number; sway: number } | null;
  /** Loudness of each part before the whole is brought to one. */
  mix: { drums: number; bass: number; chords: number; lead: number };
}

const REST = "................";

export const styles = {
  /** Полутон: a four-track cassette recorder at night. */
  loFi: {
    ...{ bpm: 78, bars: 10, swing: 0.3, root: 50, mode: "dorian", progression: [0, 3, 1, 4], voices: 4 },
    ...{ chords: "keys", chordPattern: "x.....o...x....." },
    drums: {
      ...{ kick: "x......x..x.....", snare: "....x.......x..o", backbeat: "snare" },
      ...{ hat: "x.o.x.o.x.o.x.oo", openHat: REST, shaker: REST, kickDecay: 0.12 },
    },
    ...{ bass: "x......x..x...o.", lead: "bell", leadDensity: 0.28, leadOctave: 1, echo: 6, room: 0.45 },
    ...{ pump: 0.2, air: { level: 0.012, hertz: 6_500, sway: 0 } },
    mix: { drums: 0.75, bass: 0.55, chords: 0.5, lead: 0.32 },
  },
  /** Kira Voss: one synthesiser, one delay, no undo. */
  house: {
    ...{ bpm: 120, bars: 16, swing: 0.12, root: 45, mode: "minor", progression: [0, 0, 5, 6], voices: 4 },
    ...{ chords: "stab", chordPattern: "...x..x....x..o." },
    drums: {
      ...{ kick: "x...x...x...x...", snare: "....x.......x...", backbeat: "clap" },
      ...{ hat: "o.o.o.o.o.o.o.oo", openHat: "..x...x...x...x.", shaker: REST, kickDecay: 0.15 },
    },
    ...{ bass: "..x..x.x..x..x..", lead: "bell", leadDensity: 0.3, leadOctave: 1, echo: 3, room: 0.5 },
    ...{ pump: 0.6, air: null },
    mix: { drums: 0.8, bass: 0.55, chords: 0.4, lead: 0.26 },
  },
  /** Тундра FM: wind, a generator, and a lullaby. */
  ambient: {
    ...{ bpm: 62, bars: 8, swing: 0, root: 47, mode: "major", progression: [0, 4, 5, 3], voices: 4 },
    ...{ chords: "pad", chordPattern: REST },
    drums: {
      ...{ kick: "x...............", snare: REST, backbeat: "none" },
      ...{ hat: REST, openHat: REST, shaker: "......o.......o.", kickDecay: 0.3 },
    },
    ...{ bass: "x...............", lead: "flute", leadDensity: 0.16, leadOctave: 1, echo: 6, room: 0.95 },
    ...{ pump: 0, air: { level: 0.09, hertz: 520, sway: 0.8 } },
    mix: { drums: 0.25, bass: 0.4, chords: 0.62, lead: 0.4 },
  },
  /** DJ Олег Завтра: 132 and rising. */
  techno: {
    ...{ bpm: 132, bars: 17, swing: 0.04, root: 41, mode: "phrygian", progression: [0, 0, 0, 1], voices: 3 },
    ...{ chords: "stab", chordPattern: "..x..x....x....." },
    drums: {
      ...{ kick: "x...x...x...x...", snare: "....o.......o..o", backbeat: "clap" },
      ...{ hat: "o.ooo.ooo.ooo.oo", openHat: "..x...x...x...x.", shaker: REST, kickDecay: 0.19 },
    },
    ...{ bass: ".xxx.xxx.xxx.xxx", lead: "bell", leadDensity: 0.2, leadOctave: 1, echo: 3, room: 0.6 },
    ...{ pump: 0.7, air: null },
    mix: { drums: 0.95, bass: 0.5, chords: 0.3, lead: 0.2 },
  },
  /** Nocturne Ave.: a parking lot at four in the morning. */
  slowJam: {
    ...{ bpm: 68, bars: 9, swing: 0.18, root: 48, mode: "minor", progression: [0, 5, 3, 4], voices: 4 },
    ...{ chords: "keys", chordPattern: "x.......o.x....." },
    drums: {
      ...{ kick: "x.........x.....", snare: "....x.......x...", backbeat: "clap" },
      ...{ hat: "o.ooo.o.o.ooo.xo", openHat: REST, shaker: "..o...o...o...o.", kickDecay: 0.36 },
    },
    ...{ bass: "x.........x...o.", lead: "flute", leadDensity: 0.26, leadOctave: 1, echo: 3, room: 0.6 },
    ...{ pump: 0.25, air: null },
    mix: { drums: 0.7, bass: 0.55, chords: 0.5, lead: 0.3 },
  },
  /** Аяна Ким: a dombra, a spoon and a sampler. */
  steppe: {
    ...{ bpm: 108, bars: 14, swing: 0.08, root: 50, mode: "dorian", progression: [0, 6, 0, 3], voices: 3 },
    ...{ chords: "strings", chordPattern: "x.xx..x.x.xx..x." },
    drums: {
      ...{ kick: "x.....x...x.....", snare: "....x..o.o..x...", backbeat: "snare" },
      ...{ hat: REST, openHat: REST, shaker: "x.oox.oox.oox.oo", kickDecay: 0.2 },
    },
    ...{ bass: "x.....x...x.....", lead: "string", leadDensity: 0.5, leadOctave: 1, echo: 4, room: 0.4 },
    ...{ pump: 0.3, air: null },
    mix: { drums: 0.7, bass: 0.5, chords: 0.42, lead: 0.6 },
  },
  /** Saltwater Tapes: a roof in Lisbon. */
  balearic: {
    ...{ bpm: 96, bars: 12, swing: 0.2, root: 52, mode: "major", progression: [0, 3, 5, 4], voices: 4 },
    ...{ chords: "pad", chordPattern: REST },
    drums: {
      ...{ kick: "x...x...x...x...", snare: "....o.......o...", backbeat: "snare" },
      ...{ hat: "..o...o...o...o.", openHat: REST, shaker: "xoooxoooxoooxooo", kickDecay: 0.14 },
    },
    ...{ bass: "x..x..x...x.x...", lead: "string", leadDensity: 0.34, leadOctave: 1, echo: 3, room: 0.7 },
    ...{ pump: 0.35, air: { level: 0.02, hertz: 900, sway: 0.7 } },
    mix: { drums: 0.6, bass: 0.5, chords: 0.5, lead: 0.6 },
  },
  dub: {
    ...{ bpm: 72, bars: 9, swing: 0.15, root: 45, mode: "minor", progression: [0, 0, 3, 4], voices: 3 },
    ...{ chords: "stab", chordPattern: "....x.......x.o." },
    drums: {
      ...{ kick: "........x.......", snare: "........o.......", backbeat: "snare" },
      ...{ hat: "o.x.o.x.o.x.o.xo", openHat: "......x.........", shaker: REST, kickDecay: 0.24 },
    },
    ...{ bass: "x..x.x....x.x...", lead: "flute", leadDensity: 0.18, leadOctave: 1, echo: 3, room: 0.8 },
    ...{ pump: 0.15, air: { level: 0.006, hertz: 5_000, sway: 0 } },
    mix: { drums: 0.7, bass: 0.7, chords: 0.36, lead: 0.3 },
  },
  /** A guitar in a kitchen. */
  acoustic: {
    ...{ bpm: 88, bars: 11, swing: 0.06, root: 55, mode: "major", progression: [0, 5, 3, 4], voices: 4 },
    ...{ chords: "strings", chordPattern: "x..ox.o.x..ox.oo" },
    drums: {
      ...{ kick: REST, snare: REST, backbeat: "none" },
      ...{ hat: REST, openHat: REST, shaker: "..o...o...o...o.", kickDecay: 0.15 },
    },
    ...{ bass: REST, lead: "string", leadDensity: 0.28, leadOctave: 1, echo: 6, room: 0.35 },
    ...{ pump: 0, air: { level: 0.008, hertz: 4_000, sway: 0 } },
    mix: { drums: 0.5, bass: 0.4, chords: 0.6, lead: 0.5 },
  },
} as const satisfies Record<string, Style>;

export type StyleName = keyof typeof styles;
