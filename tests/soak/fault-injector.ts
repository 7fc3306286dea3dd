import { setTimeout as delay } from "node:timers/promises";
import { db } from "@/lib/db";
import type { FaultsInput } from "@/local/stripe";
import { signDelivery } from "@/tests/support/clients/signed-delivery";
import { advanceTime } from "./advance-time";
import type { Instances } from "./instances";
import type { Journal } from "./journal";
import type { Fault } from "./plan-soak";
import type { SoakStack } from "./soak-stack";

/** Injects the planned faults and ends them. */
export class FaultInjector {
  readonly #played = new Map<Fault["kind"], number>();
  readonly #running = new Set<Promise<void>>();
  #providerFaults: { api: FaultsInput["api"]; events: FaultsInput["events"] } = { api: null, events: {} };

  constructor(
    private readonly stack: SoakStack,
    private readonly instances: Instances,
    private readonly journal: Journal,
    private readonly random: () => number,
  ) {}

  /** How often each kind of fault was injected. */
  get played(): Record<string, number> {
    return Object.fromEntries([...this.#played].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  inject(fault: Fault): void {
    this.journal.note("faults", JSON.stringify(fault));
    this.#played.set(fault.kind, (this.#played.get(fault.kind) ?? 0) + 1);
    // A fault may fail during another outage (emptying a Redis that is down); it has had its effect.
    const running = this.#apply(fault)
      .catch(() => {})
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Ends all faults. */
  async restoreAll(): Promise<void> {
    await Promise.all(this.#running);
    const { toQstash, toRedis, cutter, provider, mail } = this.stack;
    await toQstash.set("pass");
    await toRedis.set("pass");
    cutter.arm(0);
    provider.setFaults({});
    mail.heal();
  }

  async #apply(fault: Fault): Promise<void> {
    const { stack } = this;
    switch (fault.kind) {
      case "qstash":
        return this.#takeDown(stack.toQstash, fault.mode, fault.forMs);
      case "redis-down":
        return this.#takeDown(stack.toRedis, "refuse", fault.forMs);
      case "redis-flushed":
        return stack.emptyRedis();
      case "postgres-restarted":
        return stack.postgres.restart();
      case "commits-cut":
        return stack.cutter.arm(fault.count);
      case "provider-api":
        this.#providerFaults.api = { kind: fault.how, times: fault.times };
        return stack.provider.setFaults(this.#providerFaults);
      case "events":
        return this.#disturbEvents(fault);
      case "mail":
        return this.#disturbMail(fault);
      case "instance-killed":
        return this.instances.kill(fault.instance);
      case "time-jump":
        return advanceTime(fault.seconds);
      case "replay":
        return this.#replay(fault);
    }
  }

  /**
   * Backends with an outage in progress; one outage each, since two concurrent changes of a proxy would listen twice.
   */
  readonly #busy = new Set<SoakStack["toRedis"]>();

  async #takeDown(
    proxy: SoakStack["toRedis"],
    mode: Parameters<SoakStack["toRedis"]["set"]>[0],
    forMs: number,
  ) {
    if (this.#busy.has(proxy)) return;
    this.#busy.add(proxy);
    try {
      await proxy.set(mode);
      await delay(forMs);
      await proxy.set("pass");
    } finally {
      this.#busy.delete(proxy);
    }
  }

  async #disturbEvents({ how, forMs }: Extract<Fault, { kind: "events" }>): Promise<void> {
    const faultsByHow = {
      drop: { drop: true },
      copies: { copies: 3 },
      reorder: { reorder: true },
      late: { delayMs: 700 },
    } as const;
    this.#providerFaults.events = faultsByHow[how];
    this.stack.provider.setFaults(this.#providerFaults);
    await delay(forMs);
    this.#providerFaults = { api: null, events: {} };
    this.stack.provider.setFaults({});
  }

  #disturbMail({ how, times }: Extract<Fault, { kind: "mail" }>): void {
    const { mail } = this.stack;
    if (how === "refuse") mail.fail({ kind: "refuse", times });
    else if (how === "drop") mail.fail({ kind: "drop", times });
    else mail.fail({ kind: "answer", code: how === "later" ? 451 : 550, times });
  }

  /** Delivers earlier messages and events again, finished or not. */
  async #replay({ tasks, events }: Extract<Fault, { kind: "replay" }>): Promise<void> {
    const tasksToReplay = await db().task.findMany({
      skip: Math.floor(this.random() * Math.max(1, (await db().task.count()) - tasks)),
      take: tasks,
      orderBy: { id: "asc" },
      select: { id: true, queue: true },
    });
    const eventsToResend = await db().paymentEvent.findMany({
      skip: Math.floor(this.random() * Math.max(1, (await db().paymentEvent.count()) - events)),
      take: events,
      orderBy: { id: "asc" },
      select: { id: true },
    });
    for (const { id } of eventsToResend) this.stack.provider.resend(id);
    await Promise.all(
      tasksToReplay.map(async ({ id: taskId, queue }) => {
        const body = JSON.stringify({ taskIds: [taskId] });
        await fetch(`${process.env.APP_URL}/api/qstash/${queue}`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "upstash-signature": await signDelivery(queue, body),
          },
          body,
        });
      }),
    );
  }
}
