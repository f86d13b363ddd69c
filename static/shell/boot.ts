/**
 * The data that the server writes into the page: the host that is shown, the hosts to choose from, and the signed-in
 * user.
 */
export interface Boot {
  readonly host: string;
  readonly hosts: readonly BootHost[];
  readonly user: { readonly name: string; readonly team: string; readonly role: string };
  readonly socket: string;
}

export interface BootHost {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly state: "live" | "stale" | "never";
  readonly practice: boolean;
}

/** Returns the address of the websocket, on the server that sent the page. */
export function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  return url.href;
}
