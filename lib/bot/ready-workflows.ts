import type { WorkflowSource } from "./publish-workflow";

/** The workflows that every new bot begins with; those of administrators link accounts too. */
export function readyWorkflows(isAdministrators: boolean): WorkflowSource[] {
  return isAdministrators
    ? [start(true), history, referral, spend, linkAccount, notifications]
    : [start(false), history, referral, spend];
}

const menuLabels = {
  history: { ru: "🎧 Покупки", en: "🎧 Purchases" },
  referral: { ru: "🤝 Пригласить друзей", en: "🤝 Invite friends" },
  spend: { ru: "💎 Потратить бонусы", en: "💎 Spend bonuses" },
  link: { ru: "🔗 Связать аккаунт", en: "🔗 Link account" },
} as const;

/** The way on depends on whether an account is linked. */
const isLinked = (next: string, otherwise: string) =>
  ({ kind: "condition", variable: "linked", operator: "is", value: true, next, otherwise }) as const;

const unlinked = {
  kind: "message",
  text: {
    ru: "Сначала свяжите Telegram со своим аккаунтом: страница «Устройства», {{siteUrl}}/me/devices",
    en: "First link Telegram with your account, on the devices page: {{siteUrl}}/me/devices",
  },
  next: "end",
} as const;

const menu = (...keys: (keyof typeof menuLabels)[]) =>
  keys.map((key) => ({ label: menuLabels[key], workflow: key }));

const start = (canLink: boolean): WorkflowSource => ({
  key: "start",
  command: "start",
  definition: {
    schema: 1,
    start: "isLinked",
    nodes: {
      isLinked: isLinked("hello", "guest"),
      hello: {
        kind: "message",
        text: {
          ru: "Привет, <b>{{name}}</b>!\n\n💎 Бонусы: <b>{{balance}}</b>\n⭐ Уровень: <b>{{level}}</b>\n🤝 Приглашено друзей: <b>{{referrals}}</b>\n\nЧто сделаем?",
          en: "Hello, <b>{{name}}</b>!\n\n💎 Bonuses: <b>{{balance}}</b>\n⭐ Level: <b>{{level}}</b>\n🤝 Friends invited: <b>{{referrals}}</b>\n\nWhat shall we do?",
        },
        buttons: menu("history", "referral", "spend"),
        next: "end",
      },
      guest: {
        kind: "message",
        text: {
          ru: "Привет, <b>{{name}}</b>! Это бот NormalDance.\n\nЯ показываю бонусы, покупки и ссылку для друзей. Для этого свяжите Telegram со своим аккаунтом.",
          en: "Hello, <b>{{name}}</b>! This is the bot of NormalDance.\n\nI show your bonuses, your purchases and your link for friends. For that, link Telegram with your account.",
        },
        buttons: canLink ? menu("link") : [],
        next: "end",
      },
      end: { kind: "end" },
    },
  },
});

const history: WorkflowSource = {
  key: "history",
  command: "history",
  definition: {
    schema: 1,
    start: "hasPurchases",
    nodes: {
      hasPurchases: {
        ...{ kind: "condition", variable: "purchaseCount", operator: "above", value: 0 },
        ...{ next: "list", otherwise: "none" },
      },
      list: {
        kind: "message",
        text: {
          ru: "🎧 <b>Ваши покупки</b> (всего {{purchaseCount}}), последние:\n\n{{purchases}}",
          en: "🎧 <b>Your purchases</b> ({{purchaseCount}} in all), the latest:\n\n{{purchases}}",
        },
        next: "repeat",
      },
      none: {
        kind: "message",
        text: {
          ru: "Покупок пока нет. Треки и билеты есть в магазине: {{siteUrl}}/shop",
          en: "No purchases yet. Tracks and tickets are in the shop: {{siteUrl}}/shop",
        },
        next: "repeat",
      },
      repeat: { kind: "repeatQuestion", next: "end" },
      end: { kind: "end" },
    },
  },
};

const referral: WorkflowSource = {
  key: "referral",
  command: "referral",
  definition: {
    schema: 1,
    start: "isLinked",
    nodes: {
      isLinked: isLinked("link", "unlinked"),
      link: {
        kind: "message",
        text: {
          ru: "🤝 Ваша ссылка для друзей:\n{{referralLink}}\n\nДесятая часть их покупок приходит вам бонусами. Уже с вами: <b>{{referrals}}</b>.",
          en: "🤝 Your link for friends:\n{{referralLink}}\n\nA tenth of what they buy becomes your bonuses. With you already: <b>{{referrals}}</b>.",
        },
        next: "end",
      },
      unlinked,
      end: { kind: "end" },
    },
  },
};

const spend: WorkflowSource = {
  key: "spend",
  command: "spend",
  definition: {
    schema: 1,
    start: "isLinked",
    nodes: {
      isLinked: isLinked("hasBonuses", "unlinked"),
      hasBonuses: {
        ...{ kind: "condition", variable: "balance", operator: "above", value: 0 },
        ...{ next: "amount", otherwise: "empty" },
      },
      amount: {
        kind: "question",
        text: {
          ru: "💎 У вас <b>{{balance}}</b> бонусов. Сколько потратить? Напишите число.",
          en: "💎 You have <b>{{balance}}</b> bonuses. How many shall I spend? Write a number.",
        },
        answer: "number",
        min: 0.01,
        max: 1_000_000,
        variable: "amount",
        retry: {
          ru: "Нужно число больше нуля, например 5 или 2,5. Сколько потратить?",
          en: "I need a number above zero, such as 5 or 2.5. How many shall I spend?",
        },
        next: "confirm",
      },
      confirm: {
        kind: "message",
        text: {
          ru: "Потратить <b>{{amount}}</b> бонусов?",
          en: "Spend <b>{{amount}}</b> bonuses?",
        },
        buttons: [
          { label: { ru: "✅ Да", en: "✅ Yes" }, next: "spend" },
          { label: { ru: "✖️ Нет", en: "✖️ No" }, next: "kept" },
        ],
      },
      spend: {
        kind: "spendBonuses",
        amount: "amount",
        note: { ru: "Потрачено в Telegram", en: "Spent in Telegram" },
        ...{ next: "done", insufficient: "insufficient", unlinked: "unlinked" },
      },
      done: {
        kind: "message",
        text: {
          ru: "✅ Потрачено: {{amount}}. Осталось: <b>{{balance}}</b>.",
          en: "✅ Spent: {{amount}}. Left: <b>{{balance}}</b>.",
        },
        next: "end",
      },
      insufficient: {
        kind: "message",
        text: {
          ru: "Столько бонусов нет: у вас {{balance}}. Ничего не потрачено.",
          en: "You do not have that many: you have {{balance}}. Nothing was spent.",
        },
        next: "end",
      },
      kept: {
        kind: "message",
        text: { ru: "Хорошо, бонусы остались у вас.", en: "All right, you keep your bonuses." },
        next: "end",
      },
      empty: {
        kind: "message",
        text: {
          ru: "Бонусов пока нет. Они приходят, когда приглашённые друзья покупают музыку: /referral",
          en: "No bonuses yet. They come when friends whom you invited buy music: /referral",
        },
        next: "end",
      },
      unlinked,
      end: { kind: "end" },
    },
  },
};

const linkAccount: WorkflowSource = {
  key: "link",
  command: "link",
  definition: {
    schema: 1,
    start: "isLinked",
    nodes: {
      isLinked: isLinked("linked", "code"),
      linked: {
        kind: "message",
        text: {
          ru: "Telegram уже связан с аккаунтом <b>{{name}}</b>. Отвязать можно на странице «Устройства»: {{siteUrl}}/me/devices",
          en: "Telegram is linked with the account <b>{{name}}</b> already. The devices page ends the link: {{siteUrl}}/me/devices",
        },
        next: "end",
      },
      code: { kind: "linkAccount", next: "offer" },
      offer: {
        kind: "message",
        text: {
          ru: "🔗 Откройте эту ссылку там, где вы вошли на сайт, и подтвердите. Она действует 10 минут и только один раз:\n{{linkUrl}}\n\nНикому её не пересылайте.",
          en: "🔗 Open this link where you are signed in to the site, and confirm. It works once, for 10 minutes:\n{{linkUrl}}\n\nDo not pass it on.",
        },
        next: "end",
      },
      end: { kind: "end" },
    },
  },
};

const notifications: WorkflowSource = {
  key: "notifications",
  command: "notifications",
  definition: {
    schema: 1,
    start: "isLinked",
    nodes: {
      isLinked: isLinked("isOn", "unlinked"),
      isOn: {
        ...{ kind: "condition", variable: "notified", operator: "is", value: true },
        ...{ next: "whenOn", otherwise: "whenOff" },
      },
      whenOn: {
        kind: "message",
        text: {
          ru: "🔔 Уведомления сайта приходят и сюда. О чём сообщать, выбирают здесь: {{siteUrl}}/me/notifications",
          en: "🔔 Notifications of the site come here too. Choose which at {{siteUrl}}/me/notifications",
        },
        buttons: [{ label: { ru: "🔕 Не присылать", en: "🔕 Stop them" }, next: "turnOff" }],
      },
      whenOff: {
        kind: "message",
        text: {
          ru: "🔕 Уведомления сайта сюда не приходят.",
          en: "🔕 Notifications of the site do not come here.",
        },
        buttons: [{ label: { ru: "🔔 Присылать сюда", en: "🔔 Send them here" }, next: "turnOn" }],
      },
      turnOn: { kind: "setNotifications", on: true, next: "turnedOn" },
      turnOff: { kind: "setNotifications", on: false, next: "turnedOff" },
      turnedOn: {
        kind: "message",
        text: {
          ru: "🔔 Готово: уведомления сайта придут и сюда.",
          en: "🔔 Done: notifications of the site will come here too.",
        },
        next: "end",
      },
      turnedOff: {
        kind: "message",
        text: {
          ru: "🔕 Готово: уведомления останутся только на сайте.",
          en: "🔕 Done: notifications stay on the site only.",
        },
        next: "end",
      },
      unlinked,
      end: { kind: "end" },
    },
  },
};
