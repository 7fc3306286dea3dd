import type { SeedTrack } from "./tracks";

interface SeedPost {
  /** Index into people. */
  author: number;
  title: string;
  text: string;
  tags: string[];
  /** Views from before the app counted them. */
  viewsBase: number;
  /** How long ago it was posted. */
  hoursAgo: number;
  /** Absent: a post without sound. */
  track?: SeedTrack;
}

/** Newest first. Includes edge cases for the layout: no views, a million views, a long title, emoji, no text. */
export const posts: SeedPost[] = [
  {
    author: 1,
    title: "Полутон — «Снег на Невском» (демо)",
    text: "Записал ночью на кассетный портастудио. Шипит, но так честнее. Нужны уши: оставлять ли второй куплет?",
    tags: ["лоу-фай", "демо"],
    viewsBase: 0,
    hoursAgo: 1,
    track: { style: "loFi", seed: 1, name: "Полутон - Снег на Невском (демо)" },
  },
  {
    author: 3,
    title: "Glass Elevator (120 BPM, A minor)",
    text: "First track made entirely on the train. One synth, one delay, no undo.",
    tags: ["house", "live"],
    viewsBase: 1_184,
    hoursAgo: 3,
    track: { style: "house", seed: 2, name: "Kira Voss - Glass Elevator" },
  },
  {
    author: 4,
    title:
      "Час тишины: полевые записи с Ямала, ветер, генератор, собаки и одна случайная колыбельная на ненецком",
    text: "Шестьдесят минут без монтажа. Слушать в наушниках, лучше не за рулём.\n\nЗаписано на два микрофона-петлички при −31 °C.",
    tags: ["эмбиент", "полевые записи", "север"],
    viewsBase: 48_209,
    hoursAgo: 6,
    track: { style: "ambient", seed: 3, name: "Тундра FM - Час тишины" },
  },
  {
    author: 5,
    title: "Завтра не будет — но сет будет 🔥",
    text: "Три часа из «Мутабора», 132→141 BPM. Треклист в комментариях, последний трек не спрашивайте, не знаю.",
    tags: ["техно", "сет"],
    viewsBase: 1_000_000,
    hoursAgo: 9,
    track: { style: "techno", seed: 4, name: "DJ Олег Завтра - Завтра не будет" },
  },
  {
    author: 6,
    title: "nocturne ave. — parking lot romance",
    text: "Slow jam for people who sit in the car after they have already arrived.",
    tags: ["rnb"],
    viewsBase: 12_740,
    hoursAgo: 14,
    track: { style: "slowJam", seed: 5, name: "Nocturne Ave. - Parking Lot Romance" },
  },
  {
    author: 7,
    title: "Ложка. Домбра. Сэмплер.",
    text: "Мама играла, я резала. Получилось семь минут и одна ссора.",
    tags: ["этно", "брейкбит"],
    viewsBase: 3_318,
    hoursAgo: 20,
    track: { style: "steppe", seed: 6, name: "Аяна - Ложка. Домбра. Сэмплер" },
  },
  {
    author: 8,
    title: "Saltwater Tapes vol. 4: Lisbon rooftops",
    text: "Side A is morning, side B is the neighbour who complained about the morning.",
    tags: ["balearic", "tape"],
    viewsBase: 7_951,
    hoursAgo: 26,
    track: { style: "balearic", seed: 7, name: "Saltwater Tapes - Lisbon Rooftops" },
  },
  {
    author: 1,
    title: "Как я свёл альбом в наушниках за 2 000 ₽",
    text: "Коротко: референсы, тихая громкость, три дня тишины между миксами. Длинно — внутри.",
    tags: ["сведение", "гайд"],
    viewsBase: 22_406,
    hoursAgo: 31,
  },
  {
    author: 3,
    title: "Kick tutorial nobody asked for",
    text: "Sine, pitch envelope, a little dirt. That is it. Please stop layering nine samples.",
    tags: ["tutorial"],
    viewsBase: 91_377,
    hoursAgo: 40,
  },
  {
    author: 5,
    title: "Ищу вокал: мрачный, русский, не шансон",
    text: "Есть инструментал, 128 BPM, фа-диез минор. Деньги пополам, слава вся ваша.",
    tags: ["коллаб"],
    viewsBase: 640,
    hoursAgo: 47,
  },
  {
    author: 4,
    title: "Радио «Тундра», выпуск 12: песни, которые никто не заказывал",
    text: "Сорок минут между станциями.",
    tags: ["радио"],
    viewsBase: 5_002,
    hoursAgo: 55,
  },
  { author: 6, title: "4 a.m. voice memo, untouched", text: "", tags: ["demo"], viewsBase: 21, hoursAgo: 62 },
  {
    author: 7,
    title: "Аяна — «Степь 2.0»",
    text: "Обложку рисовала сестра, ей девять. Трек — про автобус Алматы–Балхаш.",
    tags: ["электроника", "этно"],
    viewsBase: 15_833,
    hoursAgo: 74,
    track: { style: "steppe", seed: 8, name: "Аяна - Степь 2.0" },
  },
  {
    author: 8,
    title: "Free sample pack: 140 sounds of a fishing boat",
    text: "Ropes, winches, gulls, one very offended captain. CC0, do whatever you want.",
    tags: ["samples", "free"],
    viewsBase: 33_090,
    hoursAgo: 90,
  },
  {
    author: 0,
    title: "Правила дома",
    text: "Не воровать сэмплы без спроса. Не писать «послушай мой трек» под чужим треком. Слушать друг друга.",
    tags: ["важно"],
    viewsBase: 2_450,
    hoursAgo: 120,
  },
  {
    author: 3,
    title: "Polyrhythm in 3 minutes, with a washing machine",
    text: "Spin cycle is 5 against 4. I did not choose it.",
    tags: ["rhythm"],
    viewsBase: 8_417,
    hoursAgo: 133,
  },
  {
    author: 1,
    title: "«Комната 9» — живьём с кухни",
    text: "Чайник в соль-миноре оставили.",
    tags: ["живьём", "акустика"],
    viewsBase: 1_903,
    hoursAgo: 150,
    track: { style: "acoustic", seed: 9, name: "Полутон - Комната 9" },
  },
  {
    author: 5,
    title: "Бочка на 1 и 3. Спорим?",
    text: "Собрал одиннадцать аргументов и один сет. Сет убедительнее.",
    tags: ["техно"],
    viewsBase: 417,
    hoursAgo: 168,
  },
  {
    author: 6,
    title: "Remix stems are open until Sunday",
    text: "Vocals, keys, bass, two drum buses. Best one goes on the B-side.",
    tags: ["remix", "stems"],
    viewsBase: 6_128,
    hoursAgo: 190,
  },
  {
    author: 4,
    title: "Северное сияние, записанное на VLF-приёмник",
    text: "Это не синтезатор. Это магнитосфера.",
    tags: ["эмбиент", "наука"],
    viewsBase: 271_655,
    hoursAgo: 210,
  },
  {
    author: 7,
    title: "Две минуты горлового и 808",
    text: "Предупреждаю соседей.",
    tags: ["этно", "бас"],
    viewsBase: 19_274,
    hoursAgo: 233,
  },
  {
    author: 8,
    title: "Dub plate no. 7 (one copy, already scratched)",
    text: "Digital here, the real one went to Inés.",
    tags: ["dub"],
    viewsBase: 2_266,
    hoursAgo: 260,
    track: { style: "dub", seed: 10, name: "Saltwater Tapes - Dub Plate No. 7" },
  },
  {
    author: 3,
    title: "What 90 days of daily sketches sound like",
    text: "Ninety seconds, one from each day. Day 41 is the good one.",
    tags: ["process"],
    viewsBase: 14_559,
    hoursAgo: 300,
  },
  {
    author: 1,
    title: "Первый пост. Раз, раз",
    text: "Проверка звука.",
    tags: [],
    viewsBase: 88,
    hoursAgo: 340,
  },
];
