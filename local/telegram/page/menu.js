import { attempt, h, iconButton, texts } from "./dom.js";

/** The chat's menu. @param entries  returns pairs of text and action, when it opens */
export function menu(entries) {
  const list = h("div", { id: "menu", popover: "auto" });
  list.onbeforetoggle = () => list.replaceChildren(...entries().map(([text, run]) => item(list, text, run)));
  return h("span", { class: "menu" }, iconButton("more", texts.more, { popovertarget: "menu" }), list);
}

function item(list, text, run) {
  const onclick = () => {
    list.hidePopover();
    void attempt(run);
  };
  return h("button", { type: "button", class: "entry", onclick }, text);
}
