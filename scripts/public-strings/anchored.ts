import ts from "typescript";
import { type Anchors, findAnchors } from "./find-anchors";
import { shapesOf } from "./shape";
import { literalsOf, propertyIn } from "./syntax";
import { elementsOf, fields, known, literalsIn, namesIn, shapes, type Tools } from "./uses";

/** Names that pass through this repository's functions, methods and fields. */
export function addAnchored(tools: Tools): void {
  const anchors = findAnchors(tools.project);
  addTasks(tools, anchors);
  addRecords(tools, anchors);
  addEvents(tools, anchors);
  addCached(tools, anchors);
  addShapes(tools, anchors);
  addApiCalls(tools, anchors);
}

function addShapes({ project, sections }: Tools, anchors: Anchors): void {
  for (const name of [
    "message between instances",
    "notification",
    "message of QStash",
    "props of a mail",
  ] as const) {
    const { type, node } = anchors.shape(name);
    sections.add(`Shape: ${name}`, ...shapesOf(project, type, node));
  }
  sections.add("Templates of mails", ...(literalsOf(anchors.shape("template of a mail").type) ?? []));
}

/** What pages send to the API: no type checks that both sides agree. What they read is typed by lib/schemas. */
function addApiCalls(tools: Tools, anchors: Anchors): void {
  const { sections, render } = tools;
  const [body, method] = [anchors.member("body of a call").name, anchors.member("method of a call").name];
  for (const [path, options] of callsOf(tools, anchors.function("call of the API"))) {
    const sent = options && propertyIn(options, body);
    const verb = options && propertyIn(options, method);
    if (!path || !sent) continue;
    for (const route of render(path))
      for (const name of verb ? render(verb) : ["GET"])
        sections.add("Sent to the API", ...shapes(tools, sent).map((shape) => `${name} ${route} ${shape}`));
  }
}

function addTasks(tools: Tools, anchors: Anchors): void {
  const { sections } = tools;
  const key = anchors.member("task key");
  const subject = anchors.member("task subject");
  for (const [, queue, , options] of callsOf(tools, anchors.function("task"))) {
    sections.add("Queues that tasks are put on", ...known(tools, queue));
    sections.add("Task keys", ...valueIn(tools, options, key));
    sections.add("Task subjects", ...valueIn(tools, options, subject));
  }
  for (const value of assigned(tools, key)) sections.add("Task keys", ...known(tools, value));
  for (const value of assigned(tools, subject)) sections.add("Task subjects", ...known(tools, value));
  for (const [queue] of callsOf(tools, anchors.function("work")))
    sections.add("Queues that work is put on", ...known(tools, queue));
  for (const name of ["lock", "lock around work"] as const)
    for (const [resource] of callsOf(tools, anchors.function(name)))
      sections.add("Lock resources", ...known(tools, resource));
}

function addRecords(tools: Tools, anchors: Anchors): void {
  const { sections } = tools;
  for (const [heading, member] of [
    ["Audit subjects", "audit subject"],
    ["Alert kinds", "alert kind"],
    ["Limited callers", "limited caller"],
  ] as const)
    for (const value of assigned(tools, anchors.member(member)))
      sections.add(heading, ...known(tools, value));
  for (const value of assigned(tools, anchors.member("audit data")))
    for (const literal of literalsIn(value)) sections.add("Audit data", ...namesIn(tools, literal));
}

function addEvents(tools: Tools, anchors: Anchors): void {
  const { sections, render } = tools;
  for (const [event, data] of callsOf(tools, anchors.member("server-sent event"))) {
    const bodies = data ? shapes(tools, data) : [];
    for (const one of known(tools, event))
      sections.add("Server-sent events", one, ...bodies.map((body) => `${one} ${body}`));
  }
  for (const name of ["event", "event that is not kept"] as const) {
    for (const [channel, event] of callsOf(tools, anchors.function(name))) {
      const channels = channel ? render(channel) : [];
      for (const one of known(tools, event))
        sections.add("Channel events that are sent", ...channels.map((each) => `${each} ${one}`));
    }
  }
  for (const [name, data] of callsOf(tools, anchors.function("analytics event")))
    addCounted(tools, name, data);
  for (const [, name, data] of callsOf(tools, anchors.member("counted event"))) addCounted(tools, name, data);
}

function addCounted(tools: Tools, name: ts.Expression | undefined, data: ts.Expression | undefined): void {
  const properties = literalsIn(data).flatMap((literal) => namesIn(tools, literal));
  for (const one of known(tools, name))
    tools.sections.add("Analytics events", one, ...properties.map((property) => `${one} ${property}`));
}

function addCached(tools: Tools, anchors: Anchors): void {
  const { project, render, sections } = tools;
  for (const [key, value] of callsOf(tools, anchors.member("redis value"))) {
    const bodies = value ? shapes(tools, value) : [];
    for (const one of known(tools, key))
      sections.add("Redis values", ...bodies.map((body) => `${one} ${body}`));
  }
  const tags: (ts.Expression | undefined)[] = [];
  for (const [namespace, key, , options] of callsOf(tools, anchors.member("cached value"))) {
    const cached = key ? render(key) : [];
    for (const one of known(tools, namespace))
      sections.add("Cache members", ...cached.map((each) => `${one}:${each}`));
    tags.push(options && propertyIn(options, anchors.member("tags of what is cached").name));
  }
  for (const [list] of callsOf(tools, anchors.member("invalidated tags"))) tags.push(list);
  for (const [, list] of callsOf(tools, anchors.member("tags invalidated after a commit"))) tags.push(list);
  for (const list of tags)
    for (const tag of elementsOf(project, list)) sections.add("Cache tags", ...known(tools, tag));
  for (const [tag] of callsOf(tools, anchors.member("invalidated tag")))
    sections.add("Cache tags", ...known(tools, tag));
  for (const [, name] of callsOf(tools, anchors.function("cookie")))
    sections.add("Cookies", ...known(tools, name));
}

/** The arguments of each call of a function or method. */
function callsOf({ project }: Tools, symbol: ts.Symbol): (readonly ts.Expression[])[] {
  const calls = (symbol.declarations ?? []).flatMap((declaration) => project.callsOf(declaration));
  return calls.flatMap((call) => ("attributes" in call ? [] : [call.arguments ?? []]));
}

/** The values of a field in every object literal of the field's type. */
function assigned(tools: Tools, field: ts.Symbol): ts.Expression[] {
  const { checker } = tools.project;
  const [declaration] = field.declarations ?? [];
  return fields(tools).flatMap(({ name, value, node }) => {
    if (name !== field.name || !ts.isObjectLiteralExpression(node.parent)) return [];
    const type = checker.getContextualType(node.parent);
    const declarations = (type && checker.getNonNullableType(type).getProperty(name)?.declarations) ?? [];
    return declaration && declarations.includes(declaration) ? [value] : [];
  });
}

/** The values of an object's field, where the object is a constant or comes from a function of this repository. */
function valueIn(tools: Tools, object: ts.Expression | undefined, field: ts.Symbol): string[] {
  if (!object) return [];
  const property = tools.project.checker.getTypeAtLocation(object).getProperty(field.name);
  const declaration = property?.valueDeclaration;
  if (!declaration) return [];
  if (ts.isPropertyAssignment(declaration)) return known(tools, declaration.initializer);
  return ts.isShorthandPropertyAssignment(declaration) ? known(tools, declaration.name) : [];
}
