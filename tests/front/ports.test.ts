import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { linksOfPort, portOfQuery } from "../../static/model/ports";
import { Store } from "../../static/model/store";
import type { Outcome } from "../../static/sources/source";
import { ListeningSockets } from "../../static/sources/sockets";
import { progressWords, search } from "../../static/words/search";
import { entity, vxlan, World } from "./world";

const SOCKET = {
  t: "listener",
  protocol: "tcp",
  address: "0.0.0.0",
  port: 80,
  ifindex: null,
  pid: 12,
  process: "nginx",
  others: 0,
  v6only: false,
} as const;

/** Returns the id of the namespace beside the host's. */
function inside(): string {
  return host().namespaces()[1]?.id ?? "";
}

function host(): Store {
  const world = new World();
  const eth0 = world.link("1", "eth0", "physical");
  const inside = world.ns("inside");
  world.link(inside, "vxlan100", "vxlan", {
    lower: { ns: "1", ifindex: eth0.ifindex },
    data: { ...vxlan(100), port: 4789 },
  });
  const wg0 = world.link("1", "wg0", "wireguard");
  world.put(entity("wireguard", { ns: "1", ifindex: wg0.ifindex, port: 51820 }));
  const store = new Store();
  store.replace(world.entities);
  return store;
}

describe("ports that the kernel itself opens", () => {
  test("the port of a tunnel is open in the namespace of its lower link", () => {
    const store = host();
    expect(linksOfPort(store, "1", 4789).map(({ ifname }) => ifname)).toEqual(["vxlan100"]);
    expect(linksOfPort(store, store.namespaces()[1]?.id ?? "", 4789)).toEqual([]);
  });

  test("the port of a WireGuard link is open in its namespace", () => {
    expect(linksOfPort(host(), "1", 51820).map(({ ifname }) => ifname)).toEqual(["wg0"]);
    expect(linksOfPort(host(), "1", 53)).toEqual([]);
  });
});

describe("the search for a port", () => {
  test.each(["port 4789", ":4789", "4789", "port:4789"])("%s finds the tunnel with this port", (query) => {
    expect(search(host(), query).map(({ title, reason }) => [title, reason])).toEqual([["vxlan100", "port 4789"]]);
  });

  test(":51820 finds the WireGuard link with this port", () => {
    expect(search(host(), ":51820").map(({ title }) => title)).toEqual(["wg0"]);
  });

  test.each(["port 8080", ":8080", "8080"])(
    "%s finds the sockets that listen on this port, and their processes",
    (query) => {
      const one = { ...SOCKET, port: 8080 };
      const sockets = new Map([
        ["1", [one, { ...one, address: "::1", ifindex: 2, pid: null }, { ...SOCKET, port: 18080 }]],
        [inside(), [{ ...one, others: 2 }]],
      ]);
      const found = search(host(), query, (ns) => sockets.get(ns) ?? []);
      expect(found.map(({ title, reason }) => [title, reason])).toEqual([
        ["build-07", "listens on tcp 0.0.0.0:8080, nginx (pid 12)"],
        ["inside", "listens on tcp 0.0.0.0:8080, nginx and 2 more (pid 12)"],
        ["build-07", "listens on tcp [::1%eth0]:8080, process not visible"],
      ]);
    },
  );

  test("the kernel's own socket of a tunnel is found with the tunnel", () => {
    const kernel = { ...SOCKET, protocol: "udp", port: 4789, pid: null, process: "" } as const;
    const found = search(host(), "port 4789", (ns) => (ns === "1" ? [kernel] : []));
    expect(found.map(({ reason }) => reason)).toContain("listens on udp 0.0.0.0:4789, the kernel, for vxlan100");
  });

  test("the search says how many namespaces it has read, and how many it does not read", () => {
    const part = { all: 100, read: 3, failed: 0, left: 0, since: 0 };
    expect(progressWords(part, false)).toBe("Listening sockets: 3 of 100 namespaces read");
    const whole = progressWords({ ...part, read: 98, failed: 2, left: 400 }, true);
    expect(whole).toMatch(/^Listening sockets of 98 namespaces, read at [\d:]+, 2 could not be read, 400 not read/);
    expect(whole).toContain("at most 100");
    expect(progressWords({ ...part, all: 3 }, false)).toMatch(
      /^No socket listens on this port in 3 namespaces, read at/,
    );
  });

  test.each(["web", "0", "65536", "port", "80/tcp"])("%s is not a port", (query) => {
    expect(portOfQuery(query)).toBeNull();
  });
});

describe("the listening sockets of a host", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** Reads sockets of namespaces as the page does. `answers` has the answer to each request, "done" if it has none. */
  function reader(answers: readonly Outcome[] = []): { asked: string[]; sockets: ListeningSockets } {
    const asked: string[] = [];
    const left = [...answers];
    const read = (ns: string): Promise<Outcome> => {
      const outcome = left.shift() ?? "done";
      asked.push(ns);
      if (outcome === "done")
        sockets.state({ t: "state", ns, subject: "sockets", at_ms: 0, total: 0, missing: null, values: [SOCKET] });
      return Promise.resolve(outcome);
    };
    const sockets = new ListeningSockets(read, () => undefined);
    return { asked, sockets };
  }

  const many = Array.from({ length: 250 }, (_, at) => String(at));

  test("at most five namespaces are asked each second, one after the other, and at most 100", async () => {
    const { asked, sockets } = reader();
    sockets.want(many);
    await vi.advanceTimersByTimeAsync(400 + 1_999);
    expect(asked.length).toBeLessThanOrEqual(10);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual(many.slice(0, 100));
    expect(sockets.progress).toMatchObject({ all: 100, read: 100, failed: 0, left: 150 });
  });

  test("while a port is typed, no namespace is asked, and nothing is asked again for its next digit", async () => {
    const { asked, sockets } = reader();
    for (let digit = 0; digit < 4; digit++) {
      sockets.want(["1", "2"]);
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    sockets.want(["1", "2"]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toEqual(["1", "2"]);
  });

  test("a search after ten seconds reads again", async () => {
    const { asked, sockets } = reader();
    sockets.want(["1"]);
    await vi.advanceTimersByTimeAsync(11_000);
    sockets.want(["1"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual(["1", "1"]);
  });

  test("the end of the search ends the reading", async () => {
    const { asked, sockets } = reader();
    sockets.want(many);
    await vi.advanceTimersByTimeAsync(700);
    sockets.want([]);
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.length).toBe(before);
  });

  test("a namespace is asked again if the server is busy, and not if it cannot be read", async () => {
    const { asked, sockets } = reader(["busy", "done", "failed"]);
    sockets.want(["1", "2"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toEqual(["1", "1", "2"]);
    expect(sockets.progress).toMatchObject({ read: 1, failed: 1 });
  });

  test("without an agent, one request is enough", async () => {
    const { asked, sockets } = reader(["no-agent"]);
    sockets.want(many);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toEqual(["0"]);
    expect(sockets.progress).toMatchObject({ read: 0, failed: 100 });
  });
});
