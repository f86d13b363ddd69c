import type {
  gaps as enGaps,
  Missing,
  notes as enNotes,
  outcomes as enOutcomes,
  problems as enProblems,
  subjects as enSubjects,
  warnings as enWarnings,
} from "../en/notes";
import { number } from "./count";

export const notes: typeof enNotes = {
  "name-without-namespace": (argument) => `名称 ${argument("name")} 没有对应的网络命名空间。`,
  "peer-beyond-sight": () => "对端所在的命名空间对代理程序不可见。",
  "far-end-missing": () => "内核给出了对端，但代理程序读取链路时该对端不存在。",
  "peer-ambiguous": (argument) =>
    `该链路以命名空间 ${argument("ns")} 的 ifindex ${argument("ifindex")} 为对端，但后者没有指回该链路。`,
  "no-observer": () => "代理程序无法创建用于接收所有命名空间事件的命名空间（需要 CAP_SYS_ADMIN 和 CAP_NET_ADMIN）。",
  "no-events-elsewhere": () => "其他命名空间发生变更时收不到通知（需要 CAP_NET_BROADCAST）。",
  "processes-hidden": () => "部分进程及其命名空间无法查看（需要 CAP_SYS_PTRACE）。",
  "namespaces-closed": () => "部分命名空间无法进入（需要在其中拥有 CAP_SYS_ADMIN）。",
  "programs-by-number": () =>
    "无法读取 BPF 程序的名称，也无法读取通过 tcx 挂载的程序（需要在初始用户命名空间中拥有 CAP_SYS_ADMIN）。",
  "socket-owners-hidden": () => "部分套接字所属的进程未知（需要 CAP_SYS_PTRACE 和 CAP_DAC_READ_SEARCH）。",
  "namespace-closed": () => "无法进入该命名空间。",
  "not-readable": (argument) => `代理程序无法读取“${argument("subject")}”：没有 ${argument("right")} 权限。`,
  "kernel-refused": (argument) => `内核拒绝提供“${argument("subject")}”：${argument("error")}。`,
  "attribute-not-read": (argument) =>
    `有 1 个属性未读取：${argument("enum")} 的 ${argument("number")}。此代理程序不认识它。`,
  "attributes-not-read": (argument) =>
    `有 ${argument("count")} 个属性未读取：${argument("enum")} 的 ${argument("numbers")}。此代理程序不认识它们。`,
  "as-written": (argument) => argument("text"),
};

export const gaps: typeof enGaps = {
  "subject-budget": (missing) => `${leftOut(missing)}（已达到代理程序对单个命名空间的上限）。`,
  "host-budget": (missing) => `${leftOut(missing)}（已达到代理程序为整台主机设定的上限）。`,
  "namespace-budget": (missing) => `${leftOut(missing)}（已达到代理程序为整台主机设定的上限）。`,
  "snapshot-size": ({ left }, argument) =>
    `有 ${number(left)} 个对象未显示：一份快照最多 ${argument("limit_bytes")} 字节。`,
  "missing-right": ({ subject }, argument) => `代理程序无法读取“${subject}”：没有 ${argument("right")} 权限。`,
  closed: () => "无法进入该命名空间（需要在其中拥有 CAP_SYS_ADMIN）。",
  unreachable: ({ subject }) => `已没有名称、挂载或进程通向该命名空间，无法再读取“${subject}”。`,
  "agent-away": () => "此主机的代理程序未连接，目前无法读取任何内容。",
  "kernel-refused": ({ subject }, argument) => `内核拒绝提供“${subject}”：${argument("error")}。`,
  "as-written": (_, argument) => argument("text"),
};

function leftOut({ left, total, subject }: Missing): string {
  return `${subject}：共 ${number(total)} 项，其中 ${number(left)} 项未显示`;
}

export const warnings: typeof enWarnings = {
  warning: "警告",
  notFullyReadable: "无法完整读取",
  onlyLinksAndAddresses: "只能读取该命名空间的链路和地址。",
  agentLimited: "代理程序无法看到全部内容",
  cut: (subject) => `${subject}：未全部显示`,
  rights: (subject) => `${subject}：代理程序缺少权限`,
  kernel: (subject) => `${subject}：内核拒绝提供`,
  lost: (subject) => `${subject}：无法再读取`,
  asOf: (time) => `显示的是 ${time} 的数据。`,
  since: (time) => `自 ${time} 起。`,
  shown: (shown, total) => `已显示 ${number(shown)} 项，共 ${number(total)} 项。`,
};

export const subjects: typeof enSubjects = new Map([
  ["addresses", "地址"],
  ["devices", "设备详情"],
  ["fdb", "转发表项"],
  ["legacy", "旧式表"],
  ["links", "链路"],
  ["namespaces", "命名空间"],
  ["neighbours", "邻居"],
  ["netfilter", "netfilter"],
  ["netfilter elements", "netfilter 集合元素"],
  ["netfilter rules", "netfilter 规则"],
  ["nexthops", "nexthop 对象"],
  ["proxies", "代理邻居"],
  ["routes", "路由"],
  ["rules", "策略路由规则"],
  ["snapshot", "对象"],
  ["sockets", "套接字"],
  ["counters", "链路计数器"],
  ["sysctls", "内核参数"],
  ["tc", "队列规则和过滤器"],
  ["tcx", "tcx 程序"],
  ["team", "聚合端口"],
  ["vlans", "VLAN"],
  ["mdb", "组播组"],
  ["vnis", "隧道的 VNI"],
  ["ipsec", "IPsec 策略与状态"],
  ["wireguard", "WireGuard"],
]);

export const problems: typeof enProblems = {
  "too-large": "消息过大，页面将重新连接。",
  "not-utf8": "消息不是有效的 UTF-8，页面将重新连接。",
  "not-json": "消息不是有效的 JSON，页面将重新连接。",
  "too-deep": "消息嵌套过深，页面将重新连接。",
  "unknown-type": "消息类型未知，页面与服务器的版本不一致，请重新加载页面。",
  "unknown-field": "消息中有未知字段，页面与服务器的版本不一致，请重新加载页面。",
  "missing-field": "消息缺少必需的字段，请重新加载页面。",
  "bad-type": "消息中有类型错误的值，请重新加载页面。",
  "bad-value": "消息中有不允许的值，请重新加载页面。",
  "too-long": "消息中的文本或列表过长，页面将重新连接。",
  "bad-order": "消息的到达顺序有误，页面将重新连接。",
  "signed-out": "您已退出登录，请重新登录。",
  "no-host": "该主机不存在，或不属于您的团队。",
  unreadable: "无法读取该主机已存储的历史，请让管理员查看服务器日志。",
  "too-many": "页面发送的请求过多，请稍候再重新加载页面。",
  "too-many-pages": "您打开的地图页面过多，请关闭其中一些，然后重新加载本页面。",
  "try-later": "服务器目前无法读取数据库，页面将重新连接。",
  unknown: "服务器报告了一个问题。",
  detail: (code, text) => `${code}: ${text}`,
};

export const outcomes: typeof enOutcomes = {
  "unknown-namespace": "该命名空间已不存在。",
  failed: "代理程序未能读取这些值。",
  busy: "等待处理的请求过多，请稍后再试。",
  "no-agent": "此主机的代理程序未连接。",
  late: "代理程序没有及时回复。",
};
