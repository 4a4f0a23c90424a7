/** One parameter of a rule, in the form of @pulumi/policy's configuration schema. */
export type Parameter =
  | { type: "boolean"; default: boolean; description: string }
  | { type: "integer"; default: number; minimum?: number; maximum?: number; description: string }
  | { type: "number"; default: number; minimum?: number; maximum?: number; description: string }
  | { type: "string"; default: string; enum?: readonly string[]; pattern?: string; description: string }
  | { type: "array"; items: { type: "string"; pattern?: string }; default: readonly string[]; description: string };

export type ParameterSet = Record<string, Parameter>;

type ValueOf<P extends Parameter> = P extends { type: "boolean" }
  ? boolean
  : P extends { type: "integer" | "number" }
    ? number
    : P extends { type: "string" }
      ? string
      : readonly string[];

export type Settings<P extends ParameterSet> = { readonly [K in keyof P]: ValueOf<P[K]> };

function faultOfNumber(value: unknown, { type, minimum, maximum }: Parameter & { type: "integer" | "number" }): string {
  const isRight =
    typeof value === "number" && (type === "number" ? Number.isFinite(value) : Number.isSafeInteger(value));
  if (!isRight) return `must be ${type === "integer" ? "a whole number" : "a number"}`;
  if (minimum !== undefined && value < minimum) return `must be at least ${minimum}`;
  return maximum !== undefined && value > maximum ? `must be at most ${maximum}` : "";
}

function faultOfText(value: unknown, { pattern }: { pattern?: string }): string {
  if (typeof value !== "string") return "must be a string";
  return pattern === undefined || new RegExp(pattern).test(value) ? "" : `must match ${pattern}`;
}

function faultOf(value: unknown, parameter: Parameter): string {
  switch (parameter.type) {
    case "boolean":
      return typeof value === "boolean" ? "" : "must be true or false";
    case "integer":
    case "number":
      return faultOfNumber(value, parameter);
    case "string": {
      const { enum: allowed } = parameter;
      if (allowed !== undefined && !allowed.some(one => one === value)) return `must be one of ${allowed.join(", ")}`;
      return faultOfText(value, parameter);
    }
    case "array":
      if (!Array.isArray(value)) return "must be a list of strings";
      return value.map(item => faultOfText(item, parameter.items)).find(Boolean) ?? "";
  }
}

/** The settings that a configuration gives these parameters, defaults filled in; and what is wrong with it, one sentence a field. */
export function settingsOf<P extends ParameterSet>(
  parameters: P,
  given: Record<string, unknown>,
): { settings: Settings<P>; faults: string[] } {
  const settings: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = given[name] ?? parameter.default;
    const fault = faultOf(value, parameter);
    if (fault === "") settings[name] = value;
    else {
      settings[name] = parameter.default;
      faults.push(`${name} ${fault}, got ${JSON.stringify(value)}`);
    }
  }
  for (const name of Object.keys(given)) {
    if (name !== "enforcementLevel" && !Object.hasOwn(parameters, name)) {
      const allowed = Object.keys(parameters).join(", ");
      faults.push(`${name} is not a parameter; there ${allowed === "" ? "are none" : `is ${allowed}`}`);
    }
  }
  return { settings: settings as Settings<P>, faults };
}
