import ts from "typescript";
import { shapesOf } from "./shape";
import { known, methodCalls, shapes, type Tools } from "./uses";

/** Methods of the browser that take a name: the receiver's type, the methods, and the heading of their names. */
const NAMED: readonly { type: string; methods: readonly string[]; heading: string }[] = [
  { type: "Storage", methods: ["getItem", "setItem", "removeItem"], heading: "Browser storage" },
  { type: "LockManager", methods: ["request"], heading: "Browser locks" },
  { type: "IDBFactory", methods: ["open", "deleteDatabase"], heading: "Browser databases" },
  { type: "CacheStorage", methods: ["open", "has", "delete"], heading: "Browser caches" },
  { type: "EventSource", methods: ["addEventListener"], heading: "Server-sent events, heard" },
  { type: "Navigator", methods: ["sendBeacon"], heading: "Beacons" },
];

/** Constructors of the browser that take a name. */
const CONSTRUCTED: Readonly<Record<string, string>> = {
  BroadcastChannel: "Tab channels",
  EventSource: "Event streams",
  CustomEvent: "Events of the page",
  Event: "Events of the page",
};

/** Names in the browser: what it stores, messages between tabs, events that a page receives. */
export function addBrowser(tools: Tools): void {
  const { project, sections } = tools;
  for (const { type, methods, heading } of NAMED) {
    for (const { receiver, argument } of methodCalls(tools, methods))
      if (project.isA(receiver, type)) sections.add(heading, ...known(tools, argument));
  }
  for (const { expression, arguments: given } of project.find(ts.isNewExpression)) {
    const heading = ts.isIdentifier(expression) ? CONSTRUCTED[expression.text] : undefined;
    if (heading) sections.add(heading, ...known(tools, given?.[0]));
  }
  for (const { receiver, argument } of methodCalls(tools, ["postMessage"]))
    if (argument && project.isA(receiver, "BroadcastChannel"))
      sections.add("Tab messages", ...shapes(tools, argument));
  addPrefixes(tools);
  addReceivedEvents(tools);
}

/** Keys of a storage are also found by their prefix. */
function addPrefixes(tools: Tools): void {
  for (const { call, argument } of methodCalls(tools, ["startsWith"])) {
    const statement = ts.findAncestor(call, ts.isStatement);
    const isOfStorage = statement?.getText().includes("Storage") ?? false;
    if (isOfStorage)
      tools.sections.add("Browser storage", ...known(tools, argument).map((prefix) => `${prefix}…`));
  }
}

/** Fields that a page reads from a stream's events: no type checks that the server sends them. */
function addReceivedEvents(tools: Tools): void {
  const { project, sections } = tools;
  for (const { arguments: given } of project.find(ts.isCallExpression)) {
    const [event, listener] = given;
    if (!event || !listener || !ts.isStringLiteral(event) || !ts.isArrowFunction(listener)) continue;
    const [parameter] = listener.parameters;
    const isOfStream = parameter?.type && /EventSource/.test(event.getSourceFile().text);
    if (!isOfStream) continue;
    const type = project.checker.getTypeFromTypeNode(parameter.type);
    const lines = shapesOf(project, type, parameter).map((shape) => `${event.text} ${shape}`);
    sections.add("Server-sent events, heard", ...lines);
  }
}
