/** "1 rule", "3 rules". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",")} ${count === 1 ? one : many}`;
}

/** Digits in groups of three. */
export function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

const UNITS = ["", "k", "M", "G", "T", "P"];

/** A number in at most three digits with its unit: "1.24 MB/s". */
export function short(value: number, unit: string): string {
  let scaled = value;
  let step = 0;
  while (scaled >= 1000 && step < UNITS.length - 1) {
    scaled /= 1000;
    step += 1;
  }
  const digits =
    scaled >= 100 || step === 0 ? (scaled >= 10 || Number.isInteger(scaled) ? 0 : 1) : scaled >= 10 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${UNITS[step] ?? ""}${unit}`.trimEnd();
}

/** A time that runs, in words: "4 min 10 s". */
export function duration(seconds: number): string {
  const parts: string[] = [];
  let left = Math.max(0, Math.floor(seconds));
  for (const [size, unit] of [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ] as const) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
}

/** A field's name as words. */
export function fieldWords(name: string): string {
  return name.replace(/_(cs|ms|s)$/, "").replaceAll("_", " ");
}

/** A field's value with its unit, as far as the name says one. */
export function fieldValue(name: string, value: unknown): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (value === null) return "any";
  if (typeof value === "number") {
    if (name.endsWith("_cs")) return `${value / 100} s`;
    if (name.endsWith("_ms")) return `${value} ms`;
    if (name.endsWith("_s")) return `${value} s`;
    if (name === "protocol" || name === "vlan_protocol" || name.endsWith("mask") || name === "flags")
      return `0x${value.toString(16)}`;
    return String(value);
  }
  if (Array.isArray(value)) return value.map(String).join(", ");
  return String(value) === "" ? "none" : String(value);
}

/** "3 s ago", "4 min ago", "2 h ago", "5 d ago". */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}

/** The time of the day of a moment. */
export function clock(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB");
}
