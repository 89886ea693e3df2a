/**
 * Instances that are functions, as the tokenizers of transformers.js are: a class that extends this one has a `_call`, and
 * `instance(…)` is `instance._call(…)`.
 */
export abstract class Callable {
  constructor() {
    const instance = Object.setPrototypeOf(
      (...values: never[]) => instance._call(...values),
      new.target.prototype,
    )
    // biome-ignore lint/correctness/noConstructorReturn: private members of the classes beneath become the function's
    return instance
  }

  abstract _call(...values: never[]): unknown
}
