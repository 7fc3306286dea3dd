interface SeedMessage {
  /** Index into people. */
  by: number;
  text: string;
  /** How long ago it was written. */
  minutesAgo: number;
  /** Index of the message in this chat that it replies to. */
  replyTo?: number;
  /** Emoji -> indices of the people who reacted with it. */
  reactions?: Record<string, number[]>;
  pinned?: true;
  edited?: true;
  /** Index into posts: its link is appended to the text. */
  post?: number;
  /** Indices of the people it mentions: `{n}` in the text. */
  mentions?: number[];
}

interface SeedChat {
  /** Null: a direct chat. */
  title: string | null;
  open: boolean;
  /** Indices into people; the first owns the group. */
  members: number[];
  /** How many of the newest messages the listener has not read. */
  unread: number;
  messages: SeedMessage[];
}

const LONG = `Расскажу, раз спросили. ${[
  "Сначала я записал гитару на телефон, потому что провод от звуковой карты остался в поезде.",
  "Потом оказалось, что телефон слышит холодильник лучше, чем гитару, и холодильник попал в до-минор.",
  "Я вырезал его эквалайзером, и вместе с ним ушла вся душа, поэтому вернул.",
  "Барабаны — это крышка от кастрюли, коробка от кроссовок и сосед, который стучал по батарее почти в темп.",
  "Бас сыграл Рома, он сказал, что в первый и последний раз, и с тех пор играет каждый четверг.",
  "Вокал писали в шкафу. В шкафу было тепло, темно и пахло яблоками, кто-то из нас уснул.",
  "Сведение заняло три недели, из них две с половиной я выбирал, какой из двух одинаковых ревербераторов честнее.",
  "Мастеринг сделал человек, которого мы ни разу не видели: он прислал файл, пожелал удачи и больше не отвечал.",
].join(" ")} Если коротко: записывайте как есть. ${"Шум — это тоже память о комнате. ".repeat(6)}`;

export const chats: SeedChat[] = [
  {
    title: "Кухня NormalDance",
    open: true,
    members: [1, 2, 4, 5, 7, 9, 11, 13, 0, 3],
    unread: 4,
    messages: [
      {
        by: 1,
        text: "Всем привет! Это общая кухня: сюда можно с чаем, демо и вопросами ☕️",
        minutesAgo: 4_300,
        pinned: true,
        reactions: { "❤️": [2, 4, 7, 9], "☕️": [5, 11] },
      },
      {
        by: 4,
        text: "А тихие здесь есть? Или только те, у кого 141 BPM",
        minutesAgo: 4_280,
        reactions: { "😂": [1, 5, 9] },
      },
      {
        by: 5,
        text: "Тихие сидят у окна, громкие моют посуду",
        minutesAgo: 4_275,
        replyTo: 1,
        reactions: { "🔥": [4, 7] },
      },
      { by: 2, text: "Я тут только слушать, можно?", minutesAgo: 2_900 },
      {
        by: 1,
        text: "Нужно! Без слушателей это был бы просто шкаф с проводами",
        minutesAgo: 2_890,
        replyTo: 3,
        reactions: { "❤️": [2] },
      },
      {
        by: 7,
        text: "Кто-нибудь записывал домбру двумя микрофонами? Один гудит, второй скрипит, вместе — ссора",
        minutesAgo: 1_500,
      },
      {
        by: 13,
        text: "Попробуй один, но дальше. Домбра любит воздух",
        minutesAgo: 1_490,
        replyTo: 5,
        reactions: { "👍": [7, 1] },
      },
      { by: 9, text: "Лёша, как ты вообще писал тот трек с кухни?", minutesAgo: 1_200 },
      {
        by: 1,
        text: LONG,
        minutesAgo: 1_150,
        replyTo: 7,
        reactions: { "👏": [2, 4, 5, 7, 9, 11], "😭": [13] },
      },
      {
        by: 11,
        text: "Прочитал дважды. Сосед с батареей заслуживает процент",
        minutesAgo: 1_140,
        replyTo: 8,
        reactions: { "😂": [1, 2, 9] },
      },
      { by: 3, text: "Sorry for the English: is the noise on the new demo tape or plugin?", minutesAgo: 320 },
      { by: 1, text: "Tape! The real one, it smells too", minutesAgo: 310, replyTo: 10, edited: true },
      {
        by: 0,
        text: "Правила дома на месте, кто ещё не читал:",
        minutesAgo: 240,
        post: 14,
        pinned: true,
        reactions: { "👍": [1, 4] },
      },
      { by: 1, text: "А вот оно само. Слушать второй куплет и говорить честно", minutesAgo: 55, post: 0 },
      {
        by: 5,
        text: "Второй куплет оставь. Первый тоже. Бочку бы 🥁",
        minutesAgo: 48,
        replyTo: 13,
        reactions: { "🙅‍♀️": [1], "🥁": [9] },
      },
      {
        by: 4,
        text: "{2}, а ты что скажешь? Ты же слушаешь внимательнее всех",
        minutesAgo: 12,
        mentions: [2],
      },
      { by: 7, text: "Мне до мурашек на 2:14, там где дверь 🚪", minutesAgo: 5, reactions: { "✨": [1] } },
    ],
  },
  {
    title: "Tape heads & late trains",
    open: true,
    members: [3, 6, 8, 10, 12, 2],
    unread: 2,
    messages: [
      {
        by: 3,
        text: "Made a room for people who miss the last train on purpose 🚃",
        minutesAgo: 6_000,
        pinned: true,
        reactions: { "🚃": [6, 8, 10] },
      },
      { by: 8, text: "Side B of vol. 4 was recorded exactly like that", minutesAgo: 5_900, replyTo: 0 },
      {
        by: 6,
        text: "Remix stems are still open, no excuses",
        minutesAgo: 1_900,
        post: 18,
        reactions: { "🎛️": [3, 12] },
      },
      {
        by: 12,
        text: "我的版本 is at 92 BPM, forgive me",
        minutesAgo: 1_850,
        replyTo: 2,
        reactions: { "🙏": [6], "❤️": [3, 10] },
      },
      { by: 10, text: "The gull in the sample pack is credited, right? Right??", minutesAgo: 400, post: 13 },
      {
        by: 8,
        text: "He gets 2 % and a sardine",
        minutesAgo: 390,
        replyTo: 4,
        reactions: { "🐟": [3, 6, 10, 12] },
      },
      { by: 3, text: "Washing machine session on Sunday. Bring a towel", minutesAgo: 30 },
    ],
  },
  {
    title: null,
    open: false,
    members: [1, 2],
    unread: 1,
    messages: [
      {
        by: 2,
        text: "Лёша, спасибо за кассету! Дошла, шипит как надо",
        minutesAgo: 3_000,
        reactions: { "❤️": [1] },
      },
      {
        by: 1,
        text: "Ура! Почта России — лучший дисторшн",
        minutesAgo: 2_980,
        replyTo: 0,
        reactions: { "😂": [2] },
      },
      { by: 2, text: "На концерт на крыше ещё есть места? Нас трое", minutesAgo: 200 },
      { by: 1, text: "Для вас есть. Пледы тоже", minutesAgo: 90, replyTo: 2 },
    ],
  },
  {
    title: null,
    open: false,
    members: [2, 3],
    unread: 0,
    messages: [
      { by: 3, text: "Hey! You were the first listener of Glass Elevator, did you know?", minutesAgo: 170 },
      { by: 2, text: "No way 🙈 I thought the counter was broken", minutesAgo: 160, replyTo: 0 },
    ],
  },
  {
    title: null,
    open: false,
    members: [2, 9],
    unread: 0,
    messages: [{ by: 9, text: "Маш, ты идёшь в четверг?", minutesAgo: 2_000, reactions: { "👍": [2] } }],
  },
];
