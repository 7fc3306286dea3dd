import { MARK_GEOMETRY } from "../brand/mark-geometry";
import { svgDataUri } from "../svg-markup";

const MARK_RATIO = 1.55;
const WORD_RATIO = 80 / 808;

interface Props {
  width: number;
  /** From `wordmarkDataUri`. */
  wordmark: string;
  accent: string;
}

/** Mark and name side by side, for the image renderer. */
export function BrandLine({ width, wordmark, accent }: Props) {
  const height = width * WORD_RATIO;
  const bars = MARK_GEOMETRY.bars.map((bar) => (
    <rect
      key={bar.x}
      x={bar.x}
      y={bar.y}
      width={MARK_GEOMETRY.width}
      height={bar.height}
      rx={MARK_GEOMETRY.width / 2}
      fill={accent}
    />
  ));
  const side = height * MARK_RATIO;
  return (
    <div style={{ display: "flex", alignItems: "center" }}>
      {/* biome-ignore-start lint/performance/noImgElement: the image renderer supports only this element */}
      <img
        alt=""
        width={side}
        height={side}
        src={svgDataUri(`0 0 ${String(MARK_GEOMETRY.side)} ${String(MARK_GEOMETRY.side)}`, bars)}
      />
      <img alt="" width={width} height={height} style={{ marginLeft: height * 0.4 }} src={wordmark} />
      {/* biome-ignore-end lint/performance/noImgElement: as above */}
    </div>
  );
}
