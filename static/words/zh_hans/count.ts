const digits = new Intl.NumberFormat("zh-Hans");

/** Writes a number with its digits in groups. */
export function number(value: number): string {
  return digits.format(value);
}

/** "3 条规则"：`noun` 是量词和名词。 */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}`;
}
