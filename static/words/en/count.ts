const digits = new Intl.NumberFormat("en");
const plural = new Intl.PluralRules("en");

/** Writes a number with its digits in groups. */
export function number(value: number): string {
  return digits.format(value);
}

/** Writes a number and a noun in singular or plural: "1 rule", "3 rules". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${plural.select(count) === "one" ? one : many}`;
}
