import type { Peaks } from "@/lib/schemas/track";

const MAX_LEVEL = 255;
/** Waveforms kept for a page that is opened again. */
const MAX_CACHED = 50;

const waveforms = new Map<string, Promise<number[]>>();

/** Loads a stored waveform: levels from 0 to 1. @throws when it cannot be loaded; the next call tries again */
export function loadPeaks(url: string): Promise<number[]> {
  const known = waveforms.get(url);
  if (known) return known;
  const loading = fetchPeaks(url).catch((error: unknown) => {
    waveforms.delete(url);
    throw error;
  });
  const [oldest] = waveforms.keys();
  if (waveforms.size >= MAX_CACHED && oldest !== undefined) waveforms.delete(oldest);
  waveforms.set(url, loading);
  return loading;
}

async function fetchPeaks(url: string): Promise<number[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`waveform: ${String(response.status)}`);
  const { peaks } = (await response.json()) as Peaks;
  return peaks.map((level) => level / MAX_LEVEL);
}
