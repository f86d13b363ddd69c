import { t } from "./current";
import type { Language } from "./language";

/** The number and date formatters of a language. They are kept because making them is slow. */
class Formats {
  readonly number: Intl.NumberFormat;
  readonly relative: Intl.RelativeTimeFormat;
  readonly clock: Intl.DateTimeFormat;
  private readonly fixed = new Map<number, Intl.NumberFormat>();

  constructor(private readonly language: Language) {
    this.number = new Intl.NumberFormat(language);
    this.relative = new Intl.RelativeTimeFormat(language);
    this.clock = new Intl.DateTimeFormat(language, {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
  }

  /** Returns a formatter for numbers with exactly `digits` digits after the decimal point. */
  fixedTo(digits: number): Intl.NumberFormat {
    const known = this.fixed.get(digits);
    if (known !== undefined) return known;
    const made = new Intl.NumberFormat(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    this.fixed.set(digits, made);
    return made;
  }
}

const FORMATS = new Map<Language, Formats>();

function formats(): Formats {
  const known = FORMATS.get(t.language);
  if (known !== undefined) return known;
  const made = new Formats(t.language);
  FORMATS.set(t.language, made);
  return made;
}

/** Joins texts to one list with commas. Empty texts are left out. */
export function listed(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(t.common.comma);
}

/** Writes a whole number of any size with its digits in groups. */
export function grouped(value: bigint | number): string {
  return formats().number.format(value);
}

const UNITS = ["", "k", "M", "G", "T", "P"];

/** Writes a number with its unit, rounded to three digits or fewer: "1.24 MB/s". */
export function short(value: number, unit: string): string {
  let scaled = value;
  let step = 0;
  while (scaled >= 1000 && step < UNITS.length - 1) {
    scaled /= 1000;
    step += 1;
  }
  const digits =
    scaled >= 100 || step === 0 ? (scaled >= 10 || Number.isInteger(scaled) ? 0 : 1) : scaled >= 10 ? 1 : 2;
  return `${formats().fixedTo(digits).format(scaled)} ${UNITS[step] ?? ""}${unit}`.trimEnd();
}

/** Writes a duration in its two largest units: "4 min 10 s". */
export function duration(seconds: number): string {
  const { common } = t;
  const parts: string[] = [];
  let left = Math.max(0, Math.floor(seconds));
  for (const [size, words] of [
    [86_400, common.days],
    [3_600, common.hours],
    [60, common.minutes],
    [1, common.seconds],
  ] as const) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 && parts.length < 2) parts.push(words(count));
  }
  return parts.length === 0 ? common.seconds(0) : parts.join(" ");
}

/** Returns the displayed name of a kernel attribute: the name of its field without the unit. */
export function fieldName(name: string): string {
  return name.replace(/_(cs|ms|s)$/, "");
}

/** The words of ip-link(8) for numbers, by the name of the field. */
const NUMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["df", ["unset", "set", "inherit"]],
  ["label_policy", ["fixed", "inherit"]],
  ["addr_gen_mode", ["eui64", "none", "stable_secret", "random"]],
]);

/** Writes the value of a kernel attribute, with its unit if the name of the field has one. */
export function fieldValue(name: string, value: unknown): string {
  const { common } = t;
  if (typeof value === "boolean") return value ? common.on : common.off;
  if (value === null) return common.any;
  if (typeof value === "number") {
    const word = NUMBERS.get(name)?.[value];
    if (word !== undefined) return word;
    if (name.endsWith("_cs")) return common.seconds(value / 100);
    if (name.endsWith("_ms")) return common.milliseconds(value);
    if (name.endsWith("_s")) return common.seconds(value);
    if (name === "protocol" || name === "vlan_protocol" || name.endsWith("mask") || name.endsWith("flags"))
      return `0x${value.toString(16)}`;
    return String(value);
  }
  if (Array.isArray(value)) return value.map(String).join(", ");
  return String(value) === "" ? common.none : String(value);
}

const AGES: readonly (readonly [number, "day" | "hour" | "minute" | "second"])[] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [0, "second"],
];

/** Writes how long ago something happened: "3 seconds ago", "4 minutes ago". */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [size, unit] = AGES.find(([least]) => seconds >= least) ?? [0, "second" as const];
  const count = size === 0 ? seconds : Math.floor(seconds / size);
  return spaced(formats().relative.format(-count, unit));
}

/**
 * Puts a space between a number and a Chinese word, as everywhere on the page. The browser's formats (CLDR) have none.
 */
function spaced(text: string): string {
  return text.replace(/(\d)(?=\p{Script=Han})/gu, "$1 ");
}

/** Writes the time of day of a moment. */
export function clock(ms: number): string {
  return formats().clock.format(ms);
}
