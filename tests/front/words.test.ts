import { describe, expect, test } from "vitest";
import { commandIn, quote } from "../../static/inspector/commands";
import { StateBook, whole } from "../../static/inspector/statebook";
import { Store } from "../../static/model/store";
import { readPlace, writePlace } from "../../static/shell/address";
import type { Route, State } from "../../static/wire/schema";
import { ago, duration, grouped, short } from "../../static/words/format";
import { routeFlags } from "../../static/words/notation";
import { bytesWords, flagWords } from "../../static/words/tables";
import { entity } from "./world";

describe("command lines", () => {
  test("a harmless word stays unquoted, others are quoted for the shell", () => {
    expect(quote("eth0.40")).toBe("eth0.40");
    expect(quote("a b")).toBe("'a b'");
    expect(quote("it's")).toBe("'it'\\''s'");
    expect(quote("$(reboot)")).toBe("'$(reboot)'");
  });

  test("unprintable bytes are written so that the shell restores them", () => {
    expect(quote("a\\x1bb")).toBe("$'a\\x1bb'");
    expect(quote("a\\x5c'b")).toBe("$'a\\x5c\\'b'");
  });

  test("a namespace is entered by name, by process, by mount, or not at all", () => {
    const into = (given: Parameters<typeof entity<"ns">>[1], pid: number | null, tool = "ip"): string | null => {
      const store = new Store();
      store.replace([entity("ns", { id: "7", ...given }), entity("owner", { ns: "7", pid })]);
      return commandIn(store, "7", tool, "x");
    };
    expect(into({ is_host: true }, null)).toBe("ip x");
    expect(into({ names: ["blue"] }, 5)).toBe("ip -n blue x");
    expect(into({ names: ["blue"] }, 5, "nft")).toBe("ip netns exec blue nft x");
    expect(into({}, 5)).toBe("nsenter -t 5 -n ip x");
    expect(into({ mounts: ["/run/n s"] }, null)).toBe("nsenter --net='/run/n s' ip x");
    expect(into({}, null)).toBeNull();
  });
});

describe("routes", () => {
  const flags = (given: Partial<Route>): string => {
    return routeFlags(entity("route", { ns: "1", family: "ip", table: 254, dst: "10.0.0.0/8", ...given }));
  };
  const via = [{ ifindex: 2, via: "10.0.0.1", weight: 1, flags: [], encap: "", encap_options: [], realms: "" }];

  test("routes have the flags of netstat -rn", () => {
    expect(flags({})).toBe("U");
    expect(flags({ hops: via })).toBe("UG");
    expect(flags({ hops: via, dst: "10.0.0.9/32" })).toBe("UGH");
    expect(flags({ type: "unreachable" })).toBe("!");
    expect(flags({ type: "blackhole", dst: "10.0.0.9/32" })).toBe("!H");
    expect(flags({ family: "ip6", dst: "fd00::1/128" })).toBe("UH");
    expect(flags({ protocol: "redirect", hops: via, dst: "10.0.0.9/32" })).toBe("UGHD");
  });
});

describe("words", () => {
  test("the flags of a link are written as ip-link(8) writes them", () => {
    expect(flagWords(0x11043)).toBe("<BROADCAST,MULTICAST,UP,LOWER_UP>");
    expect(flagWords(0x1003)).toBe("<NO-CARRIER,BROADCAST,MULTICAST,UP>");
  });

  test("numbers are written with their unit and with digits in groups", () => {
    expect(grouped(18446744073709551615n)).toBe("18,446,744,073,709,551,615");
    expect(short(1_240_000, "B/s")).toBe("1.24 MB/s");
    expect(short(0, "B/s")).toBe("0 B/s");
    expect(duration(3_725)).toBe("1 h 2 min");
    expect(duration(0.4)).toBe("0 s");
    expect(ago(240_000)).toBe("4 minutes ago");
  });

  test("elements of a set are written according to their type, and in hexadecimal for an unknown type", () => {
    expect(bytesWords(7, "c0000201")).toBe("192.0.2.1");
    expect(bytesWords(13, "0050")).toBe("80");
    expect(bytesWords(9, "020000000001")).toBe("02:00:00:00:00:01");
    expect(bytesWords(7, "c00002")).toBe("0xc00002");
    expect(bytesWords(99, "00ff")).toBe("0x00ff");
  });
});

describe("state", () => {
  const frame = (at_ms: number, bytes: string): State => ({
    t: "state",
    ns: "1",
    subject: "counters",
    at_ms,
    total: 1,
    missing: null,
    values: [
      {
        ...{ t: "link_counters", ifindex: 2, rx_bytes: bytes, rx_packets: "0", rx_errors: "0", rx_dropped: "0" },
        ...{ rx_missed: "0", multicast: "0", tx_bytes: "0", tx_packets: "0", tx_errors: "0", tx_dropped: "0" },
        ...{ tx_carrier: "0", collisions: "0" },
      },
    ],
  });

  test("a rate is exact near the limit of 64 bits", () => {
    const book = new StateBook();
    book.take(frame(1_000, "18446744073709549615"));
    expect(book.rate("1", 2, "rx_bytes")).toBeNull();
    book.take(frame(3_000, "18446744073709551615"));
    expect(book.rate("1", 2, "rx_bytes")).toBe(1_000);
  });

  test("a decreased counter has no rate, and neither has a stopped clock", () => {
    const book = new StateBook();
    book.take(frame(1_000, "500"));
    book.take(frame(3_000, "100"));
    expect(book.rate("1", 2, "rx_bytes")).toBeNull();
    book.take(frame(3_000, "200"));
    expect(book.rate("1", 2, "rx_bytes")).toBeNull();
  });

  test("a counter that is not a number counts as zero", () => {
    expect(whole("<img>")).toBe(0n);
    expect(whole("-5")).toBe(0n);
  });
});

describe("the address of the page", () => {
  test("the address of the page is read as it was written", () => {
    const place = { at: "port:link/1/3:link/1/7", tab: "routes", view: { x: -12, y: 40, k: 0.8 } };
    expect(readPlace(writePlace(place))).toEqual(place);
  });

  test("an address with invalid values has no view", () => {
    expect(readPlace("#view=a,b,c&at=%00")).toEqual({ at: "\0", tab: "", view: null });
    expect(readPlace("#view=1,2,0").view).toBeNull();
  });
});
