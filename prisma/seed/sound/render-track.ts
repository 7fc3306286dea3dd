import { compose, type Score } from "./compose";
import { addClap, addHat, addKick, addShaker, addSnare } from "./drums";
import { addAir, duck, finish, pingPong, reverb } from "./effects";
import { createRandom, createSound, mix, type Sound, toFrames } from "./sound";
import type { Style } from "./styles";
import { addBass, addBell, addFlute, addKeys, addPad, addStab, addString, type Note } from "./voices";

const FADE_OUT_SECONDS = 2.5;

type Voice = (target: Sound, note: Note) => void;

const chordVoices: Readonly<Record<Style["chords"], Voice>> = {
  pad: (target, note) => addPad(target, note),
  stab: (target, note) => addStab(target, note),
  keys: addKeys,
  strings: (target, note) => addString(target, note, 0.6),
};

const leadVoices: Readonly<Record<Style["lead"], Voice>> = {
  keys: addKeys,
  bell: addBell,
  string: (target, note) => addString(target, note, 0.45),
  flute: addFlute,
};

/** Plays a track of a style, about half a minute. The same seed is the same sound. */
export function renderTrack(style: Style, seed: number): Sound {
  const score = compose(style, seed);
  const part = () => createSound(toFrames(score.seconds));
  const sound = part();

  const drums = part();
  playDrums(drums, score, style, seed);
  const bass = part();
  for (const note of score.bass) addBass(bass, note);
  const chords = part();
  for (const note of score.chords) chordVoices[style.chords](chords, note);
  const lead = part();
  for (const note of score.lead) leadVoices[style.lead](lead, note);

  const echoes = pingPong(lead, (style.echo * 60) / style.bpm / 4, 0.42);
  mix(lead, echoes, 0.45);
  const kicks = score.kicks.map(({ at }) => at);
  for (const pushed of [bass, chords]) duck(pushed, kicks, style.pump);

  const toRoom = part();
  mix(toRoom, drums, style.mix.drums * 0.18);
  mix(toRoom, chords, style.mix.chords * 0.7);
  mix(toRoom, lead, style.mix.lead * 0.8);
  mix(sound, reverb(toRoom, style.room), 0.35 + 0.65 * style.room);
  mix(sound, drums, style.mix.drums);
  mix(sound, bass, style.mix.bass);
  mix(sound, chords, style.mix.chords);
  mix(sound, lead, style.mix.lead);
  if (style.air) addAir(sound, style.air.level, style.air.hertz, style.air.sway, seed);
  finish(sound, FADE_OUT_SECONDS);
  return sound;
}

function playDrums(target: Sound, score: Score, { drums }: Style, seed: number): void {
  const random = createRandom(seed + 1);
  for (const hit of score.kicks) addKick(target, hit, { decay: drums.kickDecay });
  for (const hit of score.snares)
    if (drums.backbeat === "clap") addClap(target, hit, random);
    else if (drums.backbeat === "snare") addSnare(target, hit, random);
  for (const hit of score.hats) addHat(target, hit, random);
  for (const hit of score.openHats) addHat(target, hit, random, { open: true });
  for (const hit of score.shakers) addShaker(target, hit, random);
}
