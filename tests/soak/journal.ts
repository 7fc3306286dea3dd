/** The events of each order as its buyer or seller saw them, and the injected faults. */
export class Journal {
  readonly #startedMs = Date.now();
  readonly #lines = new Map<number | "faults", string[]>();
  readonly #ids = new Map<string, number>();
  /** Responses to a buyer or seller that cannot be right. */
  readonly violations: { orderId: string | null; what: string }[] = [];

  note(about: number | "faults", what: string): void {
    const lines = this.#lines.get(about) ?? [];
    lines.push(`${String(Date.now() - this.#startedMs).padStart(7)} ms  ${what}`);
    this.#lines.set(about, lines);
  }

  /** Records an order's id once it is known. */
  identify(index: number, orderId: string): void {
    this.#ids.set(orderId, index);
  }

  get orderIds(): string[] {
    return [...this.#ids.keys()];
  }

  linesOf(orderId: string): string[] {
    const index = this.#ids.get(orderId);
    return index === undefined
      ? ["its buyer never received its id"]
      : [`order ${index} of the plan`, ...this.linesAbout(index)];
  }

  linesAbout(about: number | "faults" = "faults"): string[] {
    return this.#lines.get(about) ?? [];
  }
}
