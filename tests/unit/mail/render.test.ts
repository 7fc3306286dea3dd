import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { locales } from "@/lib/core/locale";
import { type Mail, mailSchema, renderMail, templateNames } from "@/lib/mail";
import { createTestMail, mainLinks } from "@/tests/support/factories/mails";
import { runs } from "@/tests/support/fuzz/runs";

const APP_URL = "https://normaldance.example";

const render = (mail: Mail) => renderMail(mailSchema.parse(mail), APP_URL);

describe.each(templateNames)("the mail %s", (template) => {
  it.each(locales)("is complete in %s", async (locale) => {
    const { subject, html, text } = await render(createTestMail(template, { locale }));
    expect(subject.trim()).not.toBe("");
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).toContain(`lang="${locale}"`);
    expect(html).toContain("prefers-color-scheme:dark");
    const link = mainLinks[template];
    if (link) {
      expect(html).toContain(`href="${APP_URL}${link}"`);
      expect(text).toContain(`${APP_URL}${link}`);
    }
    for (const part of [subject, html, text]) {
      expect(part).not.toMatch(/undefined|null|NaN|\[object|Invalid/);
    }
  });

  it("differs between the two languages", async () => {
    const [ru, en] = await Promise.all(locales.map((locale) => render(createTestMail(template, { locale }))));
    expect(ru?.text).toMatch(/[а-я]{5}/);
    expect(ru?.text).not.toBe(en?.text);
    // Only the template's own text is translated; names and titles are not.
    expect(en?.html.replace(/Мира Ким|Мира|Артём|DJ Соль ответила|Про среду/g, "")).not.toMatch(/[а-яё]/i);
  });
});

describe("user text", () => {
  it("is escaped", async () => {
    const hostile = `<script>alert("1")</script><a href="javascript:alert(1)">x</a>`;
    const { html } = await render(createTestMail("plain", { props: { subject: hostile, body: hostile } }));
    expect(html).not.toContain("<script");
    expect(html).not.toContain(`<a href="javascript`);
    expect(html).toContain("&lt;script&gt;");
  });

  it("keeps its paragraphs and lines", async () => {
    const { html, text } = await render(createTestMail("notification"));
    expect(html).toContain("First line<br/>second line</p>");
    expect(text).toContain("First line\nsecond line\n\nnext paragraph");
  });

  it("cannot break a subject: line breaks in a title become spaces", async () => {
    const mail = createTestMail("refund", {
      props: { ...createTestMail("refund").props, productTitle: "One\r\nBcc: victim@x.test\u2028two" },
    } as Partial<Mail>);
    expect((await render(mail)).subject).toBe("Refund of ¥5,000: One Bcc: victim@x.test two");
  });
});

describe("names and titles that run from right to left", () => {
  const name = "\u05D0\u05D1 \u202Eabc";
  const isolated = "\u2068\u05D0\u05D1 abc\u2069";

  it.each([
    ["refund", { buyerName: name, productTitle: name }, 2],
    ["sale", { creatorName: name, productTitle: name }, 2],
    ["reset-password", { name }, 1],
    ["confirm-address", { name }, 1],
    ["account-notice", { name }, 1],
    ["account-deleted", { name }, 1],
  ] as const)("keep the sentences of %s in order", async (template, props, count) => {
    const mail = createTestMail(template);
    const { subject, html, text } = await render({ ...mail, props: { ...mail.props, ...props } } as Mail);
    for (const part of [html, text]) {
      expect(part.split(isolated).length).toBeGreaterThan(count);
      expect(part.replaceAll(isolated, "")).not.toMatch(/[\u0590-\u05FF\u202E]/);
    }
    expect(subject.replaceAll(isolated, "")).not.toMatch(/[\u0590-\u05FF\u202E]/);
  });
});

describe("amounts", () => {
  it.each([
    ["ru", 258_150, "RUB", "2 581,50 ₽"],
    ["en", 258_150, "RUB", "₽2,581.50"],
    ["en", 5_000, "JPY", "¥5,000"],
    ["en", 1_234_567, "BHD", "1,234.567"],
    ["en", 0, "USD", "$0.00"],
  ] as const)("in %s: %i minor units of %s are %s", async (locale, amountMinor, currency, expected) => {
    const amount = { amountMinor, currency };
    const mail = createTestMail("refund", {
      locale,
      props: { ...createTestMail("refund").props, amount },
    } as Partial<Mail>);
    expect((await render(mail)).subject.replaceAll("\u00a0", " ")).toContain(expected);
  });
});

describe("the schema rejects a mail", () => {
  const valid = createTestMail("plain");
  it.each<[string, Record<string, unknown>]>([
    ["an address with a line break", { to: "a@b.test\r\nBcc: c@d.test" }],
    ["two addresses", { to: "a@b.test, c@d.test" }],
    ["an address with a name", { to: "A <a@b.test>" }],
    ["no address", { to: "" }],
    ["an address that is too long", { to: `${"a".repeat(250)}@b.test` }],
    ["an unknown language", { locale: "de" }],
    ["an unknown template", { template: "invoice" }],
    ["a subject with a line break", { props: { subject: "a\nBcc: c@d.test", body: "b" } }],
    ["a subject with a NUL", { props: { subject: "a\0b", body: "b" } }],
    ["no subject", { props: { subject: "  ", body: "b" } }],
    ["no body", { props: { subject: "a", body: "" } }],
    ["a key that cannot be part of a Message-ID", { idempotencyKey: "a@b" }],
    ["a key with a line break", { idempotencyKey: "a\r\nb" }],
    ["an empty key", { idempotencyKey: "" }],
  ])("with %s", (_, change) => {
    expect(mailSchema.safeParse({ ...valid, ...change }).success).toBe(false);
  });

  it.each([
    "javascript:alert(1)",
    "//evil.test",
    "/\\evil.test",
    "ftp://x.test",
    "data:text/html,x",
    "",
    "x",
    "/a b",
  ])("with the link %j", (link) => {
    const mail = createTestMail("confirm-address", {
      props: { name: "M", confirmLink: link, hoursValid: 1 },
    } as Partial<Mail>);
    expect(mailSchema.safeParse(mail).success).toBe(false);
  });
});

describe("arbitrary input", () => {
  const hostile = fc.constantFrom(
    "\r",
    "\n",
    "\r\nBcc: x@y.test",
    "\u2028",
    "\0",
    ":",
    " ",
    ",",
    "<",
    "@",
    '"',
    "Ж",
  );
  const line = fc.string({
    unit: fc.oneof(hostile, fc.constantFrom("a", "b", " ", "🎧", "\ud800", "é")),
    minLength: 1,
    maxLength: 20,
  });
  /** A valid value with something hostile inserted. */
  const withHostilePart = (valid: fc.Arbitrary<string>) =>
    fc
      .tuple(valid, hostile, fc.nat())
      .map(
        ([text, part, at]) =>
          text.slice(0, at % (text.length + 1)) + part + text.slice(at % (text.length + 1)),
      );

  const address = fc.stringMatching(/^[a-z0-9]{1,8}(\.[a-z0-9_+-]{1,8})?@[a-z0-9]{1,8}\.(test|example)$/);

  it("an accepted address is one address on one line", () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), address, withHostilePart(address)), (to) => {
        const mail = mailSchema.safeParse(createTestMail("plain", { to }));
        if (!mail.success) return;
        accepted += 1;
        expect(mail.data.to).toBe(to);
        expect(to).toMatch(/^[^\s@,<>"\p{Cc}]+@[^\s@,<>"\p{Cc}]+$/u);
      }),
      { numRuns: runs(1_000) },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it("an accepted key is a valid left half of a Message-ID", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uuid(), withHostilePart(fc.uuid())), (idempotencyKey) => {
        const accepted = mailSchema.safeParse(createTestMail("plain", { idempotencyKey })).success;
        expect(accepted).toBe(/^[\w-]+(\.[\w-]+)*$/.test(idempotencyKey) && !idempotencyKey.endsWith("\n"));
      }),
      { numRuns: runs(500) },
    );
  });

  it("an accepted subject is one line", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(line, async (subject) => {
        const mail = mailSchema.safeParse(
          createTestMail("plain", { props: { subject, body: "b" } } as Partial<Mail>),
        );
        if (!mail.success) return;
        accepted += 1;
        expect((await renderMail(mail.data, APP_URL)).subject).toMatch(/^[^\p{Cc}\u2028\u2029]+$/u);
      }),
      { numRuns: runs(400) },
    );
    expect(accepted).toBeGreaterThan(10);
  });

  it("a user's title makes a subject of one line, or the mail is rejected", async () => {
    await fc.assert(
      fc.asyncProperty(line, async (productTitle) => {
        const props = { ...createTestMail("sale").props, productTitle };
        const mail = mailSchema.safeParse(createTestMail("sale", { props } as Partial<Mail>));
        if (mail.success)
          expect((await renderMail(mail.data, APP_URL)).subject).toMatch(/^[^\p{Cc}\u2028\u2029]+$/u);
      }),
      { numRuns: runs(200) },
    );
  });
});
