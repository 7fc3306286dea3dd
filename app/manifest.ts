import type { MetadataRoute } from "next";
import { getLocale, getTranslations } from "next-intl/server";

export default async function manifest(): Promise<MetadataRoute.Manifest> {
  const [t, locale] = await Promise.all([getTranslations("meta"), getLocale()]);
  return {
    name: "NormalDance",
    short_name: "NormalDance",
    description: t("description"),
    lang: locale,
    start_url: "/",
    display: "standalone",
    background_color: "#0d0c15",
    theme_color: "#0d0c15",
    icons: [
      { src: "/icon.svg", sizes: "any", type: "image/svg+xml" },
      { src: "/icon1.png", sizes: "192x192", type: "image/png" },
      { src: "/icon2.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
  };
}
