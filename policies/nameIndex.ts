import type { KubernetesObject } from "./subject.js";
import type { Field } from "./value.js";

/** Objects by a name in them, so that thousands of references need not look at thousands of objects each. */
export class NameIndex {
  readonly #byName = new Map<unknown, KubernetesObject[]>();
  /** Whose name is not known: any reference may mean them. */
  readonly #uncertain: KubernetesObject[] = [];

  constructor(
    private readonly objects: readonly KubernetesObject[],
    nameOf: (object: KubernetesObject) => Field,
  ) {
    for (const object of objects) {
      const { isUnknown, value } = nameOf(object);
      const others = this.#byName.get(value);
      if (isUnknown) this.#uncertain.push(object);
      else if (others === undefined) this.#byName.set(value, [object]);
      else others.push(object);
    }
  }

  /** Those that a reference of this name means, or may mean. */
  candidates(name: Field): readonly KubernetesObject[] {
    if (name.isUnknown) return this.objects;
    return [...(this.#byName.get(name.value) ?? []), ...this.#uncertain];
  }
}
