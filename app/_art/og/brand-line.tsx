import { BELL } from "../brand/mark-geometry";
import { svgSource } from "./svg-markup";

const MARK_RATIO = 1.55;
const WORD_RATIO = 80 / 808;

interface Props {
  width: number;
  /** From `wordmarkSource`. */
  wordmark: string;
  accent: string;
}

/** Mark and name side by side, for the image renderer. */
export function BrandLine({ width, wordmark, accent }: Props) {
  const height = width * WORD_RATIO;
  const bars = BELL.bars.map((bar) => (
    <rect
      key={bar.x}
      x={bar.x}
      y={bar.y}
      width={BELL.width}
      height={bar.height}
      rx={BELL.width / 2}
      fill={accent}
    />
  ));
  const side = height * MARK_RATIO;
  return (
    <div style={{ display: "flex", alignItems: "center" }}>
      {/* biome-ignore-start lint/performance/noImgElement: the renderer knows no other */}
      <img
        alt=""
        width={side}
        height={side}
        src={svgSource(`0 0 ${String(BELL.side)} ${String(BELL.side)}`, bars)}
      />
      <img alt="" width={width} height={height} style={{ marginLeft: height * 0.4 }} src={wordmark} />
      {/* biome-ignore-end lint/performance/noImgElement: as above */}
    </div>
  );
}
