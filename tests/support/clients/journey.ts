import type { Locator, Page } from "playwright-core";
import type { App } from "@/tests/support/processes/running-app";
import { waitForHydration } from "./browser-pages";

/** A person's way through the site by what is on the screen, with what each part of it took. */

interface Part {
  what: string;
  /** Taps, fields filled in, or keys other than those that typed text. */
  actions: number;
}

export class Journey {
  readonly parts: Part[] = [];

  constructor(
    readonly page: Page,
    private readonly app: Pick<App, "url">,
  ) {}

  /** Begins a part, to which the actions that follow belong. */
  begin(what: string): void {
    this.parts.push({ what, actions: 0 });
  }

  private count(): void {
    const part = this.parts.at(-1);
    if (!part) throw new Error("no part of the journey has begun");
    part.actions += 1;
  }

  /** The payment page is not the app's, and has nothing to hydrate. */
  private async waitUntilReady(): Promise<void> {
    if (this.page.url().startsWith(this.app.url)) await waitForHydration(this.page);
  }

  /** Presses what is seen, with a finger or a mouse. */
  async tap(target: Locator): Promise<void> {
    await this.waitUntilReady();
    await target.click();
    this.count();
  }

  /** Sets a slider to its end. */
  async tapRightEdge(slider: Locator): Promise<void> {
    const box = await slider.boundingBox();
    if (!box) throw new Error(`${String(slider)} is not seen`);
    await slider.click({ position: { x: box.width - 2, y: box.height / 2 } });
    this.count();
  }

  async fill(field: Locator, text: string): Promise<void> {
    await this.waitUntilReady();
    await field.fill(text);
    this.count();
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
    this.count();
  }

  /** Text counts as one action, however long it is. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    this.count();
  }

  /**
   * Walks with Tab, or backwards with Shift+Tab, until one of the elements has the focus.
   * @param limit  of presses, after which the way is too long
   */
  async walkTo(target: Locator, { back = false, limit = 40 } = {}): Promise<void> {
    await target.first().waitFor();
    await this.waitUntilReady();
    const passed: string[] = [];
    while (!(await hasFocus(target))) {
      if (passed.length === limit) throw new Error(`${String(target)} is not reached: ${passed.join(", ")}`);
      await this.press(back ? "Shift+Tab" : "Tab");
      passed.push(await describeFocus(this.page));
    }
  }

  /** Walks to a link or a button, and presses Enter there. */
  async open(target: Locator, options?: { back?: boolean; limit?: number }): Promise<void> {
    await this.walkTo(target, options);
    await this.press("Enter");
  }

  /** Walks to a field and types: what was in it is selected, as browsers do, and replaced. */
  async typeInto(field: Locator, text: string, options?: { back?: boolean; limit?: number }): Promise<void> {
    await this.walkTo(field, options);
    await this.type(text);
  }

  /** Prints the parts with their counts. */
  print(title: string): void {
    const total = this.parts.reduce((sum, { actions }) => sum + actions, 0);
    const lines = this.parts.map(({ what, actions }) => `  ${String(actions).padStart(4)}  ${what}\n`);
    process.stdout.write(`${title}: ${String(total)} actions\n${lines.join("")}`);
  }
}

const hasFocus = (target: Locator) =>
  target.evaluateAll((all) => all.some((each) => each === document.activeElement));

const describeFocus = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    const name = element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
    return `${element?.tagName.toLowerCase() ?? "nothing"} “${name.slice(0, 30)}”`;
  });
