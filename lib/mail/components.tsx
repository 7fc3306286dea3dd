import { Button } from "@react-email/button";
import type { ReactNode } from "react";
import { light, stage } from "./palette";

const DISPLAY_FONT = "Unbounded, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const MONO_FONT = "ui-monospace, 'SF Mono', Menlo, Consolas, monospace";

export function Title({ children }: { children: ReactNode }) {
  return (
    <h1
      dir="auto"
      className="nd-ink nd-title"
      style={{
        margin: "0 0 14px",
        color: light.ink,
        fontFamily: DISPLAY_FONT,
        fontSize: 25,
        fontWeight: 700,
        letterSpacing: "-0.02em",
        lineHeight: "1.25",
        overflowWrap: "anywhere",
      }}
    >
      {children}
    </h1>
  );
}

export function Paragraph({ children, dir }: { children: ReactNode; dir?: "auto" }) {
  return (
    <p
      dir={dir}
      className="nd-muted"
      style={{
        margin: "0 0 14px",
        color: light.muted,
        fontSize: 16,
        lineHeight: "25px",
        overflowWrap: "anywhere",
      }}
    >
      {children}
    </p>
  );
}

/** Secondary text below the main content. */
export function Footnote({ children }: { children: ReactNode }) {
  return (
    <p
      className="nd-faint"
      style={{
        margin: "22px 0 0",
        color: light.faint,
        fontSize: 14,
        lineHeight: "22px",
        overflowWrap: "anywhere",
      }}
    >
      {children}
    </p>
  );
}

/** The button of a mail's main action. */
export function ActionButton({ href, children }: { href: string; children: ReactNode }) {
  return (
    <div style={{ margin: "26px 0 0" }}>
      <Button
        href={href}
        style={{
          padding: "14px 26px",
          borderRadius: 999,
          backgroundColor: stage.accent,
          color: stage.onAccent,
          fontSize: 16,
          fontWeight: 700,
        }}
      >
        {children}
      </Button>
    </div>
  );
}

/** A link with its URL as text, for mail programs that show no buttons. */
export function PlainLink({ href }: { href: string }) {
  return (
    <a className="nd-faint" href={href} style={{ color: light.faint, overflowWrap: "anywhere" }}>
      {href}
    </a>
  );
}

/** A raised box, such as a receipt. */
export function Panel({ children }: { children: ReactNode }) {
  return (
    <table
      role="presentation"
      width="100%"
      border={0}
      cellPadding="0"
      cellSpacing="0"
      style={{ margin: "20px 0 0", borderCollapse: "separate" }}
    >
      <tbody>
        <tr>
          <td
            className="nd-sunken"
            style={{ padding: "18px 20px", borderRadius: 14, backgroundColor: light.sunken }}
          >
            {children}
          </td>
        </tr>
      </tbody>
    </table>
  );
}

/** A name on the left, an amount on the right. */
export function AmountRow({
  name,
  value,
  strong = false,
}: {
  name: string;
  value: string;
  strong?: boolean;
}) {
  const cell = { fontSize: strong ? 17 : 15, lineHeight: "24px", verticalAlign: "top" } as const;
  return (
    <table role="presentation" width="100%" border={0} cellPadding="0" cellSpacing="0">
      <tbody>
        <tr>
          <td
            className={strong ? "nd-ink" : "nd-muted"}
            style={{
              ...cell,
              paddingRight: 16,
              color: strong ? light.ink : light.muted,
              fontWeight: strong ? 700 : 400,
              overflowWrap: "anywhere",
            }}
          >
            {name}
          </td>
          <td
            align="right"
            className={strong ? "nd-money" : "nd-ink"}
            style={{
              ...cell,
              color: strong ? light.money : light.ink,
              fontWeight: strong ? 700 : 400,
              whiteSpace: "nowrap",
            }}
          >
            {value}
          </td>
        </tr>
      </tbody>
    </table>
  );
}

/** A code to show or type in: a ticket's number, a licence. */
export function Code({ children }: { children: string }) {
  return (
    <p
      className="nd-ink nd-line"
      style={{
        margin: "10px 0 0",
        padding: "10px 14px",
        border: `1px dashed ${light.line}`,
        borderRadius: 10,
        color: light.ink,
        fontFamily: MONO_FONT,
        fontSize: 17,
        fontWeight: 600,
        letterSpacing: "0.06em",
        lineHeight: "24px",
        overflowWrap: "anywhere",
      }}
    >
      {children}
    </p>
  );
}

/** Renders a user's text as paragraphs and line breaks, never as markup. */
export function WrittenText({ children }: { children: string }) {
  return children
    .split(/\r?\n\s*\r?\n/)
    .filter((paragraph) => paragraph.trim() !== "")
    .map((paragraph, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: rendered once
      <Paragraph key={index} dir="auto">
        {paragraph
          .trim()
          .split(/\r\n|\r|\n/)
          .flatMap((line, at) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: rendered once
            at === 0 ? [line] : [<br key={at} />, line],
          )}
      </Paragraph>
    ));
}
