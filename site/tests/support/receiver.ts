// A customer's receiver: takes events on this machine, checks their signature, and answers as it is told.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Taken {
  id: string;
  type: string;
  /** Whether one of the signatures is right. */
  signed: boolean;
}

export class Receiver {
  /** Signs what is sent here; known once the target is made. */
  secret = "";
  /** What is answered. */
  status = 200;
  readonly asked: Taken[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on("request", (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const body = Buffer.concat(parts).toString("utf8");
        const header = (name: string) => String(request.headers[name] ?? "");
        const id = header("webhook-id");
        receiver.asked.push({
          id, type: (JSON.parse(body) as { type: string }).type,
          signed: isSigned(receiver.secret, `${id}.${header("webhook-timestamp")}.${body}`, header("webhook-signature")),
        });
        response.writeHead(receiver.status, { "content-type": "text/plain" });
        response.end(receiver.status < 300 ? "taken" : "the disk is full");
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/events`;
  }

  taken(type: string): Taken[] {
    return this.asked.filter((one) => one.type === type);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

/** Whether one of the signatures in a header is that of a text. */
function isSigned(secret: string, text: string, header: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const wanted = createHmac("sha256", key).update(text).digest();
  return header.split(" ").some((part) => {
    const [version, signature = ""] = part.split(",");
    const given = Buffer.from(signature, "base64");
    return version === "v1" && given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}
