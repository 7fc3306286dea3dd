import { MARK_PATH, MARK_VIEW_BOX } from "../brand/mark-geometry";
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
  const side = height * MARK_RATIO;
  return (
    <div style={{ display: "flex", alignItems: "center" }}>
      {/* biome-ignore-start lint/performance/noImgElement: the image renderer supports only this element */}
      <img
        alt=""
        width={side}
        height={side}
        src={svgDataUri(MARK_VIEW_BOX, <path fill={accent} d={MARK_PATH} />)}
      />
      <img alt="" width={width} height={height} style={{ marginLeft: height * 0.4 }} src={wordmark} />
      {/* biome-ignore-end lint/performance/noImgElement: as above */}
    </div>
  );
}
