import sharp from "sharp";
import { makePictures } from "@/lib/media/make-pictures";

const SIDE = 3_000;
const WIDTHS = [96, 320, 640, 1_280];

/** Prints the processor time of a cover's pictures, as a ratio to sharp making the same from the same file. */
export async function comparePictures(rounds: number): Promise<void> {
  const cover = await drawCover();
  const ours: number[] = [];
  const plain: number[] = [];
  // The first of each loads the library.
  for (let round = 0; round <= rounds; round++) {
    const [mine, theirs] = [
      await cpuSeconds(() => makePictures(cover)),
      await cpuSeconds(() => makeBySharp(cover)),
    ];
    if (round === 0) continue;
    ours.push(mine);
    plain.push(theirs);
  }
  const [mine, theirs] = [median(ours), median(plain)];
  console.log(
    [
      `One cover of ${SIDE} × ${SIDE}, ${WIDTHS.length} sizes in AVIF and WebP, ${rounds} rounds, median processor time:`,
      `file-processing: ${mine.toFixed(2)} s`,
      `sharp alone: ${theirs.toFixed(2)} s; file-processing is ${(mine / theirs).toFixed(2)} times that`,
    ].join("\n  "),
  );
}

/** As its documentation shows it: one pipeline, cloned for each picture. */
async function makeBySharp(cover: Buffer): Promise<void> {
  const base = sharp(cover).autoOrient();
  for (const width of WIDTHS) {
    await base.clone().resize({ width }).avif({ quality: 55, effort: 2 }).toBuffer();
    await base.clone().resize({ width }).webp({ quality: 80, effort: 4 }).toBuffer();
  }
  await base.clone().resize({ width: 16 }).webp({ quality: 40 }).toBuffer();
}

/** Blurred noise, as a photograph has shapes of all sizes. */
function drawCover(): Promise<Buffer> {
  const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
  return sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: "black", noise } })
    .blur(3)
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Of this process, with the threads of sharp. */
async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
