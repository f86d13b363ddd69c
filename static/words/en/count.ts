const digits = new Intl.NumberFormat("en");
const plural = new Intl.PluralRules("en");

/** A number with its digits in groups. */
export function number(value: number): string {
  return digits.format(value);
}

/** "1 rule", "3 rules". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${plural.select(count) === "one" ? one : many}`;
}
