import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import encodeQR from "qr";

const [WIDTH, HEIGHT] = [640, 480];
const MODULE_PIXELS = 10;
const [BLACK, WHITE, NO_COLOUR] = [16, 235, 128];

/** A camera that films a QR code: flags for Chromium, and what deletes its file. */
export async function filmQrCode(text: string): Promise<{ flags: string[]; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), "normaldance-camera-"));
  const file = path.join(folder, "camera.y4m");
  await writeFile(file, toVideo(encodeQR(text, "raw", { ecc: "medium", border: 2 })));
  return {
    flags: [
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-video-capture=${file}`,
    ],
    remove: () => rm(folder, { recursive: true }),
  };
}

/** A YUV4MPEG2 video of one picture, which Chromium repeats. */
function toVideo(rows: boolean[][]): Buffer {
  const luma = Buffer.alloc(WIDTH * HEIGHT, WHITE);
  const [left, top] = [WIDTH, HEIGHT].map((size) => Math.floor((size - rows.length * MODULE_PIXELS) / 2)) as [
    number,
    number,
  ];
  for (const [y, row] of rows.entries()) {
    for (const [x, isDark] of row.entries()) {
      if (!isDark) continue;
      for (let line = 0; line < MODULE_PIXELS; line += 1) {
        const start = (top + y * MODULE_PIXELS + line) * WIDTH + left + x * MODULE_PIXELS;
        luma.fill(BLACK, start, start + MODULE_PIXELS);
      }
    }
  }
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${String(WIDTH)} H${String(HEIGHT)} F10:1 Ip A1:1 C420jpeg\nFRAME\n`),
    luma,
    Buffer.alloc((WIDTH * HEIGHT) / 2, NO_COLOUR),
  ]);
}
