import { api, attempt, byId, fill, h, language, texts } from "./dom.js";

const dialog = byId("dialog");

/**
 * Shows a form over the page.
 * @param submit  of the values; the dialog stays open when it fails
 */
function showForm(title, fields, button, submit) {
  const save = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    if (await attempt(async () => (await submit(values)) ?? true)) dialog.close();
  };
  dialog.setAttribute("aria-label", title);
  dialog.replaceChildren(
    h(
      "form",
      { onsubmit: (event) => void save(event) },
      h("h2", {}, title),
      ...fields,
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", onclick: () => dialog.close() }, texts.cancel),
        h("button", { class: "primary" }, button),
      ),
    ),
  );
  dialog.showModal();
}

const textField = (label, name, value, properties = {}) =>
  h(
    "label",
    {},
    h("span", { class: "quiet" }, label),
    h("input", { name, value, autocomplete: "off", ...properties }),
  );

export function showAlert(text, url = "") {
  dialog.setAttribute("aria-label", text);
  dialog.replaceChildren(
    h(
      "div",
      {},
      h("p", { dir: "auto" }, text),
      url !== "" && h("p", {}, h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url)),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, texts.ok),
      ),
    ),
  );
  dialog.showModal();
}

export function confirmContact(bot, user, share) {
  const hint = fill(texts.shareHint, { bot: bot.firstName, phone: user.phoneNumber });
  showForm(texts.share, [h("p", {}, hint)], texts.shareYes, share);
}

/** @param saved  called with the new user */
export function showNewUser(users, saved) {
  const names = texts.defaultNames;
  const languageField = h(
    "label",
    {},
    h("span", { class: "quiet" }, texts.language),
    h(
      "select",
      { name: "languageCode" },
      Object.entries(texts.languages).map(([code, name]) =>
        h("option", { value: code, selected: code === language }, name),
      ),
    ),
  );
  const name = textField(texts.name, "firstName", names[users.length % names.length], {
    ...{ required: true, maxlength: 64 },
  });
  showForm(texts.newUser, [name, languageField], texts.create, async (values) => {
    saved(await api("POST", "users", values));
  });
}

export function createFirstUser() {
  // A fixed id: two tabs that open at once create one user.
  return api("POST", "users", { id: 1001, firstName: texts.defaultNames[0], languageCode: language });
}

/** @param bot  null for a new one */
export function showBot(bot, saved) {
  const patterned = { required: true, pattern: "[A-Za-z][A-Za-z0-9_]{3,31}", spellcheck: "false" };
  const fields = [
    textField(texts.name, "firstName", bot?.firstName ?? texts.newBot, { required: true, maxlength: 64 }),
    textField(texts.username, "username", bot?.username ?? `my_${Date.now().toString(36)}_bot`, patterned),
    bot?.token ? tokenField(bot.token) : null,
  ].filter(Boolean);
  const title = bot ? texts.edit : texts.newBot;
  showForm(title, fields, bot ? texts.save : texts.create, async (values) => {
    const { firstName, username } = values;
    const path = bot ? `bots/${bot.id}` : "bots";
    saved(await api(bot ? "PATCH" : "POST", path, { firstName, username }));
  });
}

function tokenField(token) {
  const copy = async (event) => {
    await navigator.clipboard.writeText(token);
    event.target.textContent = texts.copied;
  };
  return h(
    "div",
    { class: "token" },
    h("span", { class: "quiet" }, texts.token),
    h("code", {}, token),
    h("button", { type: "button", onclick: (event) => void copy(event) }, texts.copy),
  );
}
