/**
 * Instances that are functions, as Hugging Face's tokenizers are in Python and in transformers.js: a class that extends this
 * one hands its constructor the function, which becomes the instance, with the class's prototype.
 */
export class Callable {
  /** What `super` answers is what the class is an instance of; private fields can be set on it as on any object. */
  constructor(instance: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for.
    return Object.setPrototypeOf(instance, new.target.prototype)
  }
}
