import type { SeedTrack } from "./tracks";

interface SeedProduct {
  /** Index into people. */
  seller: number;
  kind: "track" | "licence" | "ticket";
  title: string;
  description: string;
  /** Minor units. */
  priceMinor: number;
  currency: "RUB" | "EUR" | "USD";
  /** Null: unlimited. */
  stock: number | null;
  assetUrl: string | null;
  /** How long ago it was put up for sale. */
  hoursAgo: number;
  /** Sold in the place of `assetUrl` where the seed has sound. */
  track?: SeedTrack;
}

/** A file in public/, so that downloads work on a laptop without a network. */
const DEMO_TRACK = "/demo/snow-on-nevsky.wav";

/** Newest first. Most are the demo artist's; one is nearly sold out, one has no description, one is expensive. */
export const products: SeedProduct[] = [
  {
    seller: 1,
    kind: "ticket",
    title: "Полутон: концерт на крыше, 12 декабря",
    description:
      "Лиговский, 50, вход со двора. Двери в 19:00, первый звук в 20:00. Глинтвейн за наш счёт, пледы дадим.",
    priceMinor: 150_000,
    currency: "RUB",
    stock: 120,
    assetUrl: null,
    hoursAgo: 2,
  },
  {
    seller: 1,
    kind: "track",
    title: "«Снег на Невском», кассетный мастер (WAV)",
    description: "Прямо с портастудио, без сведения. Шипение в комплекте.",
    priceMinor: 19_900,
    currency: "RUB",
    stock: null,
    assetUrl: DEMO_TRACK,
    hoursAgo: 5,
  },
  {
    seller: 1,
    kind: "licence",
    title: "Snow on Nevsky: licence for video, up to 100,000 views",
    description:
      "Use the track in one video on one channel. The code goes into the description; that is all the paperwork there is.",
    priceMinor: 4_900,
    currency: "EUR",
    stock: 25,
    assetUrl: null,
    hoursAgo: 7,
  },
  {
    seller: 1,
    kind: "ticket",
    title: "Studio evening with Polutone (six seats)",
    description: "Two hours at the four-track: bring a sketch, leave with a tape. In English or Russian.",
    priceMinor: 6_500,
    currency: "EUR",
    stock: 6,
    assetUrl: null,
    hoursAgo: 20,
  },
  {
    seller: 3,
    kind: "track",
    title: "Glass Elevator (extended mix)",
    description: "Seven minutes, one synth, still no undo.",
    priceMinor: 250,
    currency: "EUR",
    stock: null,
    assetUrl: DEMO_TRACK,
    hoursAgo: 26,
    track: { style: "house", seed: 26, name: "Kira Voss - Glass Elevator (extended mix)" },
  },
  {
    seller: 4,
    kind: "ticket",
    title: "Тундра FM: ночной эфир со зрителями",
    description: "",
    priceMinor: 90_000,
    currency: "RUB",
    stock: 40,
    assetUrl: null,
    hoursAgo: 40,
  },
  {
    seller: 6,
    kind: "licence",
    title: "Nocturne Ave. stems, exclusive",
    description: "All forty-one stems of the record. Sold once, to one of you.",
    priceMinor: 120_000,
    currency: "USD",
    stock: 1,
    assetUrl: null,
    hoursAgo: 71,
  },
];
