/** Every line of every container and app; what is counted is told by a field of the record, which the collector sets. */
const everything = '{service_name=~".+"}';

/**
 * How many records of the last minutes have these fields, by labels and fields.
 *
 * @param where LogQL label filters, one after the other
 */
export const counted = (by: readonly string[], where: readonly string[], minutes: number, before = ""): string =>
  `sum by (${by.join(", ")}) (count_over_time(${everything}${where.map(filter => ` | ${filter}`).join("")} [${minutes}m]${before}))`;

/** A program's name and namespace, as labels of its lines. */
export const program = ["service_namespace", "service_name"] as const;
