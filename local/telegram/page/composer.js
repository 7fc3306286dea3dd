import { snippet } from "./chat-view.js";
import { h, icon, iconButton, texts } from "./dom.js";

const MAX_INPUT_HEIGHT_PX = 160;

/**
 * What is under the messages: the start button, or the input with the bot's keyboard. It stays while messages come, so
 * that what is typed stays.
 *
 * @param actions  start, say, sendFile, shareContact
 */
export class Composer {
  #shownKind = "";
  #chat = null;
  #replyTo = null;
  #keyboardHidden = false;
  #keyboardOf = 0;

  constructor(actions) {
    this.actions = actions;
    this.element = h("footer", { class: "composer" });
  }

  /** Adapts to a chat; `key` tells one chat from another. */
  update(chat, key) {
    this.#chat = chat;
    const kind = `${key} ${chat.blocked ? "blocked" : chat.started && !this.actions.payload() ? "input" : "start"}`;
    if (kind !== this.#shownKind) this.#rebuild(kind);
    this.#shownKind = kind;
    if (kind.endsWith("input")) this.#updateInput();
  }

  reply(message) {
    this.#replyTo = message;
    this.#updateInput();
    this.input.focus();
  }

  focus() {
    (this.input?.isConnected ? this.input : this.element.querySelector("button"))?.focus();
  }

  #rebuild(kind) {
    this.#replyTo = null;
    this.#keyboardHidden = false;
    if (!kind.endsWith("input")) {
      const isBlocked = kind.endsWith("blocked");
      this.element.replaceChildren(
        h("p", { class: "hint" }, isBlocked ? texts.blocked : texts.startHint),
        h(
          "button",
          { type: "button", class: "primary", onclick: () => this.actions.start() },
          isBlocked ? texts.restart : texts.start,
        ),
      );
      return;
    }
    this.input = h("textarea", {
      ...{ rows: 1, "aria-label": texts.message, placeholder: texts.message, maxlength: 4096, dir: "auto" },
      oninput: () => this.#grow(),
      onkeydown: (event) => this.#onKey(event),
    });
    this.file = h("input", { type: "file", class: "unseen", tabindex: -1, "aria-hidden": "true" });
    this.file.onchange = () => this.#sendFile();
    this.quote = h("div", { class: "replying" });
    this.commands = h("div", {
      ...{ class: "commands", role: "group", "aria-label": texts.commands },
      onkeydown: (event) => this.#closeOnEscape(event),
    });
    this.keyboard = h("div", { class: "reply-keyboard", role: "group", "aria-label": texts.keyboard });
    this.commandsButton = iconButton("commands", texts.commands, {
      ...{ "aria-expanded": "false", onclick: () => this.#toggleCommands() },
    });
    this.keyboardButton = iconButton("keyboard", texts.keyboard, {
      onclick: () => {
        this.#keyboardHidden = !this.#keyboardHidden;
        this.#updateInput();
      },
    });
    this.element.replaceChildren(
      this.quote,
      this.commands,
      h(
        "form",
        { onsubmit: (event) => this.#submit(event) },
        iconButton("attach", texts.attach, { onclick: () => this.file.click() }),
        this.file,
        this.input,
        this.commandsButton,
        this.keyboardButton,
        h("button", { class: "icon primary", "aria-label": texts.send, title: texts.send }, icon("send")),
      ),
      this.keyboard,
    );
    this.#toggleCommands(false);
  }

  #updateInput() {
    const { keyboard, commands, messages } = this.#chat;
    const markup = keyboard?.markup ?? {};
    if (keyboard?.messageId !== this.#keyboardOf) this.#keyboardHidden = false;
    this.#keyboardOf = keyboard?.messageId;
    if (markup.force_reply && !this.#replyTo)
      this.#replyTo = messages.find((message) => message.message_id === keyboard.messageId) ?? null;
    this.input.placeholder = markup.input_field_placeholder ?? texts.message;
    this.commandsButton.hidden = commands.length === 0;
    this.keyboardButton.hidden = !markup.keyboard;
    this.keyboardButton.setAttribute("aria-expanded", String(!this.#keyboardHidden));
    this.keyboard.hidden = !markup.keyboard || this.#keyboardHidden;
    const rows = markup.keyboard ?? [];
    const signature = JSON.stringify(rows);
    // Rebuilt only when it is another one: a button may have the focus.
    if (this.keyboard.dataset.rows !== signature) {
      this.keyboard.dataset.rows = signature;
      this.keyboard.replaceChildren(
        ...rows.map((row) =>
          h(
            "div",
            { class: "row" },
            row.map((button) => this.#replyButton(button)),
          ),
        ),
      );
    }
    this.quote.hidden = !this.#replyTo;
    this.quote.replaceChildren(
      ...(this.#replyTo
        ? [
            h("span", { dir: "auto" }, `${texts.reply}: ${snippet(this.#replyTo)}`),
            iconButton("close", texts.cancel, {
              onclick: () => {
                this.#replyTo = null;
                this.#updateInput();
                this.input.focus();
              },
            }),
          ]
        : []),
    );
  }

  #replyButton(button) {
    const isUnsupported = button.request_location || button.request_poll || button.web_app;
    const press = () => (button.request_contact ? this.actions.shareContact() : this.#say(button.text));
    const title = isUnsupported ? texts.location : undefined;
    return h(
      "button",
      { type: "button", class: "key", disabled: Boolean(isUnsupported), title, onclick: press },
      button.text,
    );
  }

  #toggleCommands(isOpen = this.commands.hidden) {
    this.commands.hidden = !isOpen;
    this.commandsButton.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    this.commands.replaceChildren(
      ...this.#chat.commands.map(({ command, description }) =>
        h(
          "button",
          {
            type: "button",
            onclick: () => {
              this.#toggleCommands(false);
              this.#say(`/${command}`);
              this.input.focus();
            },
          },
          h("b", {}, `/${command}`),
          h("span", {}, description),
        ),
      ),
    );
    this.commands.querySelector("button")?.focus();
  }

  #onKey(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.element.querySelector("form").requestSubmit();
    }
    if (event.key === "/" && this.input.value === "" && this.#chat.commands.length > 0)
      this.#toggleCommands(true);
    this.#closeOnEscape(event);
  }

  /** The page's own Escape goes back to the list. */
  #closeOnEscape(event) {
    if (event.key !== "Escape" || this.commands.hidden) return;
    event.stopPropagation();
    this.#toggleCommands(false);
    this.input.focus();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (text === "") return;
    this.input.value = "";
    this.#grow();
    this.#say(text);
  }

  #say(text) {
    const replyTo = this.#replyTo?.message_id;
    this.#replyTo = null;
    void this.actions.say(text, replyTo).then((sent) => {
      // What could not be sent comes back.
      if (!sent && this.input.value === "") this.input.value = text;
    });
  }

  #sendFile() {
    const [file] = this.file.files;
    this.file.value = "";
    if (file) void this.actions.sendFile(file);
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(MAX_INPUT_HEIGHT_PX, this.input.scrollHeight + 2)}px`;
  }
}
