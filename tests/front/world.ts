import { type AnyEntity, type Link, RECORDS } from "../../static/wire/schema";

type Tag = AnyEntity["t"];
type Given<T extends Tag> = Partial<Omit<Extract<AnyEntity, { t: T }>, "t">>;

const fieldsByTag = new Map(RECORDS.filter(([, tag]) => tag !== "").map(([, tag, fields]) => [tag, fields]));

/** Makes an entity with defaults filled in, as the decoder returns it. */
export function entity<T extends Tag>(tag: T, given: Given<T>): Extract<AnyEntity, { t: T }> {
  const out = new Map<string, unknown>([["t", tag]]);
  for (const [name, , fallback] of fieldsByTag.get(tag) ?? []) out.set(name, fallback);
  for (const [name, value] of Object.entries(given)) out.set(name, value);
  return Object.fromEntries(out) as unknown as Extract<AnyEntity, { t: T }>;
}

/** Builds topologies step by step, as the command `ip` does. */
export class World {
  private readonly known = new Map<string, AnyEntity>();
  private readonly next = new Map<string, number>();
  private count = 0;

  constructor(hostname = "build-07") {
    this.put(
      entity("host", { hostname, boot_id: "b", ns: "1", kernel: "6.18.0", machine: "x86_64", agent_version: "0.1.0" }),
    );
    this.put(entity("ns", { id: "1", is_host: true, inode: 4026531840, held_by: ["process"] }));
    this.link("1", "lo", "loopback");
    this.address("1", 1, "127.0.0.1", 8, { scope: "host" });
  }

  get entities(): AnyEntity[] {
    return [...this.known.values()];
  }

  put(...entities: AnyEntity[]): void {
    for (const one of entities)
      this.known.set(JSON.stringify(Object.values(one).slice(0, 3)) + String(this.count++), one);
  }

  ns(name: string, given: Given<"ns"> = {}): string {
    const id = String(4000 + this.next.size);
    this.put(
      entity("ns", {
        id,
        names: name === "" ? [] : [name],
        inode: 4026532000 + this.next.size,
        held_by: ["name"],
        ...given,
      }),
    );
    this.link(id, "lo", "loopback");
    return id;
  }

  link(ns: string, ifname: string, kind: string, given: Given<"link"> = {}): Link {
    const ifindex = (this.next.get(ns) ?? 0) + 1;
    this.next.set(ns, ifindex);
    const mac = `02:42:${ns.padStart(6, "0").match(/../g)?.slice(0, 3).join(":") ?? ""}:${ifindex.toString(16).padStart(2, "0")}`;
    const up = { admin_up: true, carrier: true, operstate: kind === "loopback" ? "unknown" : "up", flags: 0x11043 };
    const made = entity("link", {
      ns,
      ifindex,
      ifname,
      kind,
      mtu: 1500,
      qdisc: "noqueue",
      address: kind === "loopback" ? "00:00:00:00:00:00" : mac,
      ...up,
      ...given,
    });
    this.put(made);
    return made;
  }

  address(ns: string, ifindex: number, address: string, prefix: number, given: Given<"addr"> = {}): void {
    const family = address.includes(":") ? "ip6" : "ip";
    this.put(entity("addr", { ns, ifindex, family, address, prefix, flags: ["permanent"], ...given }));
  }

  /** Adds a veth pair. The first end may be a port of `master`. */
  pair(a: string, aName: string, b: string, bName: string, master: Link | null = null): readonly [Link, Link] {
    const one = this.link(a, aName, "veth", { master: master?.ifindex ?? null });
    const two = this.link(b, bName, "veth", { peer: { ns: a, ifindex: one.ifindex } });
    Object.assign(one, { peer: { ns: b, ifindex: two.ifindex } });
    if (master !== null) Object.assign(one, { port: { t: "bridge_port", state: "forwarding", number: one.ifindex } });
    return [one, two];
  }
}

/** Makes the default route of a namespace through one of its links. */
export function defaultRoute(link: Link, via: string): Extract<AnyEntity, { t: "route" }> {
  const hop = { ifindex: link.ifindex, via, weight: 1, flags: [], encap: "", encap_options: [], realms: "" };
  const dst = via.includes(":") ? "::/0" : "0.0.0.0/0";
  return entity("route", { ns: link.ns, family: via.includes(":") ? "ip6" : "ip", table: 254, dst, hops: [hop] });
}

/** Makes a host with containers on two bridges, as in the pictures of the design. */
export function sample(): World {
  const w = new World();
  const eth0 = w.link("1", "eth0", "physical", { bus: "pci", device: "0000:00:03.0", qdisc: "fq_codel" });
  w.address("1", eth0.ifindex, "192.0.2.10", 24);
  w.link("1", "eth1", "physical", { admin_up: false, carrier: false, operstate: "down" });
  w.link("1", "veth8d2e1f0", "veth", {
    beyond_sight: true,
    notes: [{ code: "peer-beyond-sight", args: [] }],
  });
  const docker0 = w.link("1", "docker0", "bridge");
  w.address("1", docker0.ifindex, "172.17.0.1", 16);
  const shop = w.link("1", "br-shop", "bridge");
  w.address("1", shop.ifindex, "172.20.0.1", 16);
  const container = (name: string, bridge: Link, address: string, process: string, count: number): string => {
    const id = w.ns("", { held_by: ["process"], mounts: [`/run/docker/netns/${name}`] });
    const [, end] = w.pair("1", `veth${(Number(id) * 7919).toString(16)}`, id, "eth0", bridge);
    w.address(id, end.ifindex, address, 16);
    w.put(
      entity("owner", {
        ns: id,
        pid: 3000 + Number(id),
        processes: [{ name: process, pid: 3000 + Number(id), count }],
        containers: [
          {
            id: "3f9c2a71b0de".padEnd(64, "0"),
            name,
            runtime: "docker",
            image: "",
            pid: null,
            pod_uid: "",
            pod: "",
            pod_namespace: "",
            project: "",
            service: "",
          },
        ],
      }),
    );
    return id;
  };
  const web = container("web", docker0, "172.17.0.2", "nginx", 5);
  w.put(
    entity("route", {
      ns: web,
      family: "ip",
      table: 254,
      dst: "0.0.0.0/0",
      hops: [{ ifindex: 2, via: "172.17.0.1", weight: 1, flags: [], encap: "", encap_options: [], realms: "" }],
    }),
  );
  container("api", docker0, "172.17.0.3", "gunicorn", 9);
  container("db", docker0, "172.17.0.4", "postgres", 7);
  container("shop-1", shop, "172.20.0.2", "node", 1);
  container("shop-2", shop, "172.20.0.3", "node", 1);
  container("cache", shop, "172.20.0.4", "redis", 1);
  const proxy = container("proxy", docker0, "172.17.0.5", "haproxy", 3);
  const [, second] = w.pair("1", "veth77aa01c", proxy, "eth1", shop);
  w.address(proxy, second.ifindex, "172.20.0.5", 16);
  const lab = w.ns("lab");
  const vx = w.link(lab, "vxlan100", "vxlan", { lower: { ns: "1", ifindex: eth0.ifindex }, data: { ...vxlan(100) } });
  w.address(lab, vx.ifindex, "10.9.0.1", 24);
  const lone = w.ns("", { held_by: ["process"] });
  w.put(entity("owner", { ns: lone, pid: 4127, processes: [{ name: "unshare", pid: 4127, count: 1 }] }));
  w.put(
    entity("route", {
      ns: "1",
      family: "ip",
      table: 254,
      dst: "0.0.0.0/0",
      protocol: "dhcp",
      metric: 100,
      hops: [
        { ifindex: eth0.ifindex, via: "192.0.2.1", weight: 1, flags: [], encap: "", encap_options: [], realms: "" },
      ],
    }),
  );
  w.put(
    entity("route", {
      ns: "1",
      family: "ip",
      table: 255,
      dst: "192.0.2.10/32",
      type: "local",
      scope: "host",
      protocol: "kernel",
      prefsrc: "192.0.2.10",
      hops: [{ ifindex: eth0.ifindex, via: "", weight: 1, flags: [], encap: "", encap_options: [], realms: "" }],
    }),
  );
  w.put(entity("nf_table", { ns: "1", family: "ip", name: "filter" }));
  w.put(
    entity("nf_chain", {
      ns: "1",
      family: "ip",
      table: "filter",
      name: "FORWARD",
      handle: 2,
      rules: 10,
      base: { hook: "forward", priority: 0, type: "filter", policy: "drop", devices: [] },
    }),
  );
  for (let n = 0; n < 10; n++) {
    w.put(
      entity("nf_rule", {
        ns: "1",
        family: "ip",
        table: "filter",
        chain: "FORWARD",
        handle: 3 + n,
        position: n,
        verdict: { code: n % 3 === 0 ? "drop" : "accept", chain: "", number: null },
        counter: true,
        expressions: [
          { name: "meta", raw: "00", text: `oifname "docker0"` },
          { name: "cmp", raw: "00", text: "" },
          { name: "xt", raw: "0011", text: null },
          { name: "counter", raw: "", text: "counter" },
          { name: "immediate", raw: "", text: n % 3 === 0 ? "drop" : "accept" },
        ],
      }),
    );
  }
  return w;
}

export function vxlan(vni: number): Extract<NonNullable<Link["data"]>, { t: "vxlan" }> {
  return {
    ...{
      t: "vxlan",
      vni,
      remote: "",
      local: "",
      port: 8472,
      port_low: 0,
      port_high: 0,
      ttl: 0,
      tos: 0,
      learning: true,
      proxy: false,
    },
    ...{
      rsc: false,
      l2miss: false,
      l3miss: false,
      ageing_s: 300,
      limit: 0,
      collect_metadata: false,
      gbp: false,
      udp_csum: true,
      df: 0,
      vnifilter: false,
    },
    ...{
      udp_zero_csum6_tx: false,
      udp_zero_csum6_rx: false,
      remcsum_tx: false,
      remcsum_rx: false,
      remcsum_nopartial: false,
      flow_label: 0,
      label_policy: 0,
      gpe: false,
      ttl_inherit: false,
      localbypass: true,
      reserved_bits: "",
      mc_route: false,
    },
  };
}

/** Makes a host with `each` namespaces on each of `bridges` bridges. Each namespace has three links. */
export function fleet(bridges: number, each: number): World {
  const w = new World("tile-3");
  const eth0 = w.link("1", "eth0", "physical");
  w.address("1", eth0.ifindex, "192.0.2.60", 24);
  for (let b = 0; b < bridges; b++) {
    const bridge = w.link("1", `br-${String(b).padStart(2, "0")}`, "bridge");
    w.address("1", bridge.ifindex, `10.${b}.0.1`, 24);
    for (let n = 0; n < each; n++) {
      const id = w.ns(`pod-${b}-${n}`);
      const [, end] = w.pair("1", `veth-${b}-${n}`, id, "eth0", bridge);
      w.address(id, end.ifindex, `10.${b}.${n >> 8}.${(n % 250) + 2}`, 24);
    }
  }
  return w;
}

/**
 * Makes a random topology from a seed: bridges, namespaces attached to several bridges, chains of namespaces in which
 * each is connected to the next, veth pairs without a bridge, links stacked on others, nested namespaces with bridges,
 * ports whose other end is not in a namespace.
 */
export function wild(seed: number): World {
  let state = seed + 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const w = new World(`wild-${seed}`);
  const eth0 = w.link("1", "eth0", "physical");
  const bridges = Array.from({ length: random(5) }, (_, at) => w.link("1", `br${at}`, "bridge"));
  if (bridges[0] !== undefined && random(2) === 0) w.link("1", "eth1", "physical", { master: bridges[0].ifindex });
  if (bridges[1] !== undefined && random(2) === 0)
    w.link("1", "vlan-on-bridge", "vlan", { lower: { ns: "1", ifindex: bridges[1].ifindex } });
  for (let v = random(3); v > 0; v--) w.link("1", `eth0.${v}`, "vlan", { lower: { ns: "1", ifindex: eth0.ifindex } });
  if (bridges.length > 1 && random(2) === 0) {
    const [, far] = w.pair("1", "patch0", "1", "patch1", bridges[0] ?? null);
    Object.assign(far, { master: bridges[1]?.ifindex ?? null });
  }
  const made: string[] = [];
  for (let n = random(24); n > 0; n--) {
    const id = w.ns(random(5) === 0 ? "" : `ns-${n}-${"x".repeat(random(14))}`);
    made.push(id);
    for (let l = random(4); l > 0; l--) join(w, random, id, bridges, made, eth0, l);
    if (random(8) === 0) contain(w, random, id);
  }
  for (let t = random(4); t > 0; t--)
    w.link("1", `tap${t}`, "tun", { master: bridges[random(bridges.length || 1)]?.ifindex ?? null });
  return w;
}

function join(
  w: World,
  random: (n: number) => number,
  id: string,
  bridges: Link[],
  made: string[],
  eth0: Link,
  l: number,
): void {
  const how = random(6);
  const bridge = bridges[random(bridges.length || 1)];
  if (how < 3 && bridge !== undefined) w.pair("1", `v${id}-${l}`, id, `eth${l}`, bridge);
  else if (how === 3) w.pair("1", `direct${id}-${l}`, id, `up${l}`);
  else if (how === 4) w.pair(made[random(made.length)] ?? "1", `to${id}-${l}`, id, `from${l}`);
  else w.link(id, `mv${l}`, "macvlan", { lower: { ns: "1", ifindex: eth0.ifindex } });
}

function contain(w: World, random: (n: number) => number, id: string): void {
  const inner = w.link(id, "cni0", "bridge");
  for (let p = random(5); p > 0; p--) {
    const pod = w.ns(`pod-${id}-${p}`);
    w.pair(id, `cali${p}`, pod, "eth0", inner);
  }
}
