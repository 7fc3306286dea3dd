import { ImageResponse } from "next/og";
import { getTranslations } from "next-intl/server";
import { MARK_PATH, MARK_VIEW_BOX } from "@/app/_art/brand/mark-geometry";
import { BrandLine } from "@/app/_art/og/brand-line";
import { wordmarkDataUri } from "@/app/_art/og/image-assets";
import { loadImageFonts } from "@/app/_art/og/image-fonts";
import { svgDataUri } from "@/app/_art/svg-markup";

export const size = { width: 1200, height: 630 };
export const contentType = "image/png";
export const alt = "NormalDance";

/** The site's preview image, for pages without a cover. */
export default async function OpenGraphImage() {
  const [t, families, wordmark] = await Promise.all([
    getTranslations("meta"),
    loadImageFonts(),
    wordmarkDataUri("#ffffff"),
  ]);
  const textFont = families.at(-1)?.css;
  return new ImageResponse(
    <div
      style={{
        display: "flex",
        flexDirection: "column",
        justifyContent: "flex-end",
        width: "100%",
        height: "100%",
        padding: 72,
        background: "#0d0c15",
        color: "#ffffff",
      }}
    >
      {/* biome-ignore lint/performance/noImgElement: the image renderer supports only img */}
      <img
        alt=""
        width={980}
        height={980}
        style={{ position: "absolute", top: -175, left: 330 }}
        src={svgDataUri(MARK_VIEW_BOX, <path fill="#1d1a2b" d={MARK_PATH} />)}
      />
      <BrandLine width={820} wordmark={wordmark} accent="#baed3f" />
      <div style={{ display: "flex", marginTop: 40, fontFamily: textFont, fontSize: 36, color: "#bdb8cc" }}>
        {t("tagline")}
      </div>
    </div>,
    { ...size, fonts: families.flatMap(({ fonts }) => fonts) },
  );
}
