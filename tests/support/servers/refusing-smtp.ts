import { startTcpProxy } from "@/tests/support/proxies/tcp-proxy";

/** A mail server that takes any password and announced mail, unless it is made to refuse. It takes no content. */
export interface RefusingSmtp {
  readonly port: number;
  /** From now on this is its reply to a command; null: to none. */
  refuse(fault: { command: "AUTH" | "MAIL"; reply: string } | null): void;
  close(): Promise<void>;
}

const REPLIES: Readonly<Record<string, string>> = {
  EHLO: "250-test\r\n250 AUTH PLAIN",
  AUTH: "235 signed in",
  MAIL: "250 sender ok",
  RSET: "250 reset",
  QUIT: "221 bye",
};

export async function startRefusingSmtp(): Promise<RefusingSmtp> {
  let refused: { command: string; reply: string } | null = null;
  const { port, close } = await startTcpProxy((client) => {
    client.write("220 test\r\n");
    client.on("data", (chunk: Buffer) => {
      for (const line of chunk.toString().split("\r\n").filter(Boolean)) {
        const command = line.slice(0, 4).toUpperCase();
        const reply = refused?.command === command ? refused.reply : (REPLIES[command] ?? "502 unknown");
        client.write(`${reply}\r\n`);
        if (command === "QUIT") client.end();
      }
    });
  });
  return {
    ...{ port, close },
    refuse: (fault) => {
      refused = fault;
    },
  };
}
