import { h } from "./dom.js";

const TAGS = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

/**
 * A message's text as nodes. Entities of one message nest or do not overlap.
 * @param actions  what a command and a link to a bot do when they are clicked
 */
export function renderText(text, entities = [], actions) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return render(text, 0, text.length, sorted, actions);
}

function render(text, start, end, entities, actions) {
  const nodes = [];
  let at = start;
  let rest = entities.filter(({ offset, length }) => offset >= start && offset + length <= end);
  while (rest.length > 0) {
    const [entity, ...others] = rest;
    const entityEnd = entity.offset + entity.length;
    nodes.push(text.slice(at, entity.offset));
    const inner = render(text, entity.offset, entityEnd, others, actions);
    nodes.push(element(entity, text.slice(entity.offset, entityEnd), inner, actions));
    at = entityEnd;
    rest = others.filter(({ offset }) => offset >= entityEnd);
  }
  nodes.push(text.slice(at, end));
  return nodes.filter((node) => node !== "");
}

function element({ type, url }, text, inner, actions) {
  if (Object.hasOwn(TAGS, type)) return h(TAGS[type], {}, ...inner);
  switch (type) {
    case "text_link":
      return link(url, inner, actions);
    case "url":
      return link(/^[a-z]+:/i.test(text) ? text : `http://${text}`, inner, actions);
    case "email":
      return h("a", { href: `mailto:${text}` }, ...inner);
    case "bot_command":
      return h("button", { type: "button", class: "inline", onclick: () => actions.command(text) }, ...inner);
    case "spoiler":
      return spoiler(inner);
    case "mention":
    case "hashtag":
    case "text_mention":
      return h("span", { class: "mention" }, ...inner);
    default:
      return h("span", {}, ...inner);
  }
}

/** A link to a bot of this server, as `https://t.me/<username>?start=…`, opens its chat. */
function link(url, inner, actions) {
  const target = URL.canParse(url) ? new URL(url) : null;
  if (!target || !/^(https?|ftp):$/.test(target.protocol)) return h("span", { class: "mention" }, ...inner);
  const isBotLink = target.hostname === "t.me" && actions.knowsBot(target.pathname.slice(1));
  const properties = { href: target.href, target: "_blank", rel: "noopener noreferrer" };
  if (isBotLink)
    properties.onclick = (event) => {
      event.preventDefault();
      actions.openBot(target.pathname.slice(1), target.searchParams.get("start") ?? "");
    };
  return h("a", properties, ...inner);
}

function spoiler(inner) {
  const button = h("button", { type: "button", class: "spoiler", "aria-expanded": "false" }, ...inner);
  button.onclick = () => button.setAttribute("aria-expanded", "true");
  return button;
}
