import type { hints as enHints, legend as enLegend, map as enMap, natures as enNatures } from "../en/map";
import { number } from "./count";

export const map: typeof enMap = {
  name: "拓扑图",
  canvas: "拓扑图。用键盘时，大纲中有相同的内容。",
  title: (host) => `${host} 的拓扑图`,
  someHost: "主机",
  fit: "适应窗口",
  percent: (value) => `${number(value)}%`,
  defaultGateway: "默认网关",
  noAddress: "无地址",
  linkLocal: "链路本地",
  noPeerFound: "未找到对端",
  toProgram: (mode) => `${mode}，连接到程序`,
  continued: (bridge) => `${bridge}（续）`,
  byNexthop: "经 nexthop 对象",
  found: (count) => `找到 ${number(count)} 项`,
  asOf: (time) => `${time} 时的数据`,
  notShown: (count, subject) => `“${subject}”有 ${number(count)} 项未显示`,
  policy: (policy, rules) => `默认策略 ${policy}，${rules}`,
};

export const legend: typeof enLegend = {
  physical: "物理设备",
  veth: "veth",
  bridge: "网桥",
  vlan: "VLAN",
  macvlan: "macvlan",
  vxlan: "VXLAN",
  tun: "隧道",
  lo: "环回",
};

export const natures: typeof enNatures = {
  practiceHost: { long: "练习主机的命名空间", short: "练习主机" },
  host: { long: "主机命名空间", short: "主机" },
  pod: { long: "Kubernetes Pod", short: "Kubernetes Pod" },
  named: { long: "具名命名空间", short: "具名" },
  mounted: { long: "挂载的命名空间", short: "已挂载" },
  anonymous: { long: "匿名命名空间", short: "匿名" },
  byPeer: { long: "仅由对端得知的命名空间", short: "由对端得知" },
  container: (runtime) => `${runtime} 容器`,
  someContainer: "容器",
};

export const hints: typeof enHints = {
  mtu: (mtu) => `MTU ${mtu}`,
  mtus: (a, b) => `MTU ${a} 和 ${b}`,
  peer: (name) => `对端 ${name}`,
  peerPortOf: (bridge) => `对端是 ${bridge} 的端口`,
  ends: (a, b) => `${a} 到 ${b}`,
  peerNotVisible: (kind) => `${kind}，对端不可见`,
  pair: (kind) => `${kind} 对`,
  tunnel: (kind) => `${kind} 隧道`,
  stacked: (kind, lower) => `${kind}，位于 ${lower} 之上`,
  bridgePort: (port, bridge, state) => `${bridge} 的端口 ${port}，${state}`,
};
