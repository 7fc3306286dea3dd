import { Body } from "@react-email/body";
import { Container } from "@react-email/container";
import { Head } from "@react-email/head";
import { Html } from "@react-email/html";
import { Preview } from "@react-email/preview";
import { Section } from "@react-email/section";
import type { ReactNode } from "react";
import type { Locale } from "../core/locale";
import { light, stage } from "./palette";
import { STYLE_SHEET } from "./style-sheet";

export const BODY_FONT = "Onest, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const DISPLAY_FONT = "Unbounded, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

const texts = {
  ru: {
    why: "Это автоматическое письмо от NormalDance, отвечать на него не нужно.",
    settings: "Настроить рассылку",
  },
  en: {
    why: "This is an automatic email from NormalDance, so please do not reply.",
    settings: "Email settings",
  },
} as const satisfies Record<Locale, unknown>;

interface LayoutProps {
  locale: Locale;
  subject: string;
  preview: string;
  appUrl: string;
  /** Absolute. */
  settingsLink: string | undefined;
  children: ReactNode;
}

/** Frame of every mail: a dark header with the name, a card, and a footer that explains the mail. */
export function Layout({ locale, subject, preview, appUrl, settingsLink, children }: LayoutProps) {
  const text = texts[locale];
  return (
    <Html lang={locale}>
      <Head>
        <title>{subject}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant; React would escape its quotes */}
        <style dangerouslySetInnerHTML={{ __html: STYLE_SHEET }} />
      </Head>
      <Preview>{preview}</Preview>
      <Body
        className="nd-ground nd-outer"
        style={{ margin: 0, padding: "32px 12px", backgroundColor: light.ground, fontFamily: BODY_FONT }}
      >
        <Container className="nd-card" style={{ maxWidth: 560, borderRadius: 16, overflow: "hidden" }}>
          <Section style={{ backgroundColor: stage.ground }}>
            <div className="nd-room" style={{ padding: "22px 32px" }}>
              <Brand appUrl={appUrl} />
            </div>
          </Section>
          <Section className="nd-raised" style={{ backgroundColor: light.raised }}>
            <div className="nd-room" style={{ padding: "34px 32px 36px" }}>
              {children}
            </div>
          </Section>
        </Container>
        <Container style={{ maxWidth: 560 }}>
          <p
            className="nd-faint nd-room"
            style={{
              margin: 0,
              padding: "18px 32px 8px",
              color: light.faint,
              fontSize: 13,
              lineHeight: "20px",
            }}
          >
            {text.why}{" "}
            {settingsLink && (
              <a className="nd-faint" href={settingsLink} style={{ color: light.faint }}>
                {text.settings}
              </a>
            )}
          </p>
        </Container>
      </Body>
    </Html>
  );
}

/** Heights of the mark's bars (app/_art/brand/mark-geometry.ts) at 28 pixels. */
const BAR_HEIGHTS = [4, 7, 14, 20, 14, 7, 4];

/** The logo, made of table cells, since mail programs show no SVG and load images late; the name as text. */
function Brand({ appUrl }: { appUrl: string }) {
  return (
    <a href={appUrl} data-skip-in-text="true" style={{ textDecoration: "none" }}>
      <table role="presentation" border={0} cellPadding="0" cellSpacing="0">
        <tbody>
          <tr>
            {BAR_HEIGHTS.map((height, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the bars never change their order
              <td key={index} style={{ paddingRight: 2, verticalAlign: "middle" }}>
                <div
                  style={{
                    width: 3,
                    height,
                    borderRadius: 2,
                    backgroundColor: stage.accent,
                    fontSize: 0,
                    lineHeight: 0,
                  }}
                />
              </td>
            ))}
            <td
              style={{
                paddingLeft: 8,
                color: stage.ink,
                fontFamily: DISPLAY_FONT,
                fontSize: 17,
                fontWeight: 700,
                letterSpacing: "-0.02em",
                lineHeight: "24px",
                verticalAlign: "middle",
              }}
            >
              normaldance
            </td>
          </tr>
        </tbody>
      </table>
    </a>
  );
}
